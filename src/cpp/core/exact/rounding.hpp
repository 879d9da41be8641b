// Rounding to the safe side, for bounds that are computed with rounding themselves.
#pragma once

#include <cmath>

namespace pykmeans::detail {

// Factors that are beyond what some operations in double round.
constexpr double a_little_more = 1.0 + 0x1p-30;
constexpr double a_little_less = 1.0 - 0x1p-30;

/// A float below the value, or above it, by a few of the float's own roundings.
inline float rounded_down(double value) {
  return static_cast<float>(value - std::fabs(value) * 0x1p-21 - 0x1p-148);
}
inline float rounded_up(double value) {
  return -rounded_down(-value);
}

}  // namespace pykmeans::detail
