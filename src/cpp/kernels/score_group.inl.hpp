// Dot-product scores of chosen rows against sixteen centers: centers in the lanes, rows read by pointer, so that rows
// that need no look cost nothing. Included by the isa_*.cpp files only (see nearest_dot.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "table.hpp"

namespace pykmeans::kernels {
namespace {

/// @tparam rows_at_once  rows whose accumulators fit the registers and hide the latency of multiply-add
template <class Vector, std::size_t rows_at_once>
void score_group(const GroupQuery& query, float* least, std::uint32_t* contenders) {
  using Lanes = typename Vector::Lanes;
  constexpr std::size_t vectors = group_lanes / Vector::width;
  constexpr float infinity = std::numeric_limits<float>::infinity();
  for (std::size_t base = 0; base < query.count; base += rows_at_once) {
    const float* rows[rows_at_once];
    for (std::size_t r = 0; r < rows_at_once; ++r)
      rows[r] = query.rows[base + r < query.count ? base + r : query.count - 1];
    Lanes scores[rows_at_once][vectors];
    for (std::size_t v = 0; v < vectors; ++v) {
      const Lanes start = Vector::load(query.bounds + v * Vector::width);
      for (std::size_t r = 0; r < rows_at_once; ++r) scores[r][v] = start;
    }
    for (std::size_t q = 0; q < query.features; ++q) {
      Lanes centers[vectors];
      for (std::size_t v = 0; v < vectors; ++v)
        centers[v] = Vector::load(query.centers + q * group_lanes + v * Vector::width);
      for (std::size_t r = 0; r < rows_at_once; ++r) {
        const Lanes value = Vector::splat(rows[r][q]);
        for (std::size_t v = 0; v < vectors; ++v) scores[r][v] = Vector::multiply_add(value, centers[v], scores[r][v]);
      }
    }
    const std::size_t count = query.count - base < rows_at_once ? query.count - base : rows_at_once;
    for (std::size_t r = 0; r < count; ++r) {
      const Lanes limit = Vector::splat(query.limits[base + r]);
      const int own = query.own[base + r];
      float lowest = infinity;
      unsigned mask = 0;
      for (std::size_t v = 0; v < vectors; ++v) {
        const int lane = own - static_cast<int>(v * Vector::width);
        const Lanes others = Vector::with_lane(scores[r][v], lane, infinity);
        mask |= Vector::not_above(others, limit) << (v * Vector::width);
        const float low = Vector::least(others);
        lowest = low < lowest ? low : lowest;
      }
      least[base + r] = lowest;
      contenders[base + r] = mask;
    }
  }
}

}  // namespace
}  // namespace pykmeans::kernels
