// The exact distance: the one distance that decides. kernels/distances.inl.hpp has its order of operations.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "../../kernels/table.hpp"
#include "../exact/range.hpp"
#include "metrics.hpp"
#include "pykmeans/metric.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/view.hpp"

namespace pykmeans::detail {

/// The rule for ties, once: of the centers that were looked at, the one of least distance, the lowest index at a tie.
struct Nearest {
  std::int32_t center = 0;
  double distance = std::numeric_limits<double>::infinity();

  void look(std::int32_t other, double its_distance) {
    if (!(its_distance < distance || (its_distance == distance && other < center))) return;
    center = other;
    distance = its_distance;
  }
};

/// Distances between rows of some points and some centers, by a metric. Where float64 could overflow, or squares
/// vanish, both are scaled by a power of two first; the exact distance is in its own unit, 2^exponent().
class ExactDistance {
 public:
  /// @param range  of all numbers, of points and centers
  ExactDistance(const Metric& metric, const ValueRange& range, std::size_t features)
      : ExactDistance(metric, traits(metric.distance), range, features) {}

  /// The power of two that values are multiplied by before they are compared.
  int scale() const { return scaling_.scale; }

  /// A distance is the exact distance times 2^exponent().
  int exponent() const { return exponent_; }

  template <class A>
  double operator()(const A* row, const double* center) const {
    return plain_ ? distance_->of(A()).plain(row, center, features_) : otherwise(row, center);
  }

  /// The same for a center in float32, which must hold its values exactly. Only where nothing is scaled,
  /// and without categories.
  template <class A>
  double operator()(const A* row, const float* center) const {
    return distance_->of(A()).to_single(row, center, features_);
  }

  /// Distances of some rows, each to the center of its label. @param labels (rows), or nullptr for the first center
  /// @param distances [out] (rows)
  template <class A>
  void to_labels(const MatrixView<A>& rows, const double* centers, const std::int32_t* labels,
                 double* distances) const {
    const auto few_features = distance_->of(A()).to_labels;
    if (few_features && plain_ && features_ <= kernels::most_few_features)
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
        plain_(scaling_.scale == 0 && !categories_),
        exponent_(-row.degree * scaling_.scale - (row.halved ? 1 : 0)),
        // Two factors, as 2^scale itself may be beyond the doubles.
        first_factor_(std::ldexp(1.0, scaling_.scale / 2)),
        second_factor_(std::ldexp(1.0, scaling_.scale - scaling_.scale / 2)) {}

  template <class A>
  double otherwise(const A* row, const double* center) const {
    return categories_ ? with_categories(row, center) : of_numbers(row, center, features_);
  }

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
  bool plain_;  // neither scaled nor with categories: asked for each distance, so it is one test
  int exponent_;
  double first_factor_, second_factor_;
};

}  // namespace pykmeans::detail
