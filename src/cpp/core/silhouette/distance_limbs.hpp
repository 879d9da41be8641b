// How distances to other rows become integers, so that their sums are exact: as a Partial's values do (partial.hpp), in
// limbs of 51 bits, but with one unit for all.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "../distance/exact_distance.hpp"
#include "../distance/metrics.hpp"
#include "../exact/digits.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

class DistanceLimbs {
 public:
  /// @param rooted  whether roots of the exact distance are added  @param weights  their range, or nullptr for ones
  DistanceLimbs(const ExactDistance& exact, bool rooted, const ValueRange* weights) {
    int highest = exact.highest(), lowest = exact.lowest();
    if (rooted) {
      // No root is less than that of the least distance: its last bit is 52 places below, at the lowest.
      highest = (highest + 1) / 2;
      lowest = lowest / 2 - 1 - 52;
    }
    usable_ = highest <= 900;
    if (weights) {
      usable_ = usable_ && weights->highest <= 900;
      highest += weights->highest;
      lowest += weights->lowest - weights->precision;
    }
    // Products, their rounding errors and the magic numbers stay away from both ends of the range.
    usable_ = usable_ && highest <= 900 && lowest >= -1000 && highest >= -800;
    if (!usable_) return;
    // The highest unit is 2^(highest - 50), as the kernel wants it.
    const int below = std::max(highest - 50 - lowest, 51 + 1);  // three limbs at least
    magic_.resize(static_cast<std::size_t>(1 + (below + 50) / 51));
    unit_ = highest - 50 - 51 * (static_cast<int>(magic_.size()) - 1);
    for (std::size_t l = 0; l < magic_.size(); ++l) magic_[l] = std::ldexp(1.5, 52 + unit_ + 51 * static_cast<int>(l));
  }

  /// Where not, the range of the distances is next to that of double.
  bool usable() const { return usable_; }
  std::size_t limbs() const { return magic_.size(); }
  /// (limbs) the lowest first
  const double* magic() const { return magic_.data(); }

  /// Digits of a sum: the limbs, and one that takes the carries.
  static constexpr std::size_t most_digits = 2 + 1900 / 51 + 2;
  std::size_t digits() const { return limbs() + 1; }

  /// A sum of carried digits, which are not negative, rounded once. @param digits [in, out]
  Rounded rounded(std::int64_t* digits) const { return round_to_53(leading_bits<51>(digits, this->digits()), unit_); }

 private:
  bool usable_ = false;
  int unit_ = 0;  // the exponent of the lowest
  Vector<double> magic_;
};

}  // namespace pykmeans::detail
