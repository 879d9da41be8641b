// Which centers may be nearest to some point of a box, and which of a few centers is nearest to each point, by the
// exact distance's own arithmetic. Nothing here is fused. Included by the isa_*.cpp files only (see
// nearest_score.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "boxes.hpp"

namespace pykmeans::kernels {
namespace {

// Let m be about the middle of the box and h its reach: |x_q - m_q| <= h_q for all its points x. Let e = c - m for a
// center c, and f = b - m for the center b that is nearest to m. Then for all points of the box
//     |x - c|^2 - |x - b|^2 >= |e|^2 - |f|^2 - S,    S = 2 sum over q of h_q |c_q - b_q|.
// The exact distances have relative errors of (d / 16 + 9) 2^-53 < 2^-49, and |x - c|^2 <= 2 (|e|^2 + |h|^2). So b wins
// against c all over the box, by the exact distance, if the right side is above 2^-48 (|e|^2 + |f|^2 + 2 |h|^2).
// As computed, |e|^2 and |f|^2 have relative errors of at most (d + 3) 2^-53 and S one of 2^-49, and
// S <= |e|^2 + |f|^2 + 2 |h|^2. With a few roundings more, the error is at most 2^-46 (|e|^2 + |f|^2 + 2 |h|^2) in all;
// 2^-40 leaves room. Nothing overflows or vanishes: if the exact distance does not scale, all values are below 2^480
// and multiples of 2^-453, so what is squared here is below 2^482 and a multiple of 2^-454.
constexpr double box_error = 0x1p-40;

/// How many bits of a byte are set.
inline unsigned bits_set(unsigned byte) {
  byte = (byte & 0x55u) + (byte >> 1 & 0x55u);
  byte = (byte & 0x33u) + (byte >> 2 & 0x33u);
  return (byte + (byte >> 4)) & 0x0fu;
}

template <class Vector, std::size_t features>
std::size_t box_candidates(const BoxQuery& query, double* kept) {
  static_assert(box_lanes % Vector::width == 0, "centers are padded to full vectors");
  const auto [centers, count, stride] = query.list;
  using Lanes = typename Vector::Lanes;
  using Integer = typename Vector::Integer;
  double middle[features], twice_reach[features], reach_squared = 0.0;
  for (std::size_t q = 0; q < features; ++q) {
    const double low = query.low[q], high = query.high[q];
    middle[q] = 0.5 * (low + high);
    const double above = high - middle[q], below = middle[q] - low;
    const double reach = (above > below ? above : below) * (1.0 + 0x1p-50);
    twice_reach[q] = 2.0 * reach;
    reach_squared += reach * reach;
  }
  Lanes least = Vector::splat(std::numeric_limits<double>::infinity());
  auto slot = Vector::splat_index(0);
  for (std::size_t c = 0; c < count; c += Vector::width) {
    Lanes sum = Vector::splat(0.0);
    for (std::size_t q = 0; q < features; ++q) {
      const Lanes e = Vector::subtract(Vector::load(centers + q * stride + c), Vector::splat(middle[q]));
      sum = Vector::add(sum, Vector::multiply(e, e));
    }
    Vector::store(query.distances + c, sum);
    slot = Vector::pick_less(sum, least, Vector::splat_index(static_cast<Integer>(c)), slot);
    least = Vector::min(sum, least);
  }
  double leasts[Vector::width];
  std::int32_t slots[Vector::width];
  Vector::store(leasts, least);
  Vector::store_index(slots, slot);
  std::size_t lane = 0;
  for (std::size_t l = 1; l < Vector::width; ++l) lane = leasts[l] < leasts[lane] ? l : lane;
  const std::size_t b = static_cast<std::size_t>(slots[lane]) + lane;
  const double limit = leasts[lane] * (1.0 + box_error) + 2.0 * box_error * reach_squared;

  std::size_t n_kept = 0;
  for (std::size_t c = 0; c < count; c += Vector::width) {
    Lanes gap = Vector::multiply(Vector::load(query.distances + c), Vector::splat(1.0 - box_error));
    for (std::size_t q = 0; q < features; ++q) {
      const Lanes value = Vector::load(centers + q * stride + c), best = Vector::splat(centers[q * stride + b]);
      const Lanes apart = Vector::absolute(Vector::subtract(value, best));
      gap = Vector::subtract(gap, Vector::multiply(apart, Vector::splat(twice_reach[q])));
    }
    const unsigned mask = Vector::at_most(gap, Vector::splat(limit));
    if (mask == 0) continue;
    for (std::size_t q = 0; q <= features; ++q)
      Vector::store_chosen(kept + q * stride + n_kept, Vector::load(centers + q * stride + c), mask);
    n_kept += bits_set(mask);
  }
  for (std::size_t q = 0; q < features; ++q)
    for (std::size_t l = 0; l < box_lanes; l += Vector::width)
      Vector::store(kept + q * stride + n_kept + l, Vector::splat(far_away));
  return n_kept;
}

/// The exact distance's order of operations (distances.inl.hpp).
template <class Vector, std::size_t features, class Lanes>
Lanes exact_sum(const Lanes (&squares)[features]) {
  if constexpr (features == 1) return squares[0];
  if constexpr (features == 2) return Vector::add(squares[0], squares[1]);
  if constexpr (features == 3) return Vector::add(Vector::add(squares[0], squares[2]), squares[1]);
}

/// @tparam vectors  vectors of points at once
template <class Vector, std::size_t vectors, std::size_t features, class Value>
std::size_t nearest_of_few(const FewQuery<Value>& query, std::int32_t* nearest, std::uint32_t* differ) {
  using Lanes = typename Vector::Lanes;
  using Integer = typename Vector::Integer;
  const auto [centers, n_centers, stride] = query.list;
  std::size_t n_differ = 0;
  static_assert(tile_points % (vectors * Vector::width) == 0, "points are padded to full tiles");
  for (std::size_t i = 0; i < query.count; i += vectors * Vector::width) {
    Lanes values[vectors][features], least[vectors];
    typename Vector::Indices label[vectors];
    for (std::size_t v = 0; v < vectors; ++v) {
      for (std::size_t q = 0; q < features; ++q)
        values[v][q] = Vector::widen(query.points + q * query.stride + i + v * Vector::width);
      least[v] = Vector::splat(std::numeric_limits<double>::infinity());
      label[v] = Vector::splat_index(0);
    }
    for (std::size_t c = 0; c < n_centers; ++c) {
      const auto id = Vector::splat_index(static_cast<Integer>(centers[features * stride + c]));
      Lanes center[features];
      for (std::size_t q = 0; q < features; ++q) center[q] = Vector::splat(centers[q * stride + c]);
      for (std::size_t v = 0; v < vectors; ++v) {
        Lanes squares[features];
        for (std::size_t q = 0; q < features; ++q) {
          const Lanes t = Vector::subtract(values[v][q], center[q]);
          squares[q] = Vector::multiply(t, t);
        }
        const Lanes distance = exact_sum<Vector, features>(squares);
        label[v] = Vector::pick_less(distance, least[v], id, label[v]);
        least[v] = Vector::min(distance, least[v]);
      }
    }
    for (std::size_t v = 0; v < vectors; ++v) Vector::store_index(nearest + i + v * Vector::width, label[v]);
    std::int32_t any = 0;
    for (std::size_t l = 0; l < vectors * Vector::width; ++l) any |= nearest[i + l] ^ query.labels[i + l];
    if (any == 0) continue;
    for (std::size_t l = i; l < i + vectors * Vector::width; ++l) {
      differ[n_differ] = static_cast<std::uint32_t>(l);
      n_differ += nearest[l] != query.labels[l] ? 1 : 0;
    }
  }
  return n_differ;
}

template <class Vector, std::size_t vectors>
constexpr BoxKernels box_kernels() {
  return {{box_candidates<Vector, 1>, box_candidates<Vector, 2>, box_candidates<Vector, 3>},
          {nearest_of_few<Vector, vectors, 1, float>, nearest_of_few<Vector, vectors, 2, float>,
           nearest_of_few<Vector, vectors, 3, float>},
          {nearest_of_few<Vector, vectors, 1, double>, nearest_of_few<Vector, vectors, 2, double>,
           nearest_of_few<Vector, vectors, 3, double>}};
}

}  // namespace
}  // namespace pykmeans::kernels
