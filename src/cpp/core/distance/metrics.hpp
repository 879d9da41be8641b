// What the metrics have in common, and where they differ: the table that everything else asks.
#pragma once

#include <cstddef>

#include "../../kernels/table.hpp"
#include "pykmeans/metric.hpp"

namespace pykmeans::detail {

/// What becomes of a feature of a cluster's center.
enum class Center {
  mean,
  median,
  direction,  // of the sum of normalized rows
  mode,
  mean_or_mode,  // the mean of a number, the mode of a category
};

/// The power of a factor that a distance grows with when all numbers are multiplied, which says how large or small they
/// may be.
enum class Growth {
  none = 0,  // it counts
  linear = 1,
  square = 2,
};

/// What the filter of brute.cpp finds the nearest center by.
enum class Score {
  products,  // squared Euclidean distance: codebook.hpp
  l1,        // the sum of absolute differences: absolute.hpp
  mixed,     // squared Euclidean distance of the numbers, and the number of categories that differ: codebook.hpp
};

struct MetricTraits {
  Distance distance;
  const char* name;
  Center center;
  kernels::TypedDistances kernels::Distances::* exact;  // of the numbers, or of all where there are none
  Growth growth;
  Score score;
  bool halved;          // d is half of the exact distance
  bool rooted;          // transform shows the root
  bool all_algorithms;  // what is assigned is by squared Euclidean distance: else lloyd only
};

const MetricTraits& traits(Distance distance);

/// The leading features that are numbers; the others are categories.
std::size_t numeric_features(const Metric& metric, std::size_t features);

/// The leading features whose sums make the centers.
std::size_t summed_features(const Metric& metric, std::size_t features);

}  // namespace pykmeans::detail
