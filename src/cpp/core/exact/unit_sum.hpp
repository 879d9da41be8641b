// UnitSum: an exact sum of doubles that are at most some power of two, in three limbs: a few operations a value.
//
// A value is cut into multiples of three units (limbs.hpp), which are added as integers. What is left of it below the
// last unit, of values of 2^-71 times the bound or less, is returned, and the caller adds it elsewhere. The caller also
// moves the limbs elsewhere before they overflow.
#pragma once

#include <cmath>
#include <cstdint>

#include "limbs.hpp"
#include "wide_sum.hpp"

namespace pykmeans::detail {

class UnitSum {
 public:
  /// Additions that the limbs take: the first grows by 2^36 units at most, the others by 2^43.
  static constexpr std::size_t most_additions = std::size_t{1} << 18;

  /// For values up to 2^exponent.
  struct Units {
    explicit Units(int exponent) : lowest(exponent - 36 - 2 * 44), usable(exponent < 900 && lowest > -900) {
      for (int l = 0; l < 3; ++l) magic[l] = usable ? std::ldexp(1.5, 52 + exponent - 36 - 44 * l) : 0.0;
    }
    double magic[3];
    int lowest;
    bool usable;
  };

  /// Add a value some times, which are as many additions. @return what is too small for the limbs
  double add(const Units& units, double value, std::int64_t times = 1) {
    limbs_[0] += times * cut(value, units.magic[0]);
    limbs_[1] += times * cut(value, units.magic[1]);
    if (value == 0.0) return value;
    limbs_[2] += times * cut(value, units.magic[2]);
    return value;
  }

  void add(const UnitSum& other) {
    for (int l = 0; l < 3; ++l) limbs_[l] += other.limbs_[l];
  }

  /// Move what was added to `sum`.
  void move_to(const Units& units, WideSum& sum) {
    for (int l = 0; l < 3; ++l) {
      sum.add_multiple(limbs_[l], units.lowest + 44 * (2 - l));
      limbs_[l] = 0;
    }
  }

 private:
  std::int64_t limbs_[3] = {0, 0, 0};
};

}  // namespace pykmeans::detail
