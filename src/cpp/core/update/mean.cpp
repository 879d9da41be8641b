#include "mean.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../exact/quotient.hpp"
#include "../machine/parallel.hpp"
#include "../rows/normalize.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

/// The mean of each feature of a cluster, whatever the range of exponents.
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

/// The direction of the sum of a cluster.
void direction(const Partial& sums, std::size_t cluster, std::size_t features, double* center) {
  Vector<Rounded> sum(features);
  int highest = std::numeric_limits<int>::min();
  for (std::size_t q = 0; q < features; ++q) {
    sum[q] = sums.sum(cluster, q);
    if (sum[q].fraction != 0.0) highest = std::max(highest, sum[q].exponent);
  }
  Vector<double> values(features, 0.0);
  for (std::size_t q = 0; q < features; ++q)
    if (sum[q].fraction != 0.0) values[q] = std::ldexp(sum[q].fraction, sum[q].exponent - highest);
  if (normalize(values.data(), features, values.data())) std::copy(values.begin(), values.end(), center);
}

/// Call move(cluster, its center) for the clusters that were touched and have points, and round what it left.
template <class Move>
void move_touched(const Partial& sums, bool single, std::size_t summed, std::size_t features, double* centers,
                  int n_threads, const Poll& poll, std::size_t cost, const Move& move) {
  const int threads = useful_threads(n_threads, {sums.clusters(), features, cost});
  const Blocks blocks(sums.clusters(), features * cost, threads, 1);
  parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int) {
    for (std::size_t c = blocks.begin(block); c < blocks.end(block); ++c) {
      if (!sums.touched(c) || sums.count(c) == 0) continue;
      double* center = centers + c * features;
      move(c, center);
      for (std::size_t q = 0; single && q < summed; ++q) center[q] = static_cast<double>(static_cast<float>(center[q]));
    }
  });
}

}  // namespace

void move_to_means(const Partial& sums, bool single, std::size_t summed, std::size_t features, double* centers,
                   int n_threads, const Poll& poll) {
  const bool wide = sums.layout().wide;
  const std::size_t cost = wide ? 32 : 4;  // roughly, for each value
  move_touched(sums, single, summed, features, centers, n_threads, poll, cost, [&](std::size_t c, double* center) {
    if (wide)
      wide_mean(sums, c, summed, center);
    else
      plain_mean(sums, c, summed, center);
  });
}

void move_to_directions(const Partial& sums, bool single, std::size_t features, double* centers, int n_threads,
                        const Poll& poll) {
  move_touched(sums, single, features, features, centers, n_threads, poll, 32,
               [&](std::size_t c, double* center) { direction(sums, c, features, center); });
}

}  // namespace pykmeans::detail
