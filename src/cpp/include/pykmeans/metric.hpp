// How far a point is from a center, and what a center is.
#pragma once

#include <cstddef>

#include "options.hpp"

namespace pykmeans {

enum class Distance {
  euclidean,  ///< squared Euclidean distance; the center is the mean
  manhattan,  ///< sum of absolute differences; the center is the median of each feature, the lower one at a tie
  cosine,     ///< 1 - cos; the center is the direction of the sum of the normalized rows
  hamming,    ///< number of features that differ; the center is the most frequent value of each, the least at a tie
  mixed,      ///< euclidean in the leading features, and gamma times hamming in the others (Z. Huang, 1998)
};

/// The name of a distance, as Python knows it.
const char* to_string(Distance distance);

/// All of them.
inline constexpr Distance all_distances[] = {Distance::euclidean, Distance::manhattan, Distance::cosine,
                                             Distance::hamming, Distance::mixed};

/// What a center is made of: "mean", "median", "direction", "mode" or "mean or mode".
const char* center_name(Distance distance);

/// Whether features may be numbers, and whether they may be categories.
bool has_numbers(Distance distance);
bool has_categories(Distance distance);

/// Whether rows and centers are divided by their lengths.
bool normalizes(Distance distance);

/// Whether an algorithm can work with a distance; automatic and lloyd always can.
bool works_with(Algorithm algorithm, Distance distance);

/// Whether a refinement can work with a distance; none always can.
bool works_with(Refine refine, Distance distance);

struct Metric {
  Distance distance = Distance::euclidean;
  std::size_t n_numeric = 0;  ///< mixed: how many of the leading features are numbers; the others are categories
  double gamma = 1.0;         ///< mixed: what a category that differs adds; at least 0, at most 1e200
};

}  // namespace pykmeans
