// The exact distance of some points to some centers.
#pragma once

#include <cstddef>

#include "../distance/exact_distance.hpp"
#include "../distance/metrics.hpp"
#include "../exact/range.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

/// @param centers (count, features) all of them, finite
template <class T>
ExactDistance distance_to(const Points<T>& points, const double* centers, std::size_t count) {
  const std::size_t d = points.columns();
  const ValueRange numbers = range_of_numbers(centers, count, d, numeric_features(points.metric, d));
  return ExactDistance(points.metric, merged(points.range, numbers), d);
}

}  // namespace pykmeans::detail
