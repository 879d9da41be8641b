#include "mean.hpp"

#include <cmath>
#include <cstdint>

#include "../exact/power_of_two.hpp"
#include "../inertia.hpp"
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
  parallel_blocks(blocks.count(), useful_threads(threads, sums.clusters() * features * 32), poll,
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

template <class T>
Rounded mean_variance(const Points<T>& points, const Poll& poll) {
  const std::size_t n = points.values.rows, d = points.values.columns;
  const int threads = useful_threads(points.n_threads, n * d);
  const Blocks blocks(n, d * 4);
  std::vector<Partial> sums(static_cast<std::size_t>(threads), Partial(points.plain_layout, 1));
  parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int worker) {
    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i)
      sums[static_cast<std::size_t>(worker)].add(0, points.values.row(i), 1.0);
  });
  for (std::size_t w = 1; w < sums.size(); ++w) sums[0].merge(0, sums[w]);
  std::vector<double> mean(d);
  for (std::size_t q = 0; q < d; ++q) mean[q] = quotient(sums[0].sum(0, q), sums[0].weight(0));
  const Referee referee(points.range, d, mean.data(), d);
  Rounded variance = cluster_sums(points, nullptr, mean.data(), 1, nullptr, referee, poll)[0].rounded();
  variance.fraction = variance.fraction / static_cast<double>(n) / static_cast<double>(d);
  int shift = 0;
  variance.fraction = std::frexp(variance.fraction, &shift);
  variance.exponent += shift - 2 * referee.scale();
  return variance;
}

template Rounded mean_variance(const Points<std::uint8_t>&, const Poll&);
template Rounded mean_variance(const Points<float>&, const Poll&);
template Rounded mean_variance(const Points<double>&, const Poll&);

}  // namespace pykmeans::detail
