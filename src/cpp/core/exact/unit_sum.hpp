// UnitSum: an exact sum of doubles that are at most some power of two, in three limbs: a few operations a value.
//
// A value is cut into multiples of three units, each by adding a number so large that the sum is rounded to the unit,
// and the multiples are added as integers. What is left below the last unit, of values 2^-71 times the bound or less,
// is the caller's to add elsewhere; so are the limbs, before they overflow.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

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

  /// @return what is too small for the limbs
  double add(const Units& units, double value) {
    value = cut(units.magic[0], value, limbs_[0]);
    value = cut(units.magic[1], value, limbs_[1]);
    return value == 0.0 ? value : cut(units.magic[2], value, limbs_[2]);
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
  static double cut(double magic, double value, std::int64_t& limb) {
    const double shifted = value + magic;  // rounds to a multiple of the unit
    limb += bits_of(shifted) - bits_of(magic);
    return value - (shifted - magic);  // exact
  }
  static std::int64_t bits_of(double value) {
    std::int64_t word;
    std::memcpy(&word, &value, sizeof word);
    return word;
  }

  std::int64_t limbs_[3] = {0, 0, 0};
};

}  // namespace pykmeans::detail
