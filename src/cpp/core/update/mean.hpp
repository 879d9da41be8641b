// Centers that sums make: means, and directions.
#pragma once

#include <cstddef>
#include <vector>

#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

/// Move the centers of the clusters that were touched and have points: to the means of the leading features.
/// @param single  round to float32  @param summed  leading features  @param centers [in, out] (clusters, features)
void move_to_means(const Partial& sums, bool single, std::size_t summed, std::size_t features, double* centers,
                   int n_threads, const Poll& poll);

/// The same, to the directions of the sums. A sum of zeros leaves the center where it is.
void move_to_directions(const Partial& sums, bool single, std::size_t features, double* centers, int n_threads,
                        const Poll& poll);

}  // namespace pykmeans::detail
