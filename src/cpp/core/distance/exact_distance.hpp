// The exact distance: the one distance that decides. kernels/distances.inl.hpp has its order of operations.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "../../kernels/table.hpp"
#include "metrics.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/view.hpp"

namespace pykmeans::detail {

/// The range of both.
inline ValueRange merged(ValueRange a, const ValueRange& b) {
  if (!b.any) return a;
  a.highest = a.any ? std::max(a.highest, b.highest) : b.highest;
  a.lowest = a.any ? std::min(a.lowest, b.lowest) : b.lowest;
  a.any = true;
  return a;
}

/// Exponents of the largest and of the smallest nonzero magnitude among finite values.
inline ValueRange range_of(const double* values, std::size_t count) {
  constexpr std::size_t lanes = 8;  // several of each, as one would wait for itself
  constexpr double infinity = std::numeric_limits<double>::infinity();
  double large[lanes], small[lanes];
  std::fill_n(large, lanes, 0.0);
  std::fill_n(small, lanes, infinity);
  const auto add = [&](double value, std::size_t l) {
    const double magnitude = std::fabs(value);
    const double nonzero = magnitude > 0.0 ? magnitude : infinity;
    large[l] = magnitude > large[l] ? magnitude : large[l];
    small[l] = nonzero < small[l] ? nonzero : small[l];
  };
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes)
    for (std::size_t l = 0; l < lanes; ++l) add(values[i + l], l);
  for (std::size_t l = 0; i < count; ++i, ++l) add(values[i], l);
  const double largest = *std::max_element(large, large + lanes);
  const double smallest = *std::min_element(small, small + lanes);
  ValueRange range;
  range.any = largest > 0.0;
  if (!range.any) return range;
  std::frexp(largest, &range.highest);
  std::frexp(smallest, &range.lowest);
  return range;
}

/// The range of the first `numeric` of `features` values of each center.
inline ValueRange range_of_numbers(const double* centers, std::size_t count, std::size_t features,
                                   std::size_t numeric) {
  if (numeric == features) return range_of(centers, count * features);
  ValueRange range;
  for (std::size_t c = 0; c < count; ++c) range = merged(range, range_of(centers + c * features, numeric));
  return range;
}

/// Distances between rows of some points and some centers, by a metric. Where float64 could overflow, or squares
/// vanish, both are scaled by a power of two first; the exact distance is in its own unit, 2^exponent().
class ExactDistance {
 public:
  /// @param centers (count, features) all of them, finite
  template <class T>
  ExactDistance(const Points<T>& points, const double* centers, std::size_t count)
      : ExactDistance(points.metric,
                      merged(points.range, range_of_numbers(centers, count, points.values.columns,
                                                            numeric_features(points.metric, points.values.columns))),
                      points.values.columns) {}

  /// @param range  of all numbers, of points and centers
  ExactDistance(const Metric& metric, const ValueRange& range, std::size_t features)
      : ExactDistance(metric, traits(metric.distance), range, features) {}

  /// The power of two that values are multiplied by before they are compared.
  int scale() const { return scaling_.scale; }

  /// A distance is the exact distance times 2^exponent().
  int exponent() const { return exponent_; }

  template <class A>
  double operator()(const A* row, const double* center) const {
    return categories_ ? with_categories(row, center) : of_numbers(row, center, features_);
  }

  /// Distances of some rows, each to the center of its label. @param labels (rows), or nullptr for the first center
  /// @param distances [out] (rows)
  template <class A>
  void to_labels(const MatrixView<A>& rows, const double* centers, const std::int32_t* labels,
                 double* distances) const {
    const auto few_features = distance_->of(A()).to_labels;
    if (few_features && features_ <= kernels::most_few_features && scaling_.scale == 0 && !categories_)
      return few_features(rows.data, rows.row_stride, centers, labels, features_, rows.rows, distances);
    for (std::size_t i = 0; i < rows.rows; ++i)
      distances[i] = (*this)(rows.row(i), centers + (labels ? static_cast<std::size_t>(labels[i]) * features_ : 0));
  }

  /// The exact distance is at most 2^highest().
  int highest() const { return scaling_.highest; }

  /// And a multiple of 2^lowest().
  int lowest() const { return scaling_.lowest; }

  /// A number as the exact distance sees it.
  double scaled(double value) const { return scaling_.scale == 0 ? value : value * first_factor_ * second_factor_; }

  /// What a category adds that differs.
  double mismatch() const { return scaling_.mismatch; }

  /// Index of the nearest of `count` centers, the lowest at a tie.
  template <class A>
  std::size_t nearest(const A* row, const double* centers, std::size_t count) const {
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < count; ++c) {
      const double distance = (*this)(row, centers + c * features_);
      if (distance < least) {
        least = distance;
        best = c;
      }
    }
    return best;
  }

 private:
  ExactDistance(const Metric& metric, const MetricTraits& row, const ValueRange& range, std::size_t features)
      : features_(features),
        numeric_(row.numeric(metric, features)),
        distance_(&row.distance()),
        categories_(row.categories ? &row.categories() : nullptr),
        scaling_(row.scaling(metric, range, features)),
        exponent_(-row.degree * scaling_.scale - (row.halved ? 1 : 0)),
        // Two factors, as 2^scale itself may be beyond the doubles.
        first_factor_(std::ldexp(1.0, scaling_.scale / 2)),
        second_factor_(std::ldexp(1.0, scaling_.scale - scaling_.scale / 2)) {}

  template <class A>
  double of_numbers(const A* row, const double* center, std::size_t count) const {
    const kernels::DistanceKernels<A>& distance = distance_->of(A());
    return scaling_.scale == 0 ? distance.plain(row, center, count)
                               : distance.scaled(row, center, count, first_factor_, second_factor_);
  }

  template <class A>
  double with_categories(const A* row, const double* center) const {
    const double differ = categories_->of(A()).plain(row + numeric_, center + numeric_, features_ - numeric_);
    const double rest = scaling_.mismatch * differ;
    return numeric_ == 0 ? rest : of_numbers(row, center, numeric_) + rest;
  }

  std::size_t features_, numeric_;
  const kernels::TypedDistances* distance_;
  const kernels::TypedDistances* categories_;  // of those beside numbers, or nullptr
  Scaling scaling_;
  int exponent_;
  double first_factor_, second_factor_;
};

}  // namespace pykmeans::detail
