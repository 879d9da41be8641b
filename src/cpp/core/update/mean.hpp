// The update step: each center becomes the mean of its points.
#pragma once

#include <cstddef>
#include <vector>

#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

/// numerator / denominator, rounded once to double.
double quotient(const Rounded& numerator, const Rounded& denominator);

/// Move the centers of the clusters that were touched and have points.
/// @param single  round to float32  @param centers [in, out] (clusters, features)
void move_centers(const Partial& sums, bool single, std::size_t features, double* centers, int n_threads,
                  const Poll& poll);

}  // namespace pykmeans::detail
