// Exact sums of distances, before they are rounded.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../distance/exact_distance.hpp"
#include "../exact/wide_sum.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// Sums of w * distance to the center of the label, in the unit of the exact distance.
/// @param weights (n_samples) or nullptr for ones
/// @param n_sums  the number of clusters, or 1 for the sum over all clusters
/// @param labels (n_samples), or nullptr where there is one center
template <class T>
Vector<WideSum> cluster_sums(const Points<T>& points, const double* weights, const double* centers, std::size_t n_sums,
                             const std::int32_t* labels, const ExactDistance& exact, const Poll& poll);

/// The inertia, which is an error where it is beyond the largest double.
double checked_inertia(double inertia);

/// The inertia of what cluster_sums() found, and that of each cluster. @param cluster_inertia [out] (sums) or nullptr
double inertia_of(const Vector<WideSum>& sums, const ExactDistance& exact, double* cluster_inertia);

}  // namespace pykmeans::detail
