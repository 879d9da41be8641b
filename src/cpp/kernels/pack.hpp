// Rows placed in the frame of a filter: (row - origin) * factor.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pykmeans::kernels {

/// Pack a tile of rows. Each value has a relative error of one rounding, two where a double becomes a float; the norm
/// of a row is the sum of its squares, with the relative error of `features` roundings more.
/// @param rows (tile) pointers  @param origin (features), representable in the type of the rows
/// @param factor  a power of two  @param packed [out] (features, tile)  @param norms [out] (tile)
template <class Float>
struct PackKernels {
  template <class Value>
  using Pack = void (*)(const Value* const* rows, const double* origin, double factor, std::size_t features,
                        Float* packed, Float* norms);

  Pack<std::uint8_t> from_uint8;
  Pack<float> from_float32;
  Pack<double> from_float64;

  Pack<std::uint8_t> from(std::uint8_t) const { return from_uint8; }
  Pack<float> from(float) const { return from_float32; }
  Pack<double> from(double) const { return from_float64; }
};

/// The same for one row, which stays a row. @param placed [out] (features)  @return its norm
struct PlaceKernels {
  template <class Value>
  using Place = float (*)(const Value* row, const double* origin, double factor, std::size_t features, float* placed);

  Place<std::uint8_t> of_uint8;
  Place<float> of_float32;
  Place<double> of_float64;

  Place<std::uint8_t> of(std::uint8_t) const { return of_uint8; }
  Place<float> of(float) const { return of_float32; }
  Place<double> of(double) const { return of_float64; }
};

}  // namespace pykmeans::kernels
