// Rows divided by their lengths.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pykmeans::kernels {

/// value * factor / length, each operation rounded. @param out [out] (features)
struct DivideKernels {
  template <class Value>
  using Divide = void (*)(const Value* row, double factor, double length, std::size_t features, double* out);

  Divide<std::uint8_t> of_uint8;
  Divide<float> of_float32;
  Divide<double> of_float64;

  Divide<std::uint8_t> of(std::uint8_t) const { return of_uint8; }
  Divide<float> of(float) const { return of_float32; }
  Divide<double> of(double) const { return of_float64; }
};

}  // namespace pykmeans::kernels
