#include "scaling.hpp"

#include <algorithm>

#include "pykmeans/partial.hpp"

namespace pykmeans::detail {

namespace {

// Exponents.
constexpr int highest_square = 480;
constexpr int lowest_square = -400;
constexpr int highest_term = 900;

}  // namespace

int bits_of(std::size_t features) {
  int bits = 0;
  while ((features >> bits) != 0) ++bits;
  return bits;
}

Scaling scaling_of_squares(const ValueRange& range, std::size_t features, bool scales_up) {
  Scaling scaling;
  const bool scales = range.any && (range.highest > highest_square || (scales_up && range.lowest < lowest_square));
  if (scales) scaling.scale = highest_square - range.highest;
  // Differences are at most 2^(highest + 1), and multiples of 2^g where values are, as is all that is rounded from
  // multiples of it; squares are multiples of 2^2g. The rounding of squares and sums makes no power of two more than
  // one more.
  scaling.lowest = std::max(2 * (range.lowest - 53 + scaling.scale), unit_of_doubles);
  scaling.highest = 2 * ((scales ? highest_square : range.highest) + 1) + bits_of(features) + 1;
  return scaling;
}

Scaling scaling_of_sums(const ValueRange& range, std::size_t features) {
  Scaling scaling;
  const bool scales = range.any && range.highest > highest_term;
  if (scales) scaling.scale = highest_term - range.highest;
  scaling.lowest = std::max(range.lowest - 53 + scaling.scale, unit_of_doubles);
  scaling.highest = (scales ? highest_term : range.highest) + 1 + bits_of(features) + 1;
  return scaling;
}

}  // namespace pykmeans::detail
