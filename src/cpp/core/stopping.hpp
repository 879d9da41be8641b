// What the loop compares to decide whether the centers still move: numbers without bounds on their exponents.
#pragma once

#include <cstddef>

#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// a <= b, for numbers that are not negative.
bool at_most(const Rounded& a, const Rounded& b);

/// factor * value, rounded.
Rounded times(double factor, const Rounded& value);

/// How far the centers moved.
struct Movement {
  Rounded shift;  // sum of the squared distances of their numbers, by the exact distance, from the first center on
  bool categories = false;  // whether a category of any center changed
};

/// @param from, to (centers, features)  @param numeric  leading features that are numbers  @param range  of both's
Movement movement(const Vector<double>& from, const Vector<double>& to, const ValueRange& range, std::size_t features,
                  std::size_t numeric);

/// The mean variance of the numbers of X about their mean, which is rounded to float64; without weights, or of the rows
/// that the points stand for.
template <class T>
Rounded mean_variance(const Points<T>& points, const Poll& poll);

}  // namespace pykmeans::detail
