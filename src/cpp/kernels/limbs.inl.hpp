// Exact sums in limbs. Every operation is exact or rounds once, so every instruction set gives the same bits. Included
// by the isa_*.cpp files only (see nearest_score.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "limbs.hpp"

namespace pykmeans::kernels {
namespace {

inline std::int64_t bits_of(double value) {
  std::int64_t word;
  std::memcpy(&word, &value, sizeof word);
  return word;
}

inline double from_bits(std::int64_t word) {
  double value;
  std::memcpy(&value, &word, sizeof value);
  return value;
}

/// Adding a limb's magic number rounds a value to a multiple of the limb's unit; the rest goes to the limb below.
template <std::size_t limbs, bool takes, bool gives, class Value>
inline void move_row_in(const Value* row, const double* magic, std::size_t features, std::int64_t* __restrict from,
                        std::int64_t* __restrict to) {
  for (std::size_t q = 0; q < features; ++q) {
    double value = static_cast<double>(row[q]);
    for (std::size_t l = limbs; l-- > 0;) {
      const double m = magic[l * features + q];
      const double shifted = value + m;
      value -= shifted - m;  // exact
      const std::int64_t part = bits_of(shifted) - bits_of(m);
      if (takes) from[l * features + q] -= part;
      if (gives) to[l * features + q] += part;
    }
  }
}

template <std::size_t limbs, class Value>
void move_row(const Value* row, const double* magic, std::size_t features, std::int64_t* from, std::int64_t* to) {
  if (from && to)
    move_row_in<limbs, true, true>(row, magic, features, from, to);
  else if (to)
    move_row_in<limbs, false, true>(row, magic, features, nullptr, to);
  else
    move_row_in<limbs, true, false>(row, magic, features, from, nullptr);
}

inline void carry_limbs(std::int64_t* digits, std::size_t limbs, std::size_t features) {
  constexpr std::uint64_t mask = (std::uint64_t{1} << 51) - 1;
  for (std::size_t l = 0; l < limbs; ++l) {
    std::int64_t* const low = digits + l * features;
    std::int64_t* const high = low + features;
    for (std::size_t q = 0; q < features; ++q) {
      const auto value = static_cast<std::uint64_t>(low[q]);
      // value / 2^51, rounded down: an arithmetic shift, which SSE2 does not have
      const std::uint64_t carry = ((value + (std::uint64_t{1} << 63)) >> 51) - (std::uint64_t{1} << 12);
      low[q] = static_cast<std::int64_t>(value & mask);
      high[q] = static_cast<std::int64_t>(static_cast<std::uint64_t>(high[q]) + carry);
    }
  }
}

/// Exact for -2^51 <= digit < 2^51.
inline double digit_as_double(std::int64_t digit) {
  constexpr std::int64_t magic_bits = 0x4338000000000000;  // of 2^52 + 2^51
  return from_bits(digit + magic_bits) - 6755399441055744.0;
}

inline void round_one_limb(const std::int64_t* digits, std::size_t stride, const double* factors, std::size_t count,
                           double* sums) {
  for (std::size_t q = 0; q < count; ++q)
    sums[q] = (digit_as_double(digits[stride + q]) * 0x1p51 + digit_as_double(digits[q])) * factors[q];
}

/// Let D be the digits, s = D_2 2^102 + D_1 2^51 rounded, and e what that rounding lost. If |s| < 2^105, |e| <= 2^51,
/// so e + D_0 is exact and only the last addition rounds. If |s| is greater, the results and the halfway points of the
/// last addition are multiples of a quarter of a unit in the last place of s, so of 2^51, and so is s + e. Hence any
/// D_0 > 0 decides as 2^50 would, and e + 2^50 is exact.
inline void round_two_limbs(const std::int64_t* digits, std::size_t stride, const double* factors, std::size_t count,
                            double* sums) {
  for (std::size_t q = 0; q < count; ++q) {
    const double low = digit_as_double(digits[q]);
    const double middle = digit_as_double(digits[stride + q]) * 0x1p51;
    const double high = digit_as_double(digits[2 * stride + q]) * 0x1p102;
    const double s = high + middle;
    const double e = middle - (s - high);  // exact, as |high| is 0 or at least middle
    const double decides = low > 0.0 ? 0x1p50 : 0.0;
    const double rest = s < 0x1p105 && s > -0x1p105 ? low : decides;
    sums[q] = (s + (e + rest)) * factors[q];
  }
}

template <class Value>
constexpr MoveKernels<Value> move_of = {{move_row<1, Value>, move_row<2, Value>, move_row<3, Value>}};

constexpr LimbKernels limb_kernels() {
  return {move_of<float>, move_of<double>, carry_limbs, {round_one_limb, round_two_limbs}};
}

}  // namespace
}  // namespace pykmeans::kernels
