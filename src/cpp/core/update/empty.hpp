// Empty clusters take the points that are farthest from their centers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../distance/exact_distance.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// Whether a cluster has no points of positive weight.
inline bool any_empty(const Partial& sums) {
  for (std::size_t c = 0; c < sums.clusters(); ++c)
    if (sums.count(c) == 0) return true;
  return false;
}

/// Fill clusters without points of positive weight, in order of their number: each takes the point of positive weight
/// with the largest distance to its center, with all its equal copies, from a cluster that keeps other such points; at
/// a tie the point whose values come first in lexicographic order. A largest distance of 0 leaves the center where it
/// is.
/// @param labels [in, out] (n_samples)  @param sums [in, out]  @return the rows that moved
template <class T>
Vector<std::size_t> fill_empty_clusters(const Points<T>& points, const double* centers, const ExactDistance& exact,
                                        std::int32_t* labels, Partial& sums, const Poll& poll);

}  // namespace pykmeans::detail
