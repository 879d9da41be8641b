#include "mean.hpp"

#include <cmath>

#include "../exact/power_of_two.hpp"
#include "../parallel.hpp"

namespace pykmeans::detail {

double quotient(const Rounded& numerator, const Rounded& denominator) {
  // One hardware division, with operands placed so that they are exact and only the quotient is rounded, into the
  // subnormal range too.
  const int exponent = numerator.exponent - denominator.exponent;
  if (exponent < -1500) return 0.0 * numerator.fraction;
  const int half = exponent / 2;
  return times_power_of_two(numerator.fraction, half) / times_power_of_two(denominator.fraction, half - exponent);
}

void move_centers(const Partial& sums, bool single, std::size_t features, double* centers, int threads,
                  const Poll& poll) {
  const Blocks blocks(sums.clusters(), features * 32);
  parallel_blocks(blocks.count(), useful_threads(threads, {sums.clusters(), features, 32}), poll,
                  [&](std::size_t block, int) {
                    for (std::size_t c = blocks.begin(block); c < blocks.end(block); ++c) {
                      if (!sums.touched(c) || sums.count(c) == 0) continue;
                      const Rounded weight = sums.weight(c);
                      for (std::size_t q = 0; q < features; ++q) {
                        const double mean = quotient(sums.sum(c, q), weight);
                        centers[c * features + q] = single ? static_cast<double>(static_cast<float>(mean)) : mean;
                      }
                    }
                  });
}

}  // namespace pykmeans::detail
