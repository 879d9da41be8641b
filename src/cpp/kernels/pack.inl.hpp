// Rows into tiles, in the frame of the filter. Included by the isa_*.cpp files only (see nearest_dot.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "table.hpp"

namespace pykmeans::kernels {
namespace {

/// @tparam tile  points in a tile
template <class Value, class Float, std::size_t tile>
void pack_tile(const Value* const* rows, const double* origin, double factor, std::size_t features, Float* packed,
               Float* norms) {
  // Where values and filter have no more than float32's precision, so has the origin: one rounding, as the bound says.
  using Compute = std::conditional_t<std::is_same_v<Value, double>, double, Float>;
  constexpr std::size_t chunk = 32;
  Float squares[tile] = {};
  for (std::size_t start = 0; start < features; start += chunk) {
    const std::size_t count = features - start < chunk ? features - start : chunk;
    Compute center[chunk];
    for (std::size_t q = 0; q < count; ++q) center[q] = static_cast<Compute>(origin[start + q]);
    for (std::size_t lane = 0; lane < tile; ++lane) {
      const Value* row = rows[lane] + start;
      Float buffer[chunk];
      const auto scale = static_cast<Compute>(factor);
      for (std::size_t q = 0; q < count; ++q)
        buffer[q] = static_cast<Float>((static_cast<Compute>(row[q]) - center[q]) * scale);
      for (std::size_t q = 0; q < count; ++q) packed[(start + q) * tile + lane] = buffer[q];
    }
    for (std::size_t q = start; q < start + count; ++q)
      for (std::size_t lane = 0; lane < tile; ++lane)
        squares[lane] += packed[q * tile + lane] * packed[q * tile + lane];
  }
  for (std::size_t lane = 0; lane < tile; ++lane) norms[lane] = squares[lane];
}

template <class Float, std::size_t tile>
constexpr PackKernels<Float> pack_kernels() {
  return {pack_tile<std::uint8_t, Float, tile>, pack_tile<float, Float, tile>, pack_tile<double, Float, tile>};
}

}  // namespace
}  // namespace pykmeans::kernels
