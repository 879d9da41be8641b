// value * 2^exponent, without the cost of std::ldexp where the power is a normal double.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace pykmeans::detail {

/// As std::ldexp(value, exponent).
inline double times_power_of_two(double value, int exponent) {
  if (exponent < -1022 || exponent > 1023) return std::ldexp(value, exponent);
  const std::uint64_t word = static_cast<std::uint64_t>(exponent + 1023) << 52;
  double power;
  std::memcpy(&power, &word, sizeof power);
  return value * power;
}

}  // namespace pykmeans::detail
