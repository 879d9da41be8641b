#include "normalize.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "../../kernels/table.hpp"
#include "../exact/power_of_two.hpp"
#include "../machine/float_environment.hpp"
#include "../machine/large_array.hpp"
#include "../machine/parallel.hpp"
#include "check.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans {

namespace detail {

namespace {

/// A row is multiplied by 2^-exponent, which brings its largest magnitude into [1/2, 1), and then divided by its
/// length.
struct Length {
  double length;  // 0 where all values are zero
  int exponent;
};

/// One factor, where 2^-exponent is a normal number: what it makes of a value is rounded once, as by ldexp.
double factor_of(int exponent) {
  return exponent > -1000 && exponent < 1000 ? times_power_of_two(1.0, -exponent) : 0.0;
}

/// @param scaled [out] (features) the row times its power of two
template <class A>
Length measure(const A* row, std::size_t features, double* scaled) {
  double largest = 0.0;
  for (std::size_t q = 0; q < features; ++q) largest = std::max(largest, std::fabs(static_cast<double>(row[q])));
  if (largest == 0.0) return {0.0, 0};
  int exponent = 0;
  std::frexp(largest, &exponent);
  const double factor = factor_of(exponent);
  for (std::size_t q = 0; q < features; ++q) {
    const double value = static_cast<double>(row[q]);
    scaled[q] = factor != 0.0 ? value * factor : std::ldexp(value, -exponent);
  }
  return {std::sqrt(kernels::pick().distances.norm(scaled, features)), exponent};
}

template <class A>
class UnitRowsOf final : public UnitRows {
 public:
  explicit UnitRowsOf(const MatrixView<A>& values) : values_(values), lengths_(values.rows) {}

  /// To be called for each row before it is asked for. @return whether the row has a direction
  bool measure_row(std::size_t row, double* scratch) {
    lengths_[row] = measure(values_.row(row), values_.columns, scratch);
    return lengths_[row].length != 0.0;
  }

  void write(std::size_t row, double* out) const override {
    const Length& by = lengths_[row];
    const double factor = factor_of(by.exponent);
    if (factor != 0.0) return divide_(values_.row(row), factor, by.length, values_.columns, out);
    for (std::size_t q = 0; q < values_.columns; ++q) out[q] = value(row, q);
  }

  double value(std::size_t row, std::size_t column) const override {
    const Length& by = lengths_[row];
    return times_power_of_two(static_cast<double>(values_.row(row)[column]), -by.exponent) / by.length;
  }

  Memory memory(std::size_t row) const override {
    return {reinterpret_cast<const char*>(values_.row(row)), values_.columns * sizeof(A)};
  }

 private:
  const MatrixView<A> values_;
  LargeArray<Length> lengths_;
  const kernels::DivideKernels::Divide<A> divide_ = kernels::pick().divide.of(A());
};

}  // namespace

template <class A>
bool normalize(const A* row, std::size_t features, double* out) {
  const Length by = measure(row, features, out);
  if (by.length == 0.0) return false;
  kernels::pick().divide.of_float64(out, 1.0, by.length, features, out);
  return true;
}

template bool normalize(const std::uint8_t*, std::size_t, double*);
template bool normalize(const float*, std::size_t, double*);
template bool normalize(const double*, std::size_t, double*);

}  // namespace detail

template <class T>
Points<double> normalized(const Points<T>& points, const Poll& poll) {
  const detail::FloatEnvironment environment;
  detail::check_finite(points);
  const std::size_t n = points.values.rows, d = points.values.columns;
  auto unit_rows =
      std::allocate_shared<detail::UnitRowsOf<T>>(detail::Allocator<detail::UnitRowsOf<T>>(), points.values);
  std::atomic<std::size_t> zeros{0}, first{n};
  const int threads = detail::useful_threads(points.n_threads, {n, d});
  const detail::Blocks blocks(n, d * 4, threads);
  detail::parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int) {
    Vector<double> scratch(d);
    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i) {
      if (unit_rows->measure_row(i, scratch.data())) continue;
      zeros.fetch_add(1, std::memory_order_relaxed);
      detail::lower_to(first, i);
    }
  });
  if (zeros != 0)
    throw std::invalid_argument("X has " + std::to_string(zeros) + (zeros == 1 ? " row" : " rows") +
                                " of zeros, the first is row " + std::to_string(first) +
                                ": with metric=cosine every row must have a value that is not zero");
  Metric metric;
  metric.distance = Distance::cosine;
  Points<double> unit(MatrixView<double>(nullptr, n, d), points.weights, points.n_threads, poll, metric,
                      std::move(unit_rows));
  unit.single = points.single;
  return unit;
}

template Points<double> normalized(const Points<std::uint8_t>&, const Poll&);
template Points<double> normalized(const Points<float>&, const Poll&);
template Points<double> normalized(const Points<double>&, const Poll&);

}  // namespace pykmeans
