// WideSum: an exact sum of doubles, or of products of two doubles, over their whole range. For quantities whose range
// is not known beforehand: distances, weighted distances, potentials.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "digits.hpp"

namespace pykmeans::detail {

class WideSum {
 public:
  void add(double value) { add_split<1>(split(value)); }
  void subtract(double value) { add_split<-1>(split(value)); }
  /// Add the exact product.
  void add(double a, double b) { add_product<1>(a, b); }
  void subtract(double a, double b) { add_product<-1>(a, b); }

  /// Add multiple * 2^exponent.
  void add_multiple(std::int64_t multiple, int exponent) {
    const auto bits = static_cast<std::uint64_t>(multiple);
    const std::uint64_t magnitude = multiple < 0 ? 0 - bits : bits;
    add_split<1>({magnitude, exponent, multiple < 0});
  }

  void add(const WideSum& other) {
    carry();
    other.carry();
    for (std::size_t i = 0; i < digits; ++i) digits_[i] += other.digits_[i];
    carry();
  }

  void subtract(const WideSum& other) {
    carry();
    other.carry();
    for (std::size_t i = 0; i < digits; ++i) digits_[i] -= other.digits_[i];
    carry();
  }

  Rounded rounded() const {
    auto copy = carried();
    return round_to_53(leading_bits<32>(copy.data(), digits), lowest);
  }
  /// The sum times 2^exponent, rounded once; infinite beyond the largest double.
  double to_double(int exponent = 0) const {
    auto copy = carried();
    return round_to_double(leading_bits<32>(copy.data(), digits), lowest + exponent);
  }
  /// -1, 0 or 1.
  int sign() const {
    carry();
    return sign_of_digits(digits_.data(), digits);
  }
  bool less(const WideSum& other) const {
    WideSum difference = *this;
    difference.subtract(other);
    return difference.sign() < 0;
  }
  /// Whether the sum, which is not negative, is > value (>= where or_equal). value >= 0.
  bool exceeds(const Rounded& value, bool or_equal) const {
    WideSum difference = *this;
    const Split parts = split(value.fraction);
    const int exponent = parts.exponent + value.exponent;
    // A value with bits below the lowest digit is smaller than any term but zero.
    const bool negligible = value.fraction == 0.0 || exponent < lowest;
    if (!negligible) difference.add_integer<-1>(parts.significand, exponent);
    difference.carry();
    const int sign = sign_of_digits(difference.digits_.data(), digits);
    return sign > 0 || (or_equal && sign == 0 && (!negligible || value.fraction == 0.0));
  }

 private:
  // The lowest bit of a product of two subnormals is 2^-2148, and a threshold reaches 106 bits below that. A product is
  // below 2^2048, and the digits above have space for sums of 2^60 of them.
  static constexpr int lowest = -2304;
  static constexpr std::size_t digits = (2304 + 2112) / 32;

  template <int sign>
  void add_split(const Split& parts) {
    if (parts.negative)
      add_integer<-sign>(parts.significand, parts.exponent);
    else
      add_integer<sign>(parts.significand, parts.exponent);
    count();
  }
  template <int sign>
  void add_product(double a, double b) {
    const Split first = split(a), second = split(b);
    split_product(first.significand, second.significand, first.exponent + second.exponent,
                  [&](std::uint64_t part, int exponent) {
                    if (first.negative == second.negative)
                      add_integer<sign>(part, exponent);
                    else
                      add_integer<-sign>(part, exponent);
                  });
    count();
  }
  /// Add sign * significand * 2^exponent; each of three digits takes less than 2^32.
  template <int sign>
  void add_integer(std::uint64_t significand, int exponent) {
    const auto position = static_cast<unsigned>(exponent - lowest);
    const unsigned shift = position & 31;
    std::int64_t* digit = digits_.data() + (position >> 5);
    const std::uint64_t above = significand >> (32 - shift);
    digit[0] += sign * static_cast<std::int64_t>((significand << shift) & 0xffffffffu);
    digit[1] += sign * static_cast<std::int64_t>(above & 0xffffffffu);
    digit[2] += sign * static_cast<std::int64_t>(above >> 32);
  }
  void count() {
    if (++pending_ == (1u << 28)) carry();  // 3 parts of less than 2^32 each: below 2^62
  }
  void carry() const {
    carry_digits<32>(digits_.data(), digits);
    pending_ = 0;
  }
  std::array<std::int64_t, digits> carried() const {
    carry();
    return digits_;
  }

  // Carrying changes the digits, never the value.
  mutable std::array<std::int64_t, digits> digits_{};
  mutable std::uint32_t pending_ = 0;
};

}  // namespace pykmeans::detail
