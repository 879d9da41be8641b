// Rows divided by their lengths. Included by the isa_*.cpp files only (see nearest_score.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "divide.hpp"

namespace pykmeans::kernels {
namespace {

template <class Value>
void divide_row(const Value* row, double factor, double length, std::size_t features, double* out) {
  for (std::size_t q = 0; q < features; ++q) out[q] = static_cast<double>(row[q]) * factor / length;
}

constexpr DivideKernels divide_kernels() {
  return {divide_row<std::uint8_t>, divide_row<float>, divide_row<double>};
}

}  // namespace
}  // namespace pykmeans::kernels
