// How the filters of Lloyd see the rows and centers of each metric.
#pragma once

#include <cstddef>

#include "../distance/metrics.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

struct FilterFrame {
  const LloydFilter* filter = nullptr;
  Vector<double> origin;           // (numbers) numbers come before categories
  Vector<double> category_origin;  // (categories) zeros: a category stays what it is
  int exponent = 0;                // of the numbers: they are divided by its power of two
  double mismatch = 1.0;           // what a category that differs adds
  bool whole = false;              // all are small whole numbers in the frame: sums of them are exact
  bool float_suffices = true;      // float32 holds all categories

  std::size_t numbers() const { return origin.size(); }
  std::size_t categories() const { return category_origin.size(); }
};

/// What suits the points' metric, which has a filter.
template <class T>
FilterFrame frame_of(const Points<T>& points, const Poll& poll);

}  // namespace pykmeans::detail
