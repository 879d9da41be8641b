#include "pykmeans/points.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "../../kernels/table.hpp"
#include "../assign/boxes/prepared.hpp"
#include "../distance/exact_distance.hpp"
#include "../exact/digits.hpp"
#include "../machine/float_environment.hpp"
#include "../machine/parallel.hpp"
#include "check.hpp"
#include "pykmeans/pykmeans.hpp"
#include "pykmeans/workspace.hpp"
#include "row_reader.hpp"

namespace pykmeans {

namespace {

/// What a worker has seen of each column of a row, which may be several rows that lie together.
template <class T>
struct Seen {
  Vector<T> largest, smallest, trace;

  explicit Seen(std::size_t width)
      : largest(width, T(0)), smallest(width, std::numeric_limits<T>::infinity()), trace(width, T(0)) {}

  kernels::ColumnScan<T> columns() { return {largest.data(), smallest.data(), trace.data()}; }
};

template <class T>
Vector<ValueRange> scan_columns(const Points<T>& points, const Poll& poll, bool& finite) {
  const MatrixView<T>& values = points.values;
  const std::size_t d = values.columns;
  // Contiguous rows are read several at a time, as one wide row, so that few columns vectorise as well as many.
  const bool contiguous = values.row_stride == static_cast<std::ptrdiff_t>(d);  // as in a reader's scratch
  const std::size_t together = contiguous ? std::max<std::size_t>(1, 64 / d) : 1;
  const std::size_t width = together * d;
  const int threads = detail::useful_threads(points.n_threads, {values.rows, d});
  const detail::Blocks blocks(values.rows, d * 4, threads, 64);  // whole strips of rows that lie together
  Vector<Seen<T>> seen(static_cast<std::size_t>(threads), Seen<T>(width));
  const auto scan = kernels::pick().scan.of(T());
  detail::parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int worker) {
    const kernels::ColumnScan<T> mine = seen[static_cast<std::size_t>(worker)].columns();
    const detail::RowReader<T> read(points, detail::some_slots(points));
    read.in_views(blocks.begin(block), blocks.end(block), [&](std::size_t, const MatrixView<T>& view) {
      const std::size_t wide = view.rows / together;
      scan(view.data, static_cast<std::ptrdiff_t>(together) * view.row_stride, wide, width, mine);
      for (std::size_t i = wide * together; i < view.rows; ++i) scan(view.row(i), 0, 1, d, mine);
    });
  });
  Vector<ValueRange> columns(d);
  finite = true;
  for (std::size_t q = 0; q < d; ++q) {
    T largest = T(0), smallest = std::numeric_limits<T>::infinity();
    for (const Seen<T>& mine : seen)
      for (std::size_t w = q; w < width; w += d) {
        largest = std::max(largest, mine.largest[w]);
        smallest = std::min(smallest, mine.smallest[w]);
        finite = finite && mine.trace[w] == T(0);
      }
    ValueRange& column = columns[q];
    column.precision = std::numeric_limits<T>::digits;
    column.any = largest > T(0);
    if (!column.any) continue;
    std::frexp(largest, &column.highest);
    std::frexp(smallest, &column.lowest);
  }
  return columns;
}

Vector<ValueRange> scan_columns(const Points<std::uint8_t>& points, const Poll&, bool& finite) {
  finite = true;
  ValueRange byte;
  byte.highest = 8;
  byte.lowest = 1;
  byte.precision = 1;  // the lowest bit is 2^0
  byte.any = true;
  return Vector<ValueRange>(points.values.columns, byte);
}

/// Throw for the first category, from column `first` on, that is not a whole number.
template <class T>
void check_categories(const Points<T>& points, std::size_t first, const Poll& poll) {
  const MatrixView<T>& values = points.values;
  if constexpr (std::is_floating_point_v<T>) {
    std::atomic<std::size_t> row{values.rows};
    const int threads = detail::useful_threads(points.n_threads, {values.rows, values.columns});
    const detail::Blocks blocks(values.rows, values.columns * 4, threads);
    detail::parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int) {
      for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i) {
        const T* categories = values.row(i);
        if (std::all_of(categories + first, categories + values.columns, [](T v) { return v == std::trunc(v); }))
          continue;
        detail::lower_to(row, i);
        return;
      }
    });
    if (row == values.rows) return;
    const T* found = values.row(row);
    std::size_t q = first;
    while (q + 1 < values.columns && found[q] == std::trunc(found[q])) ++q;  // it may have been changed since
    throw std::invalid_argument(
        "X holds " + detail::shown(static_cast<double>(found[q])) + " at row " + std::to_string(row) + ", column " +
        std::to_string(q) + "; with metric=" + to_string(points.metric.distance) + " categories must be whole numbers");
  }
}

template <class T>
void locate_nonfinite(Points<T>& points) {
  if constexpr (std::is_floating_point_v<T>) {
    const detail::RowReader<T> read(points);
    for (std::size_t i = 0; i < points.values.rows; ++i) {
      const T* row = read(i);
      for (std::size_t q = 0; q < points.values.columns; ++q) {
        if (std::isfinite(row[q])) continue;
        if (points.n_nonfinite++ != 0) continue;
        points.first_nonfinite_row = i;
        points.first_nonfinite_column = q;
      }
    }
  }
}

