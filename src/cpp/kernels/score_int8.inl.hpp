// The scores of score_group.inl.hpp in 8-bit integers. Included by the isa_*.cpp files only (see
// nearest_score.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "score_group.inl.hpp"
#include "score_int8.hpp"
#include "vector_types.hpp"

namespace pykmeans::kernels {
namespace {

/// @tparam Int8  lanes of 32-bit integers, each of which takes dot products of four 8-bit integers
template <class Vector, class Int8, std::size_t rows_at_once>
std::size_t score_int8(const GroupQuery<std::int8_t, std::uint8_t>& query, const Int8Row* about_rows,
                       const Int8Centers& about, const GroupAnswer& answer) {
  using Lanes = typename Vector::Lanes;
  constexpr std::size_t vectors = group_lanes / Vector::width;
  const Lanes scale = Vector::splat(about.scale);
  std::size_t contended = 0;
  for (std::size_t base = 0; base < query.count; base += rows_at_once) {
    const Int8Row* about_row[rows_at_once];
    const std::int8_t* rows[rows_at_once];
    typename Int8::Lanes sums[vectors][rows_at_once];
    for (std::size_t r = 0; r < rows_at_once; ++r) {
      const std::size_t row = query.chosen[base + r];
      rows[r] = query.rows + row * query.stride;
      hide(rows[r]);
      about_row[r] = about_rows + row;
      for (std::size_t v = 0; v < vectors; ++v) sums[v][r] = Int8::splat(about_row[r]->bias);
    }
    for (std::size_t q = 0; q < query.features; ++q)
      for (std::size_t v = 0; v < vectors; ++v) {
        const auto centers = Int8::load(query.centers + (q * group_lanes + v * Vector::width) * 4);
        for (std::size_t r = 0; r < rows_at_once; ++r) Int8::add_dot(sums[v][r], centers, rows[r] + 4 * q);
      }
    PanelScores<Vector, rows_at_once> scores;
    for (std::size_t v = 0; v < vectors; ++v) {
      const Lanes start = Vector::load(query.bounds + v * Vector::width);
      const Lanes norm = Vector::load(about.norm + v * Vector::width);
      const Lanes residual = Vector::load(about.residual + v * Vector::width);
      for (std::size_t r = 0; r < rows_at_once; ++r) {
        Lanes score = Vector::multiply_add(Vector::splat(about_row[r]->minus_norm), residual, start);
        score = Vector::multiply_add(Vector::splat(about_row[r]->minus_residual), norm, score);
        const Lanes product = Vector::multiply(Int8::to_float(sums[v][r]), scale);
        scores.at[v][r] = Vector::multiply_add(Vector::splat(about_row[r]->scale), product, score);
      }
    }
    contended = scores.judge(query, base, answer, contended);
  }
  return contended;
}

/// The scale is such that the largest magnitude becomes 127.
template <class Vector, class Int8>
Int8Row quantize(const float* placed, std::size_t features, float norm, std::int8_t* quantized) {
  using Lanes = typename Vector::Lanes;
  const Lanes zero = Vector::splat(0.0f);
  Lanes largest = zero;
  for (std::size_t q = 0; q < features; q += Vector::width) {
    const Lanes value = Vector::load(placed + q);
    largest = Vector::max(largest, Vector::max(value, Vector::subtract(zero, value)));
  }
  const float most = -Vector::least(Vector::subtract(zero, largest));
  const float inverse = most > 0x1p-100f ? 127.0f / most : 0.0f;
  const float scale = most > 0x1p-100f ? most * (1.0f / 127.0f) : 0.0f;
  const Lanes magic = Vector::splat(12582912.0f);  // 1.5 * 2^23: rounds what is added to it to an integer
  const Lanes to_integer = Vector::splat(inverse), minus_scale = Vector::splat(-scale);
  Lanes sums = zero, squares = zero;
  for (std::size_t q = 0; q < features; q += Vector::width) {
    const Lanes value = Vector::load(placed + q);
    const Lanes integer = Vector::subtract(Vector::multiply_add(value, to_integer, magic), magic);
    const Lanes residual = Vector::multiply_add(integer, minus_scale, value);
    Int8::store_bytes(quantized + q, integer);
    sums = Vector::add(sums, integer);  // exact
    squares = Vector::multiply_add(residual, residual, squares);
  }
  float sum = 0.0f, square = 0.0f, lanes[Vector::width];
  Vector::store(lanes, sums);
  for (const float lane : lanes) sum += lane;
  Vector::store(lanes, squares);
  for (const float lane : lanes) square += lane;
  Vector::store(lanes, Vector::square_root(Vector::splat(square)));
  const auto d = static_cast<float>(features);
  const float residual = lanes[0] * (1.0f + (d + 32.0f) * 0x1p-23f) + norm * 0x1p-21f + d * 0x1p-70f;
  return {scale, -(norm + residual) * (1.0f + 0x1p-19f), -residual * (1.0f + 0x1p-19f),
          -128 * static_cast<std::int32_t>(sum)};
}

template <class Vector, class Int8, std::size_t rows_at_once>
constexpr Int8Kernels int8_kernels() {
  static_assert(is_vector<Vector>() && supplies<Int8Dot<Int8, Vector>>());
  return {score_int8<Vector, Int8, rows_at_once>, quantize<Vector, Int8>};
}

}  // namespace
}  // namespace pykmeans::kernels
