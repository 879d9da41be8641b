#include "normalise.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "../kernels/table.hpp"
#include "check.hpp"
#include "float_environment.hpp"
#include "parallel.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans {

namespace detail {

template <class A>
bool normalise(const A* row, std::size_t features, double* out) {
  double largest = 0.0;
  for (std::size_t q = 0; q < features; ++q) largest = std::max(largest, std::fabs(static_cast<double>(row[q])));
  if (largest == 0.0) return false;
  int exponent = 0;
  std::frexp(largest, &exponent);
  // One factor, where 2^-exponent is a normal number: what it makes of a value is rounded once, as by ldexp.
  const bool simple = exponent > -1000 && exponent < 1000;
  const double factor = simple ? std::ldexp(1.0, -exponent) : 0.0;
  for (std::size_t q = 0; q < features; ++q) {
    const double value = static_cast<double>(row[q]);
    out[q] = simple ? value * factor : std::ldexp(value, -exponent);
  }
  const double length = std::sqrt(kernels::pick().referee.norm(out, features));
  for (std::size_t q = 0; q < features; ++q) out[q] /= length;
  return true;
}

template bool normalise(const std::uint8_t*, std::size_t, double*);
template bool normalise(const float*, std::size_t, double*);
template bool normalise(const double*, std::size_t, double*);

}  // namespace detail

template <class T>
Points<double> normalised(const Points<T>& points, const Poll& poll) {
  const detail::FloatEnvironment environment;
  detail::check_finite(points);
  const std::size_t n = points.values.rows, d = points.values.columns;
  auto values = std::make_shared<std::vector<double>>(n * d);
  std::atomic<std::size_t> zeros{0}, first{n};
  const int threads = detail::useful_threads(points.n_threads, {n, d});
  const detail::Blocks blocks(n, d * 4, threads);
  detail::parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int) {
    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i) {
      if (detail::normalise(points.values.row(i), d, values->data() + i * d)) continue;
      zeros.fetch_add(1, std::memory_order_relaxed);
      std::size_t before = first.load(std::memory_order_relaxed);
      while (i < before && !first.compare_exchange_weak(before, i, std::memory_order_relaxed)) {
      }
    }
  });
  if (zeros != 0)
    throw std::invalid_argument("X has " + std::to_string(zeros) + " rows that are all zeros, the first is row " +
                                std::to_string(first) +
                                ": where the metric is cosine every row must have a value that is not zero");
  Points<double> unit(MatrixView<double>(values->data(), n, d), points.weights, points.n_threads, poll);
  unit.metric.distance = Distance::cosine;
  unit.single = points.single;
  unit.owned = std::move(values);
  return unit;
}

template Points<double> normalised(const Points<std::uint8_t>&, const Poll&);
template Points<double> normalised(const Points<float>&, const Poll&);
template Points<double> normalised(const Points<double>&, const Poll&);

}  // namespace pykmeans
