// Rows into tiles, in the frame of the filter. Included by the isa_*.cpp files only (see nearest_dot.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "table.hpp"

namespace pykmeans::kernels {
namespace {

/// (row - origin) * factor over `count` values. Where values and filter have no more than float32's precision, so has
/// the origin: one rounding, as the bound says.
template <class Value, class Float>
inline void place_in_frame(const Value* row, const double* origin, double factor, std::size_t count, Float* placed) {
  using Compute = std::conditional_t<std::is_same_v<Value, double>, double, Float>;
  const auto scale = static_cast<Compute>(factor);
  for (std::size_t q = 0; q < count; ++q)
    placed[q] = static_cast<Float>((static_cast<Compute>(row[q]) - static_cast<Compute>(origin[q])) * scale);
}

/// @tparam tile  points in a tile, a multiple of the vector's width
template <class Vector, class Value, std::size_t tile>
void pack_tile(const Value* const* rows, const double* origin, double factor, std::size_t features,
               typename Vector::Scalar* packed, typename Vector::Scalar* norms) {
  using Float = typename Vector::Scalar;
  constexpr std::size_t width = Vector::width;
  std::size_t done = 0;
  if constexpr (Vector::transposes) {
    for (; done + width <= features; done += width)
      for (std::size_t first = 0; first < tile; first += width) {
        Float square[width][width];
        typename Vector::Lanes lanes[width];
        for (std::size_t i = 0; i < width; ++i)
          place_in_frame(rows[first + i] + done, origin + done, factor, width, square[i]);
        for (std::size_t i = 0; i < width; ++i) lanes[i] = Vector::load(square[i]);
        Vector::transpose(lanes);
        for (std::size_t q = 0; q < width; ++q) Vector::store(packed + (done + q) * tile + first, lanes[q]);
      }
  }
  for (; done < features; done += width) {
    const std::size_t count = features - done < width ? features - done : width;
    Float placed[width] = {};
    for (std::size_t lane = 0; lane < tile; ++lane) {
      place_in_frame(rows[lane] + done, origin + done, factor, count, placed);
      for (std::size_t q = 0; q < count; ++q) packed[(done + q) * tile + lane] = placed[q];
    }
  }
  Float squares[tile] = {};
  for (std::size_t q = 0; q < features; ++q)
    for (std::size_t lane = 0; lane < tile; ++lane) squares[lane] += packed[q * tile + lane] * packed[q * tile + lane];
  for (std::size_t lane = 0; lane < tile; ++lane) norms[lane] = squares[lane];
}

template <class Vector, std::size_t tile>
constexpr PackKernels<typename Vector::Scalar> pack_kernels() {
  return {pack_tile<Vector, std::uint8_t, tile>, pack_tile<Vector, float, tile>, pack_tile<Vector, double, tile>};
}

}  // namespace
}  // namespace pykmeans::kernels
