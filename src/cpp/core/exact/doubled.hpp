// Sums and products with their rounding errors, and arithmetic of twice the precision that is built from them.
//
// D. E. Knuth, "The art of computer programming", volume 2 (two-sum); T. J. Dekker, "A floating-point technique for
// extending the available precision", 1971 (product); Y. Hida, X. S. Li and D. H. Bailey, "Library for double-double
// and quad-double arithmetic", 2007. Exponents must stay away from the ends of the range.
#pragma once

#include "pykmeans/partial.hpp"

namespace pykmeans::detail {

/// a + b: the rounded sum and its rounding error.
inline Doubled two_sum(double a, double b) {
  const double sum = a + b;
  const double added = sum - a;
  return {sum, (a - (sum - added)) + (b - added)};
}

/// a * b: the rounded product and its rounding error.
inline Doubled two_product(double a, double b) {
  constexpr double splitter = 134217729.0;  // 2^27 + 1
  const double a_big = splitter * a, b_big = splitter * b;
  const double a_high = a_big - (a_big - a), b_high = b_big - (b_big - b);
  const double a_low = a - a_high, b_low = b - b_high;
  const double product = a * b;
  return {product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low};
}

inline Doubled operator+(const Doubled& a, const Doubled& b) {
  Doubled high = two_sum(a.high, b.high);
  const Doubled low = two_sum(a.low, b.low);
  high = two_sum(high.high, high.low + low.high);
  return two_sum(high.high, high.low + low.low);
}

inline Doubled operator-(const Doubled& a) {
  return {-a.high, -a.low};
}

inline Doubled operator*(const Doubled& a, const Doubled& b) {
  const Doubled product = two_product(a.high, b.high);
  return two_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

}  // namespace pykmeans::detail
