// Medians and modes by looking at all members of a cluster: for small clusters, and where nothing can be counted.
#pragma once

#include <cstddef>
#include <cstdint>

#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"
#include "statistic.hpp"

namespace pykmeans::detail {

/// Write the medians or modes of some columns of some clusters, all with members of positive weight.
/// @param labels (n_samples)  @param centers [in, out] (n_clusters, n_features)
template <class T>
void write_by_sorting(const Points<T>& points, const Vector<std::size_t>& columns, const Vector<std::size_t>& clusters,
                      std::size_t n_clusters, Statistic what, const std::int32_t* labels, double* centers,
                      const Poll& poll);

}  // namespace pykmeans::detail
