// The rows of one to three features in another order: neighbors together, in leaves. Any order gives the same labels;
// this one gives small boxes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "../../machine/large_array.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// Most points of a leaf.
constexpr std::size_t leaf_points = 128;

template <class T>
struct BoxOrder {
  /// uint8 and float are kept as float, exactly.
  using Stored = std::conditional_t<std::is_same_v<T, double>, double, float>;

  struct Leaf {
    std::uint32_t begin = 0;  // first slot, a multiple of kernels::tile_points
    std::uint32_t count = 0;  // at least one
  };

  Vector<Leaf> leaves;
  std::size_t slots = 0;             // of the points of all leaves, padded
  LargeArray<Stored> columns;        // from begin * features: (features, padded count) of a leaf
  LargeArray<std::uint32_t> slot;    // (n_samples) of each row
  LargeArray<std::uint32_t> copies;  // (slots) rows of each point; empty where each row has a slot of its own

  /// Slots that a leaf takes.
  static std::size_t padded(std::size_t count);
};

/// By a grid and, within its cells, by smaller ones. Each row has its slot.
template <class T>
BoxOrder<T> order_by_grid(const Points<T>& points, const Poll& poll);

/// Whether there are enough rows to go through all rows that there may be.
inline bool colors_pay(const Points<std::uint8_t>& points) {
  return points.source->in_place().data && points.rows() >= (std::size_t{1} << (8 * points.columns())) / 256;
}

/// Equal rows share a slot: unweighted uint8, of which there are few in few features.
BoxOrder<std::uint8_t> order_of_colors(const Points<std::uint8_t>& points, const Poll& poll);

}  // namespace pykmeans::detail
