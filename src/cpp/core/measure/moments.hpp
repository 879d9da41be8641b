// All rows as one cluster: their mean and their distances to it.
#pragma once

#include "../exact/wide_sum.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

struct RowMoments {
  Vector<double> mean;  // (n_numbers) rounded to double
  Rounded weight;       // rounded once
  WideSum inertia;      // of the rows about that mean, in units of 2^exponent
  int exponent = 0;
};

/// Of the columns that are numbers. With weights, they are those of the points, and the metric sums their columns.
/// @param weights (n_samples) or nullptr for ones
template <class T>
RowMoments row_moments(const Points<T>& points, const double* weights, const Poll& poll);

}  // namespace pykmeans::detail
