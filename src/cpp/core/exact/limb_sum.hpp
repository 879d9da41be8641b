// LimbSum: an exact sum of distances, small enough to keep one for each cluster, that can be subtracted and compared. (A
// UnitSum is quicker to add to, but leaves what is small to its caller.)
//
// A term is cut into four parts, each a multiple of its own unit (limbs.hpp). Terms of 2^-109 times the bound or less
// may leave something below the last unit. That goes to a WideSum, which most sums never need.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "digits.hpp"
#include "doubled.hpp"
#include "limbs.hpp"
#include "pykmeans/workspace.hpp"
#include "wide_sum.hpp"

namespace pykmeans::detail {

class LimbSum {
  static constexpr int bits = 44;
  static constexpr std::size_t limbs = 4;

 public:
  /// For terms of magnitude up to 2^highest. The highest limb grows by 2^31 units a term at most.
  struct Units {
    explicit Units(int highest)
        : exponent(highest - 900), lowest(highest - 31 - bits * 3), usable(highest < 900 && lowest > -900) {
      for (std::size_t l = 0; l < limbs; ++l)
        magic[l] = usable ? std::ldexp(1.5, 52 + lowest + bits * static_cast<int>(l)) : 0.0;
    }
    int exponent;  // sums are divided by 2^exponent before they are rounded: none overflows
    int lowest;
    bool usable;
    double magic[limbs];
  };

  /// Add a term, or take it away where it is negative.
  void add(const Units& units, double term) {
    if (!units.usable) return rest().add(term);
    for (std::size_t l = limbs; l-- > 0;) limbs_[l] += cut(term, units.magic[l]);
    if (term != 0.0) rest().add(term);
    if (++pending_ == most_additions) carry();
  }

  /// Add the exact product of a distance, which may be negative, and a weight.
  void add(const Units& units, double distance, double weight) {
    if (distance == 0.0 || weight == 0.0) return;
    // The error of the product could underflow, or the splitting of a factor overflow.
    if (!units.usable || std::fabs(distance) * weight < 0x1p-900 || weight > 0x1p900 || weight < 0x1p-900)
      return rest().add(distance, weight);
    const Doubled product = two_product(distance, weight);
    add(units, product.high);
    add(units, product.low);
  }

  void add(const LimbSum& other) {
    combine(other, 1);
    for (const WideSum& sum : other.rest_) rest().add(sum);
  }
  void subtract(const LimbSum& other) {
    combine(other, -1);
    for (const WideSum& sum : other.rest_) rest().subtract(sum);
  }

  /// The sum times 2^exponent, rounded once; infinite beyond the largest double.
  double to_double(const Units& units, int exponent) const {
    if (!rest_.empty()) return whole(units).to_double(exponent);
    LimbSum copy = *this;
    copy.carry();
    return round_to_double(leading_bits<bits>(copy.limbs_, limbs), units.lowest + exponent);
  }
  /// The sum divided by 2^units.exponent, rounded once.
  double rounded(const Units& units) const { return to_double(units, -units.exponent); }

  /// Whether the sum, which is not negative, is > value * 2^units.exponent. value >= 0.
  bool exceeds(const Units& units, double value) const {
    Rounded threshold;
    threshold.fraction = std::frexp(value, &threshold.exponent);
    threshold.exponent += units.exponent;
    return whole(units).exceeds(threshold, /*or_equal=*/false);
  }

  /// -1, 0 or 1.
  int sign(const Units& units) const {
    if (!rest_.empty()) return whole(units).sign();
    LimbSum copy = *this;
    copy.carry();
    return sign_of_digits(copy.limbs_, limbs);
  }

 private:
  static constexpr std::uint32_t most_additions = 1u << 18;  // a limb grows by 2^43 units a term at most

  void carry() {
    carry_digits<bits>(limbs_, limbs);
    pending_ = 0;
  }
  void combine(const LimbSum& other, int sign) {
    LimbSum copy = other;
    copy.carry();
    for (std::size_t l = 0; l < limbs; ++l) limbs_[l] += sign * copy.limbs_[l];
    carry();
  }
  WideSum& rest() {
    if (rest_.empty()) rest_.resize(1);
    return rest_[0];
  }
  WideSum whole(const Units& units) const {
    WideSum sum = rest_.empty() ? WideSum() : rest_[0];
    for (std::size_t l = 0; l < limbs; ++l) sum.add_multiple(limbs_[l], units.lowest + bits * static_cast<int>(l));
    return sum;
  }

  std::int64_t limbs_[limbs] = {};  // lowest first
  std::uint32_t pending_ = 0;
  Vector<WideSum> rest_;  // one, or none
};

}  // namespace pykmeans::detail