ValueRange scan_weights(const double* weights, std::size_t count) {
  ValueRange range;
  int lowest_bit = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double w = weights[i];
    if (!(w >= 0.0 && w <= std::numeric_limits<double>::max()))
      throw std::invalid_argument("sample_weight[" + std::to_string(i) + "]=" + std::to_string(w) +
                                  " must be finite and not negative");
    if (w == 0.0) continue;
    int high = 0;
    std::frexp(w, &high);
    detail::Split parts = detail::split(w);
    while ((parts.significand & 1) == 0) {
      parts.significand >>= 1;
      ++parts.exponent;
    }
    range.highest = range.any ? std::max(range.highest, high) : high;
    range.lowest = range.any ? std::min(range.lowest, high) : high;
    lowest_bit = range.any ? std::min(lowest_bit, parts.exponent) : parts.exponent;
    range.any = true;
  }
  if (!range.any) throw std::invalid_argument("sample_weight must not be all zero");
  range.precision = range.lowest - lowest_bit;
  return range;
}

/// Sort each of some columns. @param values [in, out] (count, columns)
template <std::size_t columns>
void sort_columns(double (*values)[columns], std::size_t count) {
  for (std::size_t round = 0; round < count; ++round)  // neighbors change places: several columns at a time
    for (std::size_t i = round % 2; i + 1 < count; i += 2)
      for (std::size_t c = 0; c < columns; ++c) {
        const double a = values[i][c], b = values[i + 1][c];
        values[i][c] = a < b ? a : b;
        values[i + 1][c] = a < b ? b : a;
      }
}

/// The median of each column over a few evenly spaced rows, and half the largest distance between their quartiles: near
/// the bulk of the data wherever it lies, and not moved by an outlier as a mean would be. Any choice gives the same
/// labels.
template <class T>
void choose_frame(Points<T>& points) {
  constexpr std::size_t most = 15, columns = 8;
  const std::size_t n = points.values.rows, d = points.plain_layout.features;
  const std::size_t sampled = std::min(n, most), last = sampled - 1;
  points.origin.resize(points.values.columns);  // zero for categories
  const detail::RowReader<T> read(points);
  double spread = 0.0, farthest = 0.0;  // divided by 4, since distances may overflow
  for (std::size_t first = 0; first < d; first += columns) {
    const std::size_t count = std::min(columns, d - first);
    double sample[most][columns] = {};
    for (std::size_t s = 0; s < sampled; ++s)
      for (std::size_t c = 0; c < count; ++c)
        sample[s][c] = read.value(s * (n - 1) / std::max<std::size_t>(1, last), first + c);
    sort_columns(sample, sampled);
    for (std::size_t c = 0; c < count; ++c) {
      points.origin[first + c] = sample[sampled / 2][c];
      spread = std::max(spread, sample[last - last / 4][c] * 0.25 - sample[last / 4][c] * 0.25);
      farthest = std::max(farthest, sample[last][c] * 0.25 - sample[0][c] * 0.25);
    }
  }
  if (spread == 0.0) spread = farthest;
  if (spread == 0.0) return;
  std::frexp(spread, &points.spread_exponent);
  // The factor 2^-exponent must be representable, in float32 too where the points are.
  const int limit = sizeof(T) == sizeof(double) ? 1000 : 120;
  points.spread_exponent = std::clamp(points.spread_exponent + 1, -limit, limit);
}

const Metric& checked(const Metric& metric, std::size_t features) {
  const detail::MetricTraits& row = detail::traits(metric.distance);
  if (row.normalized)
    throw std::invalid_argument(std::string("metric must not be ") + row.name +
                                " here: normalized() makes points whose metric is that");
  if (row.check) row.check(metric, features);
  return metric;
}

}  // namespace

template <class T>
Points<T>::Points(MatrixView<T> view, const double* row_weights, int threads, const Poll& poll, Metric by)
    : Points(view, row_weights, threads, poll, checked(by, view.columns), nullptr) {}

template <class T>
Points<T>::Points(MatrixView<T> view, const double* row_weights, int threads, const Poll& poll, Metric by,
                  std::shared_ptr<const detail::UnitRows> rows)
    : values(view), metric(by), weights(row_weights), n_threads(threads), unit_rows(std::move(rows)) {
  const detail::FloatEnvironment environment;
  if (values.rows == 0 || values.columns == 0)
    throw std::invalid_argument("X of shape (" + std::to_string(values.rows) + ", " + std::to_string(values.columns) +
                                ") must have at least one row and one column");
  constexpr int most_threads = 1024;  // thousands more than there are processors end in failures to create them
  if (threads < 0 || threads > most_threads)
    throw std::invalid_argument("n_threads=" + std::to_string(threads) +
                                " must be >= 0 and <= " + std::to_string(most_threads));
  if (threads == 0) n_threads = granted_threads();
  bool finite = true;
  columns = scan_columns(*this, poll, finite);
  if (!finite) {
    locate_nonfinite(*this);
    if (n_nonfinite == 0) throw std::runtime_error("X was changed by another thread while it was read");
    return;
  }
  constexpr bool integers = std::is_same_v<T, std::uint8_t>;
  const auto layout_of = [&](std::size_t leading, const ValueRange* weight_range) {
    if (leading == columns.size()) return SumLayout(columns, weight_range, integers);
    return SumLayout({columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(leading)}, weight_range, integers);
  };
  const std::size_t numeric = detail::numeric_features(metric, columns.size());
  const std::size_t summed = detail::summed_features(metric, columns.size());
  if (numeric < columns.size()) check_categories(*this, numeric, poll);
  for (std::size_t q = 0; q < numeric; ++q) range = detail::merged(range, columns[q]);
  plain_layout = layout_of(numeric, nullptr);
  if (weights) {
    const ValueRange weight_range = scan_weights(weights, values.rows);
    layout = layout_of(summed, &weight_range);
  } else {
    layout = summed == numeric ? plain_layout : layout_of(summed, nullptr);
  }
  choose_frame(*this);
  prepared = std::allocate_shared<detail::Prepared<T>>(detail::Allocator<detail::Prepared<T>>());
}

template class Points<std::uint8_t>;
template class Points<float>;
template class Points<double>;

}  // namespace pykmeans
