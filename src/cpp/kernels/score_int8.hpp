// The scores of score_group.hpp in 8-bit integers. An instruction set supplies the functions of Int8Kernels as one unit.
// It alone decides how rows and centers are stored: their ranges, their order, and what follows a row.
// core/filter/panels.hpp says what all of them promise.
#pragma once

#include <cstddef>
#include <cstdint>

#include "score_group.hpp"

namespace pykmeans::kernels {

/// What goes with a row of integers.
struct Int8Row {
  float scale;           // the row is about scale times its integers
  float minus_norm;      // minus an upper bound of the norm of scale times the integers
  float minus_residual;  // minus an upper bound of the norm of the rest
};

/// What goes with sixteen centers.
struct Int8Centers {
  float scale;
  float norm[group_lanes];
  float residual[group_lanes];
  float most_norm, most_residual;  // of the sixteen
};

struct Int8Kernels {
  /// Bytes of a row. Bytes of a panel, a multiple of 64.
  std::size_t (*row_bytes)(std::size_t features);
  std::size_t (*panel_bytes)(std::size_t features);
  /// @param values (features, group_lanes)  @param packed [out] (panel_bytes)
  Int8Centers (*pack_centers)(const float* values, std::size_t features, std::uint8_t* packed);
  /// @param placed (features, and zeros up to a multiple of 16)  @param norm  an upper bound of its norm
  /// @param quantized [out] (row_bytes)
  Int8Row (*quantize)(const float* placed, std::size_t features, float norm, std::int8_t* quantized);
  /// Score: bound + scale of the row * scale of the centers * the sum of the products - norm of the row * residual of
  /// the center - residual of the row * norm of the center, added in this order.
  std::size_t (*score_group)(const GroupQuery<std::int8_t, std::uint8_t>& query, const Int8Row* about_rows,
                             const Int8Centers& about, const GroupAnswer& answer);
};

}  // namespace pykmeans::kernels
