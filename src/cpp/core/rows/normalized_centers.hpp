// Centers of the caller as distances see them.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

#include "check.hpp"
#include "normalize.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// Centers as distances see them: normalized where the metric is cosine. @param seen [out]
/// @return the first center that is all zeros and so has no direction; their number where there is none
template <class T>
std::size_t normalize_centers(const Points<T>& points, const Vector<double>& centers, Vector<double>& seen) {
  const std::size_t d = points.columns(), count = centers.size() / d;
  seen = centers;
  if (!normalizes(points.metric.distance)) return count;
  for (std::size_t c = 0; c < count; ++c)
    if (!normalize(seen.data() + c * d, d, seen.data() + c * d)) return c;
  return count;
}

/// The same for centers of the caller, all of which must have a direction. @param name  of the argument, for messages
template <class T>
Vector<double> with_directions(const Points<T>& points, const Vector<double>& centers, const char* name) {
  Vector<double> seen;
  const std::size_t c = normalize_centers(points, centers, seen);
  if (c < centers.size() / points.columns())
    throw std::invalid_argument(std::string(name) + "[" + std::to_string(c) +
                                "] is all zeros: with metric=cosine it must have a value that is not zero");
  return seen;
}

/// Centers of the caller, checked, as distances see them.
template <class T>
Vector<double> normalized_centers(const Points<T>& points, MatrixView<double> centers, const char* name) {
  return with_directions(points, checked_centers(points, centers, name), name);
}

}  // namespace pykmeans::detail
