// Integers in digits to the base of a power of two, lowest first, as the exact sums hold them. Every digit is a signed
// 64-bit integer, which may be beyond the base until it is carried.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "pykmeans/partial.hpp"

namespace pykmeans::detail {

/// Carry: all digits but the last are in [0, 2^bits) then. The last one takes the sign.
template <int bits>
void carry_digits(std::int64_t* digits, std::size_t count, std::size_t stride = 1) {
  constexpr std::int64_t mask = (std::int64_t{1} << bits) - 1;
  std::int64_t carry = 0;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    const std::int64_t value = digits[i * stride] + carry;
    carry = value >> bits;  // rounds down, also for negative values
    digits[i * stride] = value & mask;
  }
  digits[(count - 1) * stride] += carry;
}

/// The sign of carried digits: -1, 0 or 1.
inline int sign_of_digits(const std::int64_t* digits, std::size_t count) {
  if (digits[count - 1] != 0) return digits[count - 1] < 0 ? -1 : 1;
  for (std::size_t i = 0; i + 1 < count; ++i)
    if (digits[i] != 0) return 1;
  return 0;
}

/// Round `kept` of the 64 bits of `window` to nearest, ties to even; `sticky` says that bits below it are set.
/// The result may be 2^kept.
inline std::uint64_t round_window(std::uint64_t window, bool sticky, int kept) {
  if (kept < 0) return 0;
  if (kept == 0) return window > (std::uint64_t{1} << 63) || (window == (std::uint64_t{1} << 63) && sticky);
  const int dropped = 64 - kept;
  std::uint64_t value = window >> dropped;
  const std::uint64_t rest = window << kept;
  const std::uint64_t half = std::uint64_t{1} << 63;
  if (rest > half || (rest == half && (sticky || (value & 1)))) ++value;
  return value;
}

/// The leading 64 bits of an integer: window * 2^exponent <= |value| < (window + 1) * 2^exponent, its top bit set.
struct Leading {
  std::uint64_t window = 0;  // 0 for the integer 0
  int exponent = 0;
  bool sticky = false;  // whether anything lies below the window
  bool negative = false;
};

/// The leading bits of carried digits, which are negated in place where the integer is negative.
template <int bits>
Leading leading_bits(std::int64_t* digits, std::size_t count) {
  Leading result;
  if (digits[count - 1] < 0) {
    result.negative = true;
    for (std::size_t i = 0; i < count; ++i) digits[i] = -digits[i];
    carry_digits<bits>(digits, count);
  }
  std::size_t top = count;
  while (top > 0 && digits[top - 1] == 0) --top;
  if (top == 0) return result;
  int filled = 64;
  std::uint64_t value = static_cast<std::uint64_t>(digits[top - 1]);
  while (filled > 0 && !(value >> (filled - 1))) --filled;
  result.window = value << (64 - filled);
  int missing = 64 - filled;
  std::size_t next = top - 1;
  while (missing > 0 && next > 0) {
    --next;
    value = static_cast<std::uint64_t>(digits[next]);
    if (missing >= bits) {
      result.window |= value << (missing - bits);
      missing -= bits;
    } else {
      result.window |= value >> (bits - missing);
      result.sticky = (value & ((std::uint64_t{1} << (bits - missing)) - 1)) != 0;
      missing = 0;
    }
  }
  result.exponent = static_cast<int>(top - 1) * bits + filled - 64;
  while (next > 0 && !result.sticky) result.sticky = digits[--next] != 0;
  return result;
}

/// Round to 53 bits, the exponent without bounds. `unit` is the exponent of the lowest digit's unit.
inline Rounded round_to_53(const Leading& leading, int unit) {
  if (leading.window == 0) return {};
  const auto kept = static_cast<double>(round_window(leading.window, leading.sticky, 53));
  int shift = 0;
  const double fraction = std::frexp(leading.negative ? -kept : kept, &shift);
  return {fraction, leading.exponent + 11 + shift + unit};
}

/// Round to the nearest double once, in the subnormal range too; beyond the largest it is infinite.
inline double round_to_double(const Leading& leading, int unit) {
  if (leading.window == 0) return 0.0;
  const int top = leading.exponent + 64 + unit;  // value < 2^top
  const int kept = top - 53 < -1074 ? top + 1074 : 53;
  const double value = std::ldexp(static_cast<double>(round_window(leading.window, leading.sticky, kept)), top - kept);
  return leading.negative ? -value : value;
}

/// Significand and exponent of a finite double: value = (negative ? -1 : 1) * significand * 2^exponent.
struct Split {
  std::uint64_t significand;
  int exponent;
  bool negative;
};

inline Split split(double value) {
  static_assert(sizeof(double) == 8, "binary64");
  std::uint64_t word;
  std::memcpy(&word, &value, sizeof word);
  const int biased = static_cast<int>(word >> 52) & 0x7ff;
  const std::uint64_t fraction = word & ((std::uint64_t{1} << 52) - 1);
  return {biased ? fraction | (std::uint64_t{1} << 52) : fraction, (biased ? biased : 1) - 1075, (word >> 63) != 0};
}

/// The exponent of the last bit that is set, of a value that is not 0.
inline int exponent_of_last_bit(Split parts) {
  for (; (parts.significand & 1) == 0; parts.significand >>= 1) ++parts.exponent;
  return parts.exponent;
}

/// Call add(integer below 2^55, exponent) for parts that sum to the exact product of two significands.
template <class Add>
void split_product(std::uint64_t a, std::uint64_t b, int exponent, Add&& add) {
  constexpr std::uint64_t low27 = (std::uint64_t{1} << 27) - 1;
  const std::uint64_t a_high = a >> 27, a_low = a & low27, b_high = b >> 27, b_low = b & low27;
  add(a_low * b_low, exponent);
  add(a_high * b_low + a_low * b_high, exponent + 27);
  add(a_high * b_high, exponent + 54);
}

}  // namespace pykmeans::detail
