// ExactNumber: an integer of any length times a power of two, for the few comparisons that nothing shorter can decide.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "digits.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

class ExactNumber {
 public:
  ExactNumber() = default;
  /// A finite double.
  explicit ExactNumber(double value) {
    const Split parts = split(value);
    *this = ExactNumber(parts.significand, parts.exponent);
    negative_ = parts.negative && !words_.empty();
  }
  ExactNumber(std::uint64_t value, int exponent) : exponent_(exponent) {
    for (; value != 0; value >>= 32) words_.push_back(static_cast<std::uint32_t>(value));
  }

  friend ExactNumber operator-(ExactNumber a) {
    a.negative_ = !a.negative_ && !a.words_.empty();
    return a;
  }
  friend ExactNumber operator-(const ExactNumber& a, const ExactNumber& b) { return a + -b; }

  friend ExactNumber operator+(const ExactNumber& a, const ExactNumber& b) {
    const int exponent = std::min(a.exponent_, b.exponent_);
    const ExactNumber x = a.with_exponent(exponent), y = b.with_exponent(exponent);
    if (x.negative_ == y.negative_) return ExactNumber(added(x.words_, y.words_), exponent, x.negative_);
    if (is_less(x.words_, y.words_)) return ExactNumber(subtracted(y.words_, x.words_), exponent, y.negative_);
    return ExactNumber(subtracted(x.words_, y.words_), exponent, x.negative_);
  }

  friend ExactNumber operator*(const ExactNumber& a, const ExactNumber& b) {
    Words product(a.words_.size() + b.words_.size());
    for (std::size_t i = 0; i < a.words_.size(); ++i) {
      std::uint64_t carry = 0;
      for (std::size_t j = 0; j < b.words_.size(); ++j) {
        carry += static_cast<std::uint64_t>(a.words_[i]) * b.words_[j] + product[i + j];
        product[i + j] = static_cast<std::uint32_t>(carry);
        carry >>= 32;
      }
      product[i + b.words_.size()] = static_cast<std::uint32_t>(carry);
    }
    return ExactNumber(std::move(product), a.exponent_ + b.exponent_, a.negative_ != b.negative_);
  }

  friend bool operator<(const ExactNumber& a, const ExactNumber& b) { return (a - b).negative_; }

 private:
  using Words = Vector<std::uint32_t>;  // lowest first, the last one not zero

  ExactNumber(Words words, int exponent, bool negative) : words_(std::move(words)), exponent_(exponent) {
    while (!words_.empty() && words_.back() == 0) words_.pop_back();
    negative_ = negative && !words_.empty();
  }

  /// The same number with a smaller exponent.
  ExactNumber with_exponent(int exponent) const {
    if (words_.empty()) return ExactNumber({}, exponent, false);
    const auto shift = static_cast<std::size_t>(exponent_ - exponent);
    Words shifted(shift / 32);
    std::uint64_t carry = 0;
    for (const std::uint32_t word : words_) {
      carry |= static_cast<std::uint64_t>(word) << (shift % 32);
      shifted.push_back(static_cast<std::uint32_t>(carry));
      carry >>= 32;
    }
    shifted.push_back(static_cast<std::uint32_t>(carry));
    return ExactNumber(std::move(shifted), exponent, negative_);
  }

  static bool is_less(const Words& a, const Words& b) {
    if (a.size() != b.size()) return a.size() < b.size();
    return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
  }
  static Words added(const Words& a, const Words& b) {
    Words sum(std::max(a.size(), b.size()) + 1);
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < sum.size(); ++i) {
      carry += (i < a.size() ? a[i] : std::uint64_t{0}) + (i < b.size() ? b[i] : std::uint64_t{0});
      sum[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    return sum;
  }
  /// a - b, where b is not larger.
  static Words subtracted(const Words& a, const Words& b) {
    Words difference(a.size());
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const std::uint64_t taken = (i < b.size() ? b[i] : std::uint64_t{0}) + borrow;
      difference[i] = static_cast<std::uint32_t>(a[i] - taken);
      borrow = a[i] < taken ? 1 : 0;
    }
    return difference;
  }

  Words words_;
  int exponent_ = 0;
  bool negative_ = false;
};

}  // namespace pykmeans::detail
