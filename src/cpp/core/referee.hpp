// The referee: the one distance that decides. Its order of operations is the definition, so nothing here may be
// reordered or contracted; every file is compiled with contraction off.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "pykmeans/points.hpp"

namespace pykmeans::detail {

/// Sixteen partial sums, the l-th of difference(j)^2 over j = l, l + 16, ... in that order, folded 8, 4, 2, 1.
template <class Difference>
inline double sixteen_sums(std::size_t features, Difference&& difference) {
  const auto square = [&](std::size_t j) {
    const double t = difference(j);
    return t * t;
  };
  switch (features) {  // the same sums with the zero lanes left out
    case 1:
      return square(0);
    case 2:
      return square(0) + square(1);
    case 3:
      return (square(0) + square(2)) + square(1);
    case 4:
      return (square(0) + square(2)) + (square(1) + square(3));
    default:
      break;
  }
  double sums[16] = {};
  std::size_t j = 0;
  for (; j + 16 <= features; j += 16)
    for (std::size_t l = 0; l < 16; ++l) sums[l] += square(j + l);
  for (std::size_t l = 0; j + l < features; ++l) sums[l] += square(j + l);
  for (std::size_t half = 8; half >= 1; half /= 2)
    for (std::size_t l = 0; l < half; ++l) sums[l] += sums[l + half];
  return sums[0];
}

/// Exponents of the largest and of the smallest nonzero magnitude among finite values, merged into `range`.
inline void extend_range(ValueRange& range, const double* values, std::size_t count) {
  double largest = 0.0, smallest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < count; ++i) {
    const double magnitude = std::fabs(values[i]);
    largest = std::max(largest, magnitude);
    if (magnitude > 0.0) smallest = std::min(smallest, magnitude);
  }
  if (largest == 0.0) return;
  int high = 0, low = 0;
  std::frexp(largest, &high);
  std::frexp(smallest, &low);
  range.highest = range.any ? std::max(range.highest, high) : high;
  range.lowest = range.any ? std::min(range.lowest, low) : low;
  range.any = true;
}

/// Distances between rows of some points and some centers. Where float64 squares could overflow or vanish, both are
/// scaled by a power of two first; `scale()` says by which, and every distance carries its square.
class Referee {
 public:
  /// @param range  of the points  @param centers (count) values of all centers, finite
  Referee(ValueRange range, std::size_t features, const double* centers, std::size_t count) : features_(features) {
    extend_range(range, centers, count);
    // Squares of differences, and sums of 2^40 of them, stay below 2^1024; what a difference of the smallest values or
    // of their last bits squares to stays above 2^-1022.
    if (!range.any || (range.highest <= highest_exponent && range.lowest >= -400)) return;
    scale_ = highest_exponent - range.highest;
    // Two factors, as 2^scale itself may be beyond the doubles.
    first_factor_ = std::ldexp(1.0, scale_ / 2);
    second_factor_ = std::ldexp(1.0, scale_ - scale_ / 2);
  }

  /// Distances are squared distances times 2^(2 * scale()).
  int scale() const { return scale_; }

  template <class A>
  double operator()(const A* row, const double* center) const {
    if (scale_ == 0)
      return sixteen_sums(features_, [=](std::size_t j) { return static_cast<double>(row[j]) - center[j]; });
    return sixteen_sums(features_,
                        [=, this_ = this](std::size_t j) { return this_->scaled(row[j]) - this_->scaled(center[j]); });
  }

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

  template <class A>
  double scaled(A value) const {
    return static_cast<double>(value) * first_factor_ * second_factor_;
  }

  std::size_t features_;
  int scale_ = 0;
  double first_factor_ = 1.0;
  double second_factor_ = 1.0;
};

}  // namespace pykmeans::detail
