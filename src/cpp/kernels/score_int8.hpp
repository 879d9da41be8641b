// The scores of score_group.hpp in 8-bit integers, where an instruction set has their dot product: signed ones of rows,
// in [-127, 127], and unsigned ones of centers, 128 more than what they stand for. core/filter/panels.hpp has the
// proof.
#pragma once

#include <cstddef>
#include <cstdint>

#include "score_group.hpp"

namespace pykmeans::kernels {

/// What goes with a row of integers.
struct Int8Row {
  float scale;           // the row is about scale times its integers
  float minus_norm;      // of what the integers stand for, at least, negated
  float minus_residual;  // the norm of the rest, at least, negated
  std::int32_t bias;     // -128 * the sum of the integers
};

/// What goes with sixteen centers.
struct Int8Centers {
  float scale;
  float norm[group_lanes];
  float residual[group_lanes];
};

struct Int8Kernels {
  /// Score: bound - norm of the row * residual of the center - residual of the row * norm of the center + scale of the
  /// row * scale of the centers * the sum of the products.
  std::size_t (*score_group)(const GroupQuery<std::int8_t, std::uint8_t>& query, const Int8Row* about_rows,
                             const Int8Centers& about, const GroupAnswer& answer);
  /// @param placed (features, and zeros up to a multiple of 16)  @param norm  an upper bound of its norm
  /// @param quantized [out] (features, up to a multiple of 16)
  Int8Row (*quantize)(const float* placed, std::size_t features, float norm, std::int8_t* quantized);
};

}  // namespace pykmeans::kernels
