// Which of eight candidates may lie nearer to a row than its present seed: distances by differences, the candidates in
// the lanes, rows read where they lie. Included by the isa_*.cpp files only (see nearest_dot.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "table.hpp"

namespace pykmeans::kernels {
namespace {

/// Vector holds the lanes of the arithmetic: float for uint8 and float, double for double.
template <class Vector, class Value>
void near_candidates(const NearQuery<Value, typename Vector::Scalar>& query, std::uint8_t* masks) {
  using Compute = typename Vector::Scalar;
  using Lanes = typename Vector::Lanes;
  constexpr std::size_t vectors = candidates_at_once / Vector::width;
  for (std::size_t i = 0; i < query.count; ++i) {
    const double nearest = query.nearest[i];
    const Lanes limit = Vector::splat(static_cast<Compute>(nearest * query.slack + query.tiny));
    const Compute* apart = query.apart + static_cast<std::size_t>(query.seed[i]) * candidates_at_once;
    unsigned mask = 0;
    for (std::size_t v = 0; v < vectors; ++v)
      mask |= Vector::at_most(Vector::load(apart + v * Vector::width), limit) << (v * Vector::width);
    masks[i] = 0;
    // Where there is little to spare, a branch that is hard to foresee costs more.
    if (query.features >= 24 && mask == 0) continue;
    const Value* row = query.rows + static_cast<std::ptrdiff_t>(i) * query.row_stride;
    Lanes even[vectors], odd[vectors];  // two sums: one would wait for itself
    for (std::size_t v = 0; v < vectors; ++v) even[v] = odd[v] = Vector::splat(0);
    const auto add = [&](std::size_t q, Lanes* sums) {
      const Lanes value = Vector::splat(static_cast<Compute>(row[q]));
      for (std::size_t v = 0; v < vectors; ++v) {
        const Compute* candidate = query.candidates + q * candidates_at_once + v * Vector::width;
        const Lanes t = Vector::subtract(value, Vector::load(candidate));
        sums[v] = Vector::multiply_add(t, t, sums[v]);
      }
    };
    std::size_t q = 0;
    for (; q + 2 <= query.features; q += 2) {
      add(q, even);
      add(q + 1, odd);
    }
    if (q < query.features) add(q, even);
    unsigned near = 0;
    for (std::size_t v = 0; v < vectors; ++v) {
      const Lanes sum = Vector::add(even[v], odd[v]);
      near |= Vector::at_most(sum, limit) << (v * Vector::width);
    }
    masks[i] = static_cast<std::uint8_t>(mask & near);
  }
}

template <class FloatVector, class DoubleVector>
constexpr SeedKernels seed_kernels = {near_candidates<FloatVector, std::uint8_t>, near_candidates<FloatVector, float>,
                                      near_candidates<DoubleVector, double>};

}  // namespace
}  // namespace pykmeans::kernels
