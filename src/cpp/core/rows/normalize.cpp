#include "normalize.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "../../kernels/table.hpp"
#include "../exact/power_of_two.hpp"
#include "../machine/float_environment.hpp"
#include "../machine/large_array.hpp"
#include "check.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"
#include "row_block.hpp"
#include "trusted.hpp"

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

/// The normalized rows of a source, made when they are asked for: a copy of them would be as large as X in float64.
/// What is kept is 16 bytes a row, so that only the quotients are left to do.
template <class A>
class NormalizedSource final : public RowSource<double> {
 public:
  explicit NormalizedSource(std::shared_ptr<const RowSource<A>> given)
      : RowSource<double>(given->rows(), given->columns()),
        given_(std::move(given)),
        rows_(given_->in_place()),
        lengths_(rows()) {}

  /// To be called for each row before it is asked for. @return whether the row has a direction
  bool measure_row(std::size_t row, const A* values, double* scratch) {
    lengths_[row] = measure(values, columns(), scratch);
    return lengths_[row].length != 0.0;
  }

  void read(std::size_t row, double* out) const override {
    if (rows_.data) return divide_row(row, rows_.row(row), out);
    if constexpr (std::is_same_v<A, double>) {
      given_->read(row, out);
      divide_row(row, out, out);
    } else {
      Vector<A> values(columns());
      given_->read(row, values.data());
      divide_row(row, values.data(), out);
    }
  }

  double value(std::size_t row, std::size_t column) const override {
    return quotient_of(lengths_[row], rows_.data ? rows_.row(row)[column] : given_->value(row, column));
  }

  Memory memory(std::size_t row) const override {
    if (rows_.data) return {rows_.row(row), columns() * sizeof(A)};
    const auto given = given_->memory(row);
    return {given.begin, given.bytes};
  }

  bool has_single_centers() const override { return given_->has_single_centers(); }
  const DistinctRows* counted() const override { return given_->counted(); }

 private:
  static double quotient_of(const Length& by, A value) {
    return times_power_of_two(static_cast<double>(value), -by.exponent) / by.length;
  }

  void divide_row(std::size_t row, const A* values, double* out) const {
    const Length& by = lengths_[row];
    const double factor = factor_of(by.exponent);
    if (factor != 0.0) return divide_(values, factor, by.length, columns(), out);
    for (std::size_t q = 0; q < columns(); ++q) out[q] = quotient_of(by, values[q]);
  }

  const std::shared_ptr<const RowSource<A>> given_;
  const MatrixView<A> rows_;
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
  const std::size_t n = points.rows(), d = points.columns();
  using Normalized = detail::NormalizedSource<T>;
  auto rows = std::allocate_shared<Normalized>(detail::Allocator<Normalized>(), points.source);
  std::atomic<std::size_t> zeros{0}, first{n};
  const detail::PassPlan plan(points, d, d * 4);
  detail::for_each_block(points, plan, poll, [&](const detail::RowBlock<T>& block, int) {
    Vector<double> scratch(d);
    for (std::size_t i = 0; i < block.count; ++i) {
      if (rows->measure_row(block.first + i, block.row(i), scratch.data())) continue;
      zeros.fetch_add(1, std::memory_order_relaxed);
      detail::lower_to(first, block.first + i);
    }
  });
  if (zeros != 0)
    throw std::invalid_argument("X has " + std::to_string(zeros) + (zeros == 1 ? " row" : " rows") +
                                " of zeros, the first is row " + std::to_string(first) +
                                ": with metric=cosine every row must have a value that is not zero");
  Metric metric;
  metric.distance = Distance::cosine;
  return Points<double>(Points<double>::Trusted{}, std::move(rows), points.weights, points.n_threads, poll, metric);
}

template Points<double> normalized(const Points<std::uint8_t>&, const Poll&);
template Points<double> normalized(const Points<float>&, const Poll&);
template Points<double> normalized(const Points<double>&, const Poll&);

}  // namespace pykmeans
