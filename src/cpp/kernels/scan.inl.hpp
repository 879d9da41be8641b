// The range of each column, in one pass over rows that stay where they are. Included by the isa_*.cpp files only (see
// nearest_score.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "scan.hpp"

namespace pykmeans::kernels {
namespace {

/// The columns of `vectors` vectors.
template <class Vector, std::size_t vectors>
inline void scan_some(const typename Vector::Scalar* rows, std::ptrdiff_t stride, std::size_t count,
                      const ColumnScan<typename Vector::Scalar>& scan) {
  using Float = typename Vector::Scalar;
  using Lanes = typename Vector::Lanes;
  const Lanes zero = Vector::splat(0), infinity = Vector::splat(std::numeric_limits<Float>::infinity());
  Lanes largest[vectors], smallest[vectors], trace[vectors];
  for (std::size_t v = 0; v < vectors; ++v) {
    largest[v] = Vector::load(scan.largest + v * Vector::width);
    smallest[v] = Vector::load(scan.smallest + v * Vector::width);
    trace[v] = Vector::load(scan.trace + v * Vector::width);
  }
  for (std::size_t i = 0; i < count; ++i, rows += stride)
    for (std::size_t v = 0; v < vectors; ++v) {
      const Lanes value = Vector::load(rows + v * Vector::width);
      const Lanes magnitude = Vector::max(value, Vector::subtract(zero, value));
      largest[v] = Vector::max(magnitude, largest[v]);
      smallest[v] = Vector::min(Vector::instead_of_zero(magnitude, infinity), smallest[v]);
      trace[v] = Vector::add(trace[v], Vector::subtract(value, value));
    }
  for (std::size_t v = 0; v < vectors; ++v) {
    Vector::store(scan.largest + v * Vector::width, largest[v]);
    Vector::store(scan.smallest + v * Vector::width, smallest[v]);
    Vector::store(scan.trace + v * Vector::width, trace[v]);
  }
}

template <class Float>
inline void scan_one(const Float* rows, std::ptrdiff_t stride, std::size_t count, const ColumnScan<Float>& scan) {
  for (std::size_t i = 0; i < count; ++i, rows += stride) {
    const Float magnitude = *rows < 0 ? -*rows : *rows;
    if (magnitude > *scan.largest) *scan.largest = magnitude;
    if (magnitude > 0 && magnitude < *scan.smallest) *scan.smallest = magnitude;
    *scan.trace += *rows - *rows;
  }
}

template <class Vector>
void scan_columns(const typename Vector::Scalar* rows, std::ptrdiff_t stride, std::size_t count, std::size_t width,
                  const ColumnScan<typename Vector::Scalar>& scan) {
  constexpr std::size_t vectors = 4;
  constexpr std::size_t strip = 32;  // rows that stay in cache while their columns are read from left to right
  for (std::size_t first = 0; first < count; first += strip) {
    const std::size_t some = count - first < strip ? count - first : strip;
    const typename Vector::Scalar* const at = rows + static_cast<std::ptrdiff_t>(first) * stride;
    const auto from = [&](std::size_t q) {
      return ColumnScan<typename Vector::Scalar>{scan.largest + q, scan.smallest + q, scan.trace + q};
    };
    std::size_t q = 0;
    for (; q + vectors * Vector::width <= width; q += vectors * Vector::width)
      scan_some<Vector, vectors>(at + q, stride, some, from(q));
    for (; q + Vector::width <= width; q += Vector::width) scan_some<Vector, 1>(at + q, stride, some, from(q));
    for (; q < width; ++q) scan_one(at + q, stride, some, from(q));
  }
}

template <class Floats, class Doubles>
constexpr ScanKernels scan_kernels() {
  return {scan_columns<Floats>, scan_columns<Doubles>};
}

}  // namespace
}  // namespace pykmeans::kernels
