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
      : features_(features),
        numeric_(numeric_features(metric, features)),
        mixed_(metric.distance == Distance::mixed),
        gamma_(metric.gamma),
        kernels_(&(kernels::pick().distances.*traits(metric.distance).exact)),
        mismatches_(&kernels::pick().distances.mismatches) {
    const MetricTraits& row = traits(metric.distance);
    if (row.growth == Growth::square)
      limit_to_squares(range);
    else if (row.growth == Growth::linear)
      limit_to_sums(range);
    else
      highest_ = bits_of(features);
    if (row.halved) exponent_ -= 1;
    if (!mixed_) return;
    gamma_ = std::ldexp(gamma_, 2 * scale_);
    if (gamma_ > 0.0) {
      highest_ = 1 + std::max(highest_, std::ilogb(gamma_) + 1 + bits_of(features));
      lowest_ = std::max(std::min(lowest_, std::ilogb(gamma_) - 52), unit_of_doubles);
    }
  }

  /// The power of two that values are multiplied by before they are compared.
  int scale() const { return scale_; }

  /// A distance is the exact distance times 2^exponent().
  int exponent() const { return exponent_; }

  template <class A>
  double operator()(const A* row, const double* center) const {
    if (mixed_) return mixed(row, center);
    const kernels::DistanceKernels<A>& distance = kernels_->of(A());
    return scale_ == 0 ? distance.plain(row, center, features_)
                       : distance.scaled(row, center, features_, first_factor_, second_factor_);
  }

  /// Distances of some rows, each to the center of its label. @param labels (rows), or nullptr for the first center
  /// @param distances [out] (rows)
  template <class A>
  void to_labels(const MatrixView<A>& rows, const double* centers, const std::int32_t* labels,
                 double* distances) const {
    if (scale_ == 0 && features_ <= kernels::most_few_features && !mixed_)
      return kernels_->of(A()).to_labels(rows.data, rows.row_stride, centers, labels, features_, rows.rows, distances);
    for (std::size_t i = 0; i < rows.rows; ++i)
      distances[i] = (*this)(rows.row(i), centers + (labels ? static_cast<std::size_t>(labels[i]) * features_ : 0));
  }

  /// The exact distance is at most 2^highest().
  int highest() const { return highest_; }

  /// And a multiple of 2^lowest(): so are differences of values that are multiples of 2^g, and all that is rounded from
  /// multiples of it; squares are multiples of 2^2g.
  int lowest() const { return lowest_; }

  /// A number as the exact distance sees it.
  double scaled(double value) const { return scale_ == 0 ? value : value * first_factor_ * second_factor_; }

  /// What a category adds that differs.
  double mismatch() const { return mixed_ ? gamma_ : 1.0; }

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
  static constexpr int highest_square = 480;  // exponents
  static constexpr int highest_term = 900;
  static constexpr int unit_of_doubles = -1074;  // every double is a multiple of 2^-1074

  static int bits_of(std::size_t features) {
    int bits = 0;
    while ((features >> bits) != 0) ++bits;
    return bits;
  }

  void scale_to(const ValueRange& range, int highest) {
    scale_ = highest - range.highest;
    // Two factors, as 2^scale itself may be beyond the doubles.
    first_factor_ = std::ldexp(1.0, scale_ / 2);
    second_factor_ = std::ldexp(1.0, scale_ - scale_ / 2);
  }

  /// Squares of differences, and sums of 2^40 of them, stay below 2^1024; what a difference of the smallest values or
  /// of their last bits squares to stays above 2^-1022 (or is nothing beside categories).
  void limit_to_squares(const ValueRange& range) {
    const bool scales = range.any && (range.highest > highest_square || (!mixed_ && range.lowest < -400));
    if (scales) scale_to(range, highest_square);
    exponent_ = -2 * scale_;
    // Differences are at most 2^(highest + 1); the rounding of squares and sums makes no power of two more than one
    // more.
    lowest_ = std::max(2 * (range.lowest - 53 + scale_), unit_of_doubles);
    highest_ = 2 * ((scales ? highest_square : range.highest) + 1) + bits_of(features_) + 1;
  }

  /// The same for sums of differences, which lose nothing when they are small.
  void limit_to_sums(const ValueRange& range) {
    const bool scales = range.any && range.highest > highest_term;
    if (scales) scale_to(range, highest_term);
    exponent_ = -scale_;
    lowest_ = std::max(range.lowest - 53 + scale_, unit_of_doubles);
    highest_ = (scales ? highest_term : range.highest) + 1 + bits_of(features_) + 1;
  }

  template <class A>
  double mixed(const A* row, const double* center) const {
    const kernels::DistanceKernels<A>& distance = kernels_->of(A());
    const double differ = mismatches_->of(A()).plain(row + numeric_, center + numeric_, features_ - numeric_);
    if (numeric_ == 0) return gamma_ * differ;
    const double squares = scale_ == 0 ? distance.plain(row, center, numeric_)
                                       : distance.scaled(row, center, numeric_, first_factor_, second_factor_);
    return squares + gamma_ * differ;
  }

  std::size_t features_, numeric_;
  bool mixed_;
  double gamma_;
  const kernels::TypedDistances* kernels_;
  const kernels::TypedDistances* mismatches_;
  int scale_ = 0;
  int exponent_ = 0;
  int highest_ = 0;
  int lowest_ = 0;
  double first_factor_ = 1.0;
  double second_factor_ = 1.0;
};

}  // namespace pykmeans::detail
