// TwoWords: an unsigned integer of 128 bits, for exact sums of weights that are multiples of one unit.
#pragma once

#include <cstdint>

namespace pykmeans::detail {

struct TwoWords {
  std::uint64_t low;
  std::uint64_t high;

  TwoWords& operator+=(const TwoWords& other) {
    low += other.low;
    high += other.high + (low < other.low ? 1 : 0);
    return *this;
  }
  TwoWords& operator-=(const TwoWords& other) {
    const std::uint64_t borrow = low < other.low ? 1 : 0;
    low -= other.low;
    high -= other.high + borrow;
    return *this;
  }
  friend TwoWords operator+(TwoWords a, const TwoWords& b) { return a += b; }
  friend bool operator==(const TwoWords& a, const TwoWords& b) { return a.low == b.low && a.high == b.high; }
  friend bool operator<(const TwoWords& a, const TwoWords& b) {
    return a.high != b.high ? a.high < b.high : a.low < b.low;
  }
};

/// value * 2^shift, which must fit.
inline TwoWords shifted(std::uint64_t value, int shift) {
  if (shift == 0) return {value, 0};
  if (shift >= 64) return {0, value << (shift - 64)};
  return {value << shift, value >> (64 - shift)};
}

}  // namespace pykmeans::detail
