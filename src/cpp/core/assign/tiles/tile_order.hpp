// An order of the rows in which those of a tile are near each other.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../filter/groups.hpp"
#include "../../machine/large_array.hpp"
#include "pykmeans/options.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

/// The numbers of the rows, cluster by cluster in the order of the groups' slots. Each cluster is halved by the feature
/// in which it spreads most, at the edge of a tile, until a part lies in one tile.
/// @param labels (n_samples)  @param tile  rows of a tile
template <class T>
LargeArray<std::uint32_t> order_in_tiles(const Points<T>& points, const std::int32_t* labels, const Groups& groups,
                                         std::size_t tile, int threads, const Poll& poll);

/// What that takes beside the order, at most.
template <class T>
constexpr std::size_t order_bytes(std::size_t rows) {
  return rows * (sizeof(T) > sizeof(float) ? 16 : 8);
}

}  // namespace pykmeans::detail
