// The cells of a grid that points lie in, numbered along the Z-shaped curve of G. M. Morton (1966): the bits of a
// cell's places along the sides, in turn.
#pragma once

#include <cstddef>
#include <cstdint>

#include "boxes.hpp"

namespace pykmeans::kernels {

template <class Value>
struct Grid {
  Value low[max_box_features];
  Value scale[max_box_features];  // cells per unit
  Value last;                     // the last cell along a side, at most 1023
};

/// In each array, entry i is for i + 1 features.
template <class Value>
struct GridKernels {
  /// The cell of each row; a row outside the grid belongs to the nearest cell.
  /// @param rows (count, features)  @param cells [out] (count)
  void (*cells[max_box_features])(const Value* rows, std::size_t count, const Grid<Value>& grid, std::uint16_t* cells);

  /// The tight box around some rows, at least one. @param low, high [out] (features)
  void (*extremes[max_box_features])(const Value* rows, std::size_t count, Value* low, Value* high);
};

}  // namespace pykmeans::kernels
