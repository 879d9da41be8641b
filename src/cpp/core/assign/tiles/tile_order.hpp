// An order of the rows in which those of a tile are near each other.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../filter/groups.hpp"
#include "../../machine/large_array.hpp"
#include "pykmeans/options.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

/// The numbers of the rows: cluster by cluster in the order of the groups' slots, and each cluster halved by the feature
/// in which it spreads most, until a part is a tile. @param labels (n_samples)  @param tile  rows of a tile
template <class T>
LargeArray<std::uint32_t> order_in_tiles(const Points<T>& points, const std::int32_t* labels, const Groups& groups,
                                         std::size_t tile, int threads, const Poll& poll);

}  // namespace pykmeans::detail
