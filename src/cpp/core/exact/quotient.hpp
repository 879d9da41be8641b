// Means: a sum divided by a weight.
#pragma once

#include "power_of_two.hpp"
#include "pykmeans/partial.hpp"

namespace pykmeans::detail {

/// numerator / denominator, rounded once to double, in the subnormal range too.
inline double quotient(const Rounded& numerator, const Rounded& denominator) {
  // One hardware division. Its operands are placed so that they are exact, and only the quotient is rounded.
  const int exponent = numerator.exponent - denominator.exponent;
  if (exponent < -1500) return 0.0 * numerator.fraction;
  const int half = exponent / 2;
  return times_power_of_two(numerator.fraction, half) / times_power_of_two(denominator.fraction, half - exponent);
}

}  // namespace pykmeans::detail
