// What the loop compares to decide whether the centers still move: numbers without bounds on their exponents.
#pragma once

#include <cstddef>
#include <vector>

#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

/// a <= b, for numbers that are not negative.
bool at_most(const Rounded& a, const Rounded& b);

/// factor * value, rounded.
Rounded times(double factor, const Rounded& value);

/// Sum of the squared distances that the centers moved, by the referee, from the first center to the last.
/// @param range  of both
Rounded total_shift(const std::vector<double>& from, const std::vector<double>& to, const ValueRange& range,
                    std::size_t features);

/// The mean variance of the features of X about its mean, which is rounded to float64.
template <class T>
Rounded mean_variance(const Points<T>& points, const Poll& poll);

}  // namespace pykmeans::detail
