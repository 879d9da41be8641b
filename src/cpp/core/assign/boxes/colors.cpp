// The different rows of uint8 values, in the order of the Z-shaped curve.
#include <algorithm>

#include "../../machine/parallel.hpp"
#include "../../rows/color_ranks.hpp"
#include "box_order.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

// Fewer than of other points: they lie less densely.
constexpr std::uint32_t points_per_leaf = 64;

/// The coordinates of each slot.
void write(std::size_t features, const ColorRanks& ranks, BoxOrder<std::uint8_t>& result, const Poll& poll) {
  result.columns = LargeArray<float>(result.slots * features);
  ranks.values(poll, [&](std::uint32_t slot, std::size_t q, std::uint8_t value) {
    const auto& leaf = result.leaves[slot / points_per_leaf];
    const std::size_t width = BoxOrder<std::uint8_t>::padded(leaf.count);
    result.columns[leaf.begin * features + q * width + (slot - leaf.begin)] = static_cast<float>(value);
  });
  const auto& last = result.leaves.back();
  const std::size_t width = BoxOrder<std::uint8_t>::padded(last.count);
  float* columns = result.columns.data() + last.begin * features;
  for (std::size_t q = 0; q < features; ++q)
    std::fill(columns + q * width + last.count, columns + (q + 1) * width, columns[q * width]);
}

}  // namespace

BoxOrder<std::uint8_t> order_of_colors(const Points<std::uint8_t>& points, const Poll& poll) {
  const ColorRanks ranks(points.source->in_place(), points.n_threads, poll);
  BoxOrder<std::uint8_t> result;
  result.slots = BoxOrder<std::uint8_t>::padded(ranks.count());
  for (std::uint32_t begin = 0; begin < ranks.count(); begin += points_per_leaf)
    result.leaves.push_back({begin, std::min(points_per_leaf, ranks.count() - begin)});
  result.slot = LargeArray<std::uint32_t>(points.rows());
  result.copies = LargeArray<std::uint32_t>(result.slots);
  std::fill_n(result.copies.data(), result.slots, 0u);
  ranks.count_rows(points.source->in_place(), result.copies.data(), poll,
                   [&](std::size_t row, std::uint32_t slot) { result.slot[row] = slot; });
  write(points.columns(), ranks, result, poll);
  return result;
}

}  // namespace pykmeans::detail
