#include "pykmeans/points.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "../distance/metrics.hpp"
#include "../exact/range.hpp"
#include "../machine/float_environment.hpp"
#include "array_source.hpp"
#include "check.hpp"
#include "messages.hpp"
#include "pykmeans/pykmeans.hpp"
#include "row_block.hpp"
#include "shared_work.hpp"
#include "trusted.hpp"

namespace pykmeans {

namespace {

template <class T>
std::shared_ptr<const RowSource<T>> in_place(const MatrixView<T>& values) {
  if (!values.data) throw std::invalid_argument("X must not be null");
  return std::allocate_shared<detail::ArraySource<T>>(detail::Allocator<detail::ArraySource<T>>(), values);
}

template <class T>
std::shared_ptr<const RowSource<T>> checked(std::shared_ptr<const RowSource<T>> source, const double* weights) {
  if (!source) throw std::invalid_argument("source must not be null");
  detail::check_shape(*source);
  if (const DistinctRows* table = source->counted()) {
    const Vector<double>& counts = table->counts;
    if (counts.size() != source->rows() || !weights || !std::equal(counts.begin(), counts.end(), weights))
      throw std::invalid_argument("the weights of counted rows must be their counts");
  }
  return source;
}

Metric checked(const Metric& metric, std::size_t features) {
  const detail::MetricTraits& row = detail::traits(metric.distance);
  if (row.normalized)
    throw std::invalid_argument(std::string("metric must not be ") + row.name +
                                " here: normalized() makes points whose metric is that");
  if (row.check) row.check(metric, features);
  return metric;
}

/// Throw for the first category, from column `first` on, that is not a whole number.
template <class T>
void check_categories(const RowSource<T>& source, const Metric& metric, std::size_t first, int n_threads,
                      const Poll& poll) {
  if constexpr (std::is_floating_point_v<T>) {
    const std::size_t n = source.rows(), d = source.columns();
    std::atomic<std::size_t> row{n};
    const detail::PassPlan plan(n, n_threads, d, d * 4);
    detail::for_each_block(source, nullptr, plan, poll, [&](const detail::RowBlock<T>& block, int) {
      for (std::size_t i = 0; i < block.count; ++i) {
        const T* categories = block.row(i);
        if (std::all_of(categories + first, categories + d, [](T v) { return v == std::trunc(v); })) continue;
        detail::lower_to(row, block.first + i);
        return;
      }
    });
    if (row == n) return;
    const detail::RowReader<T> read(source);
    const T* found = read(row);
    std::size_t q = first;
    while (q + 1 < d && found[q] == std::trunc(found[q])) ++q;  // it may have been changed since
    throw std::invalid_argument("X holds " + detail::shown(static_cast<double>(found[q])) + " at row " +
                                std::to_string(row) + ", column " + std::to_string(q) +
                                "; with metric=" + to_string(metric.distance) + " categories must be whole numbers");
  }
}

/// The facts, where categories are whole numbers and there is a weight.
template <class T>
RowFacts checked_facts(const RowSource<T>& source, const double* weights, const Metric& metric, int n_threads,
                       const Poll& poll) {
  RowFacts facts = scan(source, weights, n_threads, poll);
  if (facts.n_nonfinite != 0) return facts;
  const std::size_t numeric = detail::numeric_features(metric, source.columns());
  if (numeric < source.columns()) check_categories(source, metric, numeric, n_threads, poll);
  if (weights && !facts.weights.any) throw std::invalid_argument("sample_weight must not be all zero");
  return facts;
}

ValueRange range_of_numbers(const RowFacts& facts, const Metric& metric) {
  ValueRange range;
  const std::size_t numeric = detail::numeric_features(metric, facts.columns.size());
  for (std::size_t q = 0; q < numeric; ++q) range = detail::merged(range, facts.columns[q]);
  return range;
}

/// For sums of the leading columns.
template <class T>
SumLayout layout_of(const RowFacts& facts, std::size_t leading, bool weighted) {
  if (facts.n_nonfinite != 0) return {};
  const ValueRange* weights = weighted ? &facts.weights : nullptr;
  constexpr bool integers = std::is_same_v<T, std::uint8_t>;
  if (leading == facts.columns.size()) return SumLayout(facts.columns, weights, integers);
  const auto end = facts.columns.begin() + static_cast<std::ptrdiff_t>(leading);
  return SumLayout({facts.columns.begin(), end}, weights, integers);
}

/// Sort each of some columns. @param values [in, out] (count, columns)
template <std::size_t columns>
void sort_columns(double (*values)[columns], std::size_t count) {
  for (std::size_t round = 0; round < count; ++round)  // neighbors change slots: several columns at a time
    for (std::size_t i = round % 2; i + 1 < count; i += 2)
      for (std::size_t c = 0; c < columns; ++c) {
        const double a = values[i][c], b = values[i + 1][c];
        values[i][c] = a < b ? a : b;
        values[i + 1][c] = a < b ? b : a;
      }
}

/// The median of each column over a few evenly spaced rows, and half the largest distance between their quartiles: near
/// the bulk of the data wherever it lies, and not moved by an outlier as a mean would be.
/// @param d  leading columns that are numbers
template <class T>
RowFrame frame_of(const RowSource<T>& source, const RowFacts& facts, std::size_t d) {
  if (facts.n_nonfinite != 0) return {};
  constexpr std::size_t most = 15, columns = 8;
  const std::size_t n = source.rows();
  const std::size_t sampled = std::min(n, most), last = sampled - 1;
  RowFrame frame;
  frame.origin.resize(source.columns());
  const detail::RowReader<T> read(source);
  double spread = 0.0, farthest = 0.0;  // divided by 4, since distances may overflow
  for (std::size_t first = 0; first < d; first += columns) {
    const std::size_t count = std::min(columns, d - first);
    double sample[most][columns] = {};
    for (std::size_t s = 0; s < sampled; ++s)
      for (std::size_t c = 0; c < count; ++c)
        sample[s][c] = read.value(s * (n - 1) / std::max<std::size_t>(1, last), first + c);
    sort_columns(sample, sampled);
    for (std::size_t c = 0; c < count; ++c) {
      frame.origin[first + c] = sample[sampled / 2][c];
      spread = std::max(spread, sample[last - last / 4][c] * 0.25 - sample[last / 4][c] * 0.25);
      farthest = std::max(farthest, sample[last][c] * 0.25 - sample[0][c] * 0.25);
    }
  }
  if (spread == 0.0) spread = farthest;
  if (spread == 0.0) return frame;
  std::frexp(spread, &frame.spread_exponent);
  // The factor 2^-exponent must be representable, in float32 too where the points are.
  const int limit = sizeof(T) == sizeof(double) ? 1000 : 120;
  frame.spread_exponent = std::clamp(frame.spread_exponent + 1, -limit, limit);
  return frame;
}

}  // namespace

template <class T>
Points<T>::Points(MatrixView<T> values, const double* row_weights, int threads, const Poll& poll, Metric by)
    : Points(in_place(values), row_weights, threads, poll, by) {}

template <class T>
Points<T>::Points(std::shared_ptr<const RowSource<T>> rows_of, const double* row_weights, int threads, const Poll& poll,
                  Metric by)
    : Points(Trusted{}, rows_of, row_weights, threads, poll, checked(by, rows_of ? rows_of->columns() : 0)) {}

template <class T>
Points<T>::Points(const Trusted&, std::shared_ptr<const RowSource<T>> rows_of, const double* row_weights, int threads,
                  const Poll& poll, Metric by)
    : source(checked(std::move(rows_of), row_weights)),
      metric(by),
      weights(row_weights),
      n_threads(detail::checked_threads(threads)),
      facts(checked_facts(*source, weights, metric, n_threads, poll)),
      range(range_of_numbers(facts, metric)),
      layout(layout_of<T>(facts, detail::summed_features(metric, columns()), weights != nullptr)),
      frame(frame_of(*source, facts, detail::numeric_features(metric, columns()))),
      shared(std::allocate_shared<SharedWork>(detail::Allocator<SharedWork>())) {}

template <class T>
Points<T> counted(MatrixView<T> values, std::shared_ptr<const DistinctRows> rows, int n_threads, const Poll& poll) {
  if (!rows || values.rows != rows->count())
    throw std::invalid_argument("counted rows must be as many as are different");
  const double* const counts = rows->counts.data();
  return Points<T>(std::allocate_shared<detail::CountedSource<T>>(detail::Allocator<detail::CountedSource<T>>(), values,
                                                                  std::move(rows)),
                   counts, n_threads, poll);
}

#define PYKMEANS_INSTANTIATE(T) \
  template class Points<T>;     \
  template Points<T> counted(MatrixView<T>, std::shared_ptr<const DistinctRows>, int, const Poll&)

PYKMEANS_INSTANTIATE(std::uint8_t);
PYKMEANS_INSTANTIATE(float);
PYKMEANS_INSTANTIATE(double);

#undef PYKMEANS_INSTANTIATE

}  // namespace pykmeans
