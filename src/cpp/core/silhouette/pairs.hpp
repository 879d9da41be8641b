// Silhouettes by tiles of rows against all other rows: no matrix of distances exists.
#pragma once

#include "../distance/exact_distance.hpp"
#include "clusters.hpp"
#include "distance_limbs.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

/// Of a metric that has a kernel for pairs.
/// @param weights  their range, or nullptr for ones  @param limbs  usable ones  @param values [out] (n_samples)
template <class T>
void silhouettes_by_pairs(const Points<T>& points, const Clusters& clusters, const ExactDistance& exact,
                          const ValueRange* weights, const DistanceLimbs& limbs, double* values, const Poll& poll);

}  // namespace pykmeans::detail
