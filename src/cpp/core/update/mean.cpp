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

namespace {

/// The mean of each feature of a cluster, any range of exponents.
void wide_mean(const Partial& sums, std::size_t cluster, std::size_t features, double* mean) {
  const Rounded weight = sums.weight(cluster);
  for (std::size_t q = 0; q < features; ++q) mean[q] = quotient(sums.sum(cluster, q), weight);
}

/// The same where sums and weight are doubles.
void plain_mean(const Partial& sums, std::size_t cluster, std::size_t features, double* mean) {
  const Rounded weight = sums.weight(cluster);
  const double divisor = std::ldexp(weight.fraction, weight.exponent);
  sums.sums(cluster, 0, features, mean);
  for (std::size_t q = 0; q < features; ++q) mean[q] /= divisor;
}

}  // namespace

void move_centers(const Partial& sums, bool single, std::size_t features, double* centers, int n_threads,
                  const Poll& poll) {
  const bool wide = sums.layout().wide;
  const std::size_t cost = wide ? 32 : 4;  // about, of a value
  const int threads = useful_threads(n_threads, {sums.clusters(), features, cost});
  const Blocks blocks(sums.clusters(), features * cost, threads, 1);
  parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int) {
    for (std::size_t c = blocks.begin(block); c < blocks.end(block); ++c) {
      if (!sums.touched(c) || sums.count(c) == 0) continue;
      double* center = centers + c * features;
      if (wide)
        wide_mean(sums, c, features, center);
      else
        plain_mean(sums, c, features, center);
      for (std::size_t q = 0; single && q < features; ++q)
        center[q] = static_cast<double>(static_cast<float>(center[q]));
    }
  });
}

}  // namespace pykmeans::detail
