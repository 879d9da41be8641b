// The referee: the one distance that decides. kernels/squared_distance.inl.hpp has its order of operations.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "../kernels/table.hpp"
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

/// Distances between rows of some points and some centers. Where float64 squares could overflow or vanish, both are
/// scaled by a power of two first; `scale()` says by which, and every distance carries its square.
class Referee {
 public:
  /// @param range  of the points  @param centers (count) values of all centers, finite
  Referee(const ValueRange& range, std::size_t features, const double* centers, std::size_t count)
      : Referee(merged(range, range_of(centers, count)), features) {}

  /// @param range  of the points and of all centers
  Referee(const ValueRange& range, std::size_t features) : features_(features) {
    highest_ = bound_of(range.highest, features);
    // Squares of differences, and sums of 2^40 of them, stay below 2^1024; what a difference of the smallest values or
    // of their last bits squares to stays above 2^-1022.
    if (!range.any || (range.highest <= highest_exponent && range.lowest >= -400)) return;
    scale_ = highest_exponent - range.highest;
    highest_ = bound_of(highest_exponent, features);
    // Two factors, as 2^scale itself may be beyond the doubles.
    first_factor_ = std::ldexp(1.0, scale_ / 2);
    second_factor_ = std::ldexp(1.0, scale_ - scale_ / 2);
  }

  /// Distances are squared distances times 2^(2 * scale()).
  int scale() const { return scale_; }

  template <class A>
  double operator()(const A* row, const double* center) const {
    const kernels::DistanceKernels<A>& distance = kernels_.of(A());
    return scale_ == 0 ? distance.plain(row, center, features_)
                       : distance.scaled(row, center, features_, first_factor_, second_factor_);
  }

  /// Distances of some rows, each to the center of its label. @param labels (count), or nullptr for the first center
  /// @param distances [out] (count)
  template <class A>
  void to_labels(const MatrixView<A>& rows, std::size_t first, std::size_t count, const double* centers,
                 const std::int32_t* labels, double* distances) const {
    if (scale_ == 0 && features_ <= kernels::most_few_features)
      return kernels_.of(A()).to_labels(rows.row(first), rows.row_stride, centers, labels, features_, count, distances);
    for (std::size_t i = 0; i < count; ++i)
      distances[i] =
          (*this)(rows.row(first + i), centers + (labels ? static_cast<std::size_t>(labels[i]) * features_ : 0));
  }

  /// Squared distances are at most 2^highest().
  int highest() const { return highest_; }

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
  static constexpr int highest_exponent = 480;

  /// Differences are at most 2^(highest + 1); the rounding of squares and sums makes no power of two more than one
  /// more.
  static int bound_of(int highest, std::size_t features) {
    int bits = 0;
    while ((features >> bits) != 0) ++bits;
    return 2 * (highest + 1) + bits + 1;
  }

  std::size_t features_;
  const kernels::RefereeKernels& kernels_ = kernels::pick().referee;
  int scale_ = 0;
  int highest_ = 0;
  double first_factor_ = 1.0;
  double second_factor_ = 1.0;
};

}  // namespace pykmeans::detail
