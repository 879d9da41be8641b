// Rows placed in the frame of a filter. Included by the isa_*.cpp files only (see nearest_score.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "pack.hpp"

namespace pykmeans::kernels {
namespace {

/// (row - origin) * factor over `count` values. If neither the values nor the filter have more precision than float32,
/// nor has the origin, so that there is the one rounding that the bound counts.
template <class Value, class Float>
inline void place_in_frame(const Value* row, const double* origin, double factor, std::size_t count, Float* placed) {
  using Compute = std::conditional_t<std::is_same_v<Value, double>, double, Float>;
  const auto scale = static_cast<Compute>(factor);
  for (std::size_t q = 0; q < count; ++q)
    placed[q] = static_cast<Float>((static_cast<Compute>(row[q]) - static_cast<Compute>(origin[q])) * scale);
}

/// Transpose columns [0, count) of `tile` placed rows, each of `stride` values, into (count, tile).
template <class Vector, std::size_t tile, std::size_t stride>
inline void transpose_columns(const typename Vector::Scalar* placed, std::size_t count,
                              typename Vector::Scalar* packed) {
  constexpr std::size_t width = Vector::width;
  std::size_t q = 0;
  if constexpr (Vector::transposes) {
    for (; q + width <= count; q += width)
      for (std::size_t first = 0; first < tile; first += width) {
        typename Vector::Lanes lanes[width];
        for (std::size_t i = 0; i < width; ++i) lanes[i] = Vector::load(placed + (first + i) * stride + q);
        Vector::transpose(lanes);
        for (std::size_t i = 0; i < width; ++i) Vector::store(packed + (q + i) * tile + first, lanes[i]);
      }
  }
  for (; q < count; ++q)
    for (std::size_t lane = 0; lane < tile; ++lane) packed[q * tile + lane] = placed[lane * stride + q];
}

/// @tparam tile  points in a tile, a multiple of the vector's width
template <class Vector, class Value, std::size_t tile>
void pack_tile(const Value* const* rows, const double* origin, double factor, std::size_t features,
               typename Vector::Scalar* packed, typename Vector::Scalar* norms) {
  using Float = typename Vector::Scalar;
  // Rows are placed first and transposed later: a load that spans two stores under way would have to wait for both.
  constexpr std::size_t chunk = 64;
  Float placed[tile * chunk];
  Float squares[tile] = {};
  for (std::size_t start = 0; start < features; start += chunk) {
    const std::size_t count = features - start < chunk ? features - start : chunk;
    for (std::size_t lane = 0; lane < tile; ++lane)
      place_in_frame(rows[lane] + start, origin + start, factor, count, placed + lane * chunk);
    Float* columns = packed + start * tile;
    transpose_columns<Vector, tile, chunk>(placed, count, columns);
    for (std::size_t q = 0; q < count; ++q)
      for (std::size_t lane = 0; lane < tile; ++lane)
        squares[lane] += columns[q * tile + lane] * columns[q * tile + lane];
  }
  for (std::size_t lane = 0; lane < tile; ++lane) norms[lane] = squares[lane];
}

template <class Value>
float place_row(const Value* row, const double* origin, double factor, std::size_t features, float* placed) {
  place_in_frame(row, origin, factor, features, placed);
  float sums[16] = {};
  std::size_t q = 0;
  for (; q + 16 <= features; q += 16)
    for (std::size_t l = 0; l < 16; ++l) sums[l] += placed[q + l] * placed[q + l];
  for (std::size_t l = 0; q + l < features; ++l) sums[l] += placed[q + l] * placed[q + l];
  float total = 0.0f;
  for (const float sum : sums) total += sum;
  return total;
}

constexpr PlaceKernels place_kernels() {
  return {place_row<std::uint8_t>, place_row<float>, place_row<double>};
}

template <class Vector, std::size_t tile>
constexpr PackKernels<typename Vector::Scalar> pack_kernels() {
  return {pack_tile<Vector, std::uint8_t, tile>, pack_tile<Vector, float, tile>, pack_tile<Vector, double, tile>};
}

}  // namespace
}  // namespace pykmeans::kernels
