// SingleCenters: the centers in float32, where that holds all of their values. An exact distance reads half as much of
// them, and for rows of float32 an estimate decides most of what the exact distance would.
//
// The estimate is a sum of squares of differences in float32, in any order of operations, with or without fused
// multiply-add. Let u = 2^-24. A difference is off by u at most, its square by 3 u in all, and as no square is negative,
// the sum of d of them by another d u, all of it relative and but for second-order terms; squares below 2^-126 by 2^-149
// each. The exact distance is within (d/16 + 9) 2^-53 of the true one (4. in codebook.hpp). So, with
//     e = 1.03 (d + 4) u     and     t = d 2^-148,
// exact <= (1 + e) estimate + t and exact >= (1 - e) estimate - t, while d <= max_float_features. Where the estimate
// overflows, the distance is at least (1 - e) times the largest float.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "../../kernels/table.hpp"
#include "../distance/exact_distance.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

class SingleCenters {
 public:
  /// `centers` (count, features) must outlive it.
  void keep(const double* centers, std::size_t count, std::size_t features) {
    centers_ = centers;
    features_ = features;
    error_ = 1.03 * (static_cast<double>(features) + 4.0) * 0x1p-24;
    vanished_ = static_cast<double>(features) * 0x1p-148;
    const std::size_t size = count * features;
    if (!std::all_of(centers, centers + size, fits)) return;
    values_.resize(size);
    std::transform(centers, centers + size, values_.begin(), [](double value) { return static_cast<float>(value); });
  }

  template <class T>
  double exact(const ExactDistance& distance, const T* row, std::int32_t c) const {
    return kept() ? distance(row, values_.data() + at(c)) : distance(row, centers_ + at(c));
  }

  /// Whether float32 holds the centers, so that there are estimates.
  bool kept() const { return !values_.empty(); }

  /// The exact distance is at most upper and, where it is not NaN, at least lower.
  struct Interval {
    double lower, upper;
  };
  Interval estimate(const float* row, std::int32_t c) const {
    const auto value =
        static_cast<double>(kernels::pick().group.squared_distance(row, values_.data() + at(c), features_));
    constexpr auto largest = static_cast<double>(std::numeric_limits<float>::max());
    return {(1.0 - error_) * std::min(value, largest) - vanished_, (1.0 + error_) * value + vanished_};
  }

 private:
  static bool fits(double value) {
    return std::fabs(value) <= static_cast<double>(std::numeric_limits<float>::max()) &&
           static_cast<double>(static_cast<float>(value)) == value;
  }
  std::size_t at(std::int32_t c) const { return static_cast<std::size_t>(c) * features_; }

  const double* centers_ = nullptr;
  std::size_t features_ = 0;
  double error_ = 0.0, vanished_ = 0.0;  // e and t
  Vector<float> values_;                 // (centers, features), or empty
};

}  // namespace pykmeans::detail
