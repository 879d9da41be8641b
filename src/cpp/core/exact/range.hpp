// Ranges of exponents: of values, of columns, of centers; and the range of two of them together.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "pykmeans/partial.hpp"

namespace pykmeans::detail {

/// The range of the values of both.
inline ValueRange merged(const ValueRange& a, const ValueRange& b) {
  if (!a.any) return b;
  if (!b.any) return a;
  ValueRange both;
  both.any = true;
  both.highest = std::max(a.highest, b.highest);
  both.lowest = std::min(a.lowest, b.lowest);
  both.precision = both.lowest - std::min(a.lowest - a.precision, b.lowest - b.precision);
  return both;
}

/// The range of finite values.
inline ValueRange range_of(const double* values, std::size_t count) {
  constexpr std::size_t lanes = 8;  // several extremes of each kind, so that no comparison waits for the one before
  constexpr double infinity = std::numeric_limits<double>::infinity();
  double large[lanes], small[lanes];
  std::fill_n(large, lanes, 0.0);
  std::fill_n(small, lanes, infinity);
  const auto add = [&](double value, std::size_t l) {
    const double magnitude = std::fabs(value);
    const double nonzero = magnitude > 0.0 ? magnitude : infinity;
    large[l] = magnitude > large[l] ? magnitude : large[l];
    small[l] = nonzero < small[l] ? nonzero : small[l];
  };
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes)
    for (std::size_t l = 0; l < lanes; ++l) add(values[i + l], l);
  for (std::size_t l = 0; i < count; ++i, ++l) add(values[i], l);
  const double largest = *std::max_element(large, large + lanes);
  const double smallest = *std::min_element(small, small + lanes);
  ValueRange range;
  range.any = largest > 0.0;
  if (!range.any) return range;
  std::frexp(largest, &range.highest);
  std::frexp(smallest, &range.lowest);
  return range;
}

/// The range of the first `numeric` of the `features` values of each center.
inline ValueRange range_of_numbers(const double* centers, std::size_t count, std::size_t features,
                                   std::size_t numeric) {
  if (numeric == features) return range_of(centers, count * features);
  ValueRange range;
  for (std::size_t c = 0; c < count; ++c) range = merged(range, range_of(centers + c * features, numeric));
  return range;
}

}  // namespace pykmeans::detail
