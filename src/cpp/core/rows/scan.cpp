// The pass over the rows that everything else relies on: are they finite, and which exponents do they have?
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "../../kernels/table.hpp"
#include "../exact/digits.hpp"
#include "../exact/range.hpp"
#include "../machine/float_environment.hpp"
#include "check.hpp"
#include "pykmeans/row_facts.hpp"
#include "row_block.hpp"

namespace pykmeans {

namespace {

/// What a worker has seen of each column of a row, which may be several rows that lie together.
template <class T>
class Seen {
 public:
  explicit Seen(std::size_t width) : width_(width), values_(3 * width, T(0)) {
    std::fill_n(values_.begin() + static_cast<std::ptrdiff_t>(width), width, std::numeric_limits<T>::infinity());
  }

  kernels::ColumnScan<T> columns() { return {values_.data(), values_.data() + width_, values_.data() + 2 * width_}; }

 private:
  std::size_t width_;
  Vector<T> values_;  // (3, width) magnitudes, the largest and the smallest, and a trace of what is not finite
};

/// @param columns [out] (n_features)  @return whether all values are finite
template <class T>
bool scan_columns(const RowSource<T>& source, int n_threads, const Poll& poll, Vector<ValueRange>& columns) {
  const std::size_t n = source.rows(), d = source.columns();
  // Contiguous rows are read several at a time, as one wide row, so that few columns vectorize as well as many.
  const bool contiguous =  // as in a reader's scratch
      !source.in_place().data || source.in_place().row_stride == static_cast<std::ptrdiff_t>(d);
  const std::size_t together = contiguous ? std::max<std::size_t>(1, 64 / d) : 1;
  const std::size_t width = together * d;
  // Whole strips of rows that lie together.
  const detail::PassPlan plan(n, n_threads, d * 4, d * 4, detail::some_slots(d), 64);
  Vector<Seen<T>> seen(static_cast<std::size_t>(plan.threads), Seen<T>(width));
  const auto scan_rows = kernels::pick().scan.of(T());
  detail::for_each_block(source, nullptr, plan, poll, [&](const detail::RowBlock<T>& block, int worker) {
    const kernels::ColumnScan<T> mine = seen[static_cast<std::size_t>(worker)].columns();
    block.in_views([&](std::size_t, const MatrixView<T>& view) {
      const std::size_t wide = view.rows / together;
      scan_rows(view.data, static_cast<std::ptrdiff_t>(together) * view.row_stride, wide, width, mine);
      for (std::size_t i = wide * together; i < view.rows; ++i) scan_rows(view.row(i), 0, 1, d, mine);
    });
  });
  bool finite = true;
  for (std::size_t q = 0; q < d; ++q) {
    T largest = T(0), smallest = std::numeric_limits<T>::infinity();
    for (Seen<T>& worker : seen) {
      const kernels::ColumnScan<T> mine = worker.columns();
      for (std::size_t w = q; w < width; w += d) {
        largest = std::max(largest, mine.largest[w]);
        smallest = std::min(smallest, mine.smallest[w]);
        finite = finite && mine.trace[w] == T(0);
      }
    }
    ValueRange& column = columns[q];
    column.precision = std::numeric_limits<T>::digits;
    column.any = largest > T(0);
    if (!column.any) continue;
    std::frexp(largest, &column.highest);
    std::frexp(smallest, &column.lowest);
  }
  return finite;
}

bool scan_columns(const RowSource<std::uint8_t>&, int, const Poll&, Vector<ValueRange>& columns) {
  ValueRange byte;
  byte.highest = 8;
  byte.lowest = 1;
  byte.precision = 1;  // the lowest bit is 2^0
  byte.any = true;
  std::fill(columns.begin(), columns.end(), byte);
  return true;
}

template <class T>
void locate_nonfinite(const RowSource<T>& source, int n_threads, const Poll& poll, RowFacts& facts) {
  if constexpr (std::is_floating_point_v<T>) {
    const std::size_t n = source.rows(), d = source.columns();
    std::atomic<std::size_t> found{0}, first{n * d};  // a place in row order
    const detail::PassPlan plan(n, n_threads, d, d * 4);
    detail::for_each_block(source, nullptr, plan, poll, [&](const detail::RowBlock<T>& block, int) {
      for (std::size_t i = 0; i < block.count; ++i) {
        const T* row = block.row(i);
        for (std::size_t q = 0; q < d; ++q) {
          if (std::isfinite(row[q])) continue;
          found.fetch_add(1, std::memory_order_relaxed);
          detail::lower_to(first, (block.first + i) * d + q);
        }
      }
    });
    facts.n_nonfinite = found;
    if (found == 0) return;
    facts.first_nonfinite_row = first / d;
    facts.first_nonfinite_column = first % d;
  }
}

ValueRange scan_weights(const double* weights, std::size_t count) {
  ValueRange range;
  int lowest_exponent = 0;  // of a bit that is set in any weight
  for (std::size_t i = 0; i < count; ++i) {
    const double w = weights[i];
    if (!(w >= 0.0 && w <= std::numeric_limits<double>::max()))
      throw std::invalid_argument("sample_weight[" + std::to_string(i) + "]=" + std::to_string(w) +
                                  " must be finite and not negative");
    if (w == 0.0) continue;
    int high = 0;
    std::frexp(w, &high);
    const int last = detail::exponent_of_last_bit(detail::split(w));
    range.highest = range.any ? std::max(range.highest, high) : high;
    range.lowest = range.any ? std::min(range.lowest, high) : high;
    lowest_exponent = range.any ? std::min(lowest_exponent, last) : last;
    range.any = true;
  }
  if (range.any) range.precision = range.lowest - lowest_exponent;
  return range;
}

}  // namespace

template <class T>
RowFacts scan(const RowSource<T>& source, const double* weights, int n_threads, const Poll& poll) {
  const detail::FloatEnvironment environment;
  detail::check_shape(source);
  const int threads = detail::checked_threads(n_threads);
  RowFacts facts;
  facts.rows = source.rows();
  facts.columns.resize(source.columns());
  facts.weighted = weights != nullptr;
  if (weights) facts.weights = scan_weights(weights, facts.rows);
  if (!scan_columns(source, threads, poll, facts.columns)) {
    facts.columns.assign(source.columns(), ValueRange{});
    facts.weights = {};
    locate_nonfinite(source, threads, poll, facts);
    if (facts.n_nonfinite == 0) throw std::runtime_error("X was changed by another thread while it was read");
  }
  return facts;
}

void RowFacts::merge(const RowFacts& next) {
  if (columns.size() != next.columns.size())
    throw std::invalid_argument("facts of " + std::to_string(columns.size()) +
                                " columns cannot be merged with those of " + std::to_string(next.columns.size()));
  if (weighted != next.weighted)
    throw std::invalid_argument("facts of rows with weights cannot be merged with those of rows without");
  if (next.rows > std::numeric_limits<std::size_t>::max() / std::max<std::size_t>(1, columns.size()) - rows)
    throw std::invalid_argument("facts of so many rows cannot be merged: their values cannot be counted");
  if (n_nonfinite == 0 && next.n_nonfinite != 0) {
    first_nonfinite_row = rows + next.first_nonfinite_row;
    first_nonfinite_column = next.first_nonfinite_column;
  }
  rows += next.rows;
  n_nonfinite += next.n_nonfinite;
  weights = n_nonfinite == 0 ? detail::merged(weights, next.weights) : ValueRange{};
  for (std::size_t q = 0; q < columns.size(); ++q)
    columns[q] = n_nonfinite == 0 ? detail::merged(columns[q], next.columns[q]) : ValueRange{};
}

template RowFacts scan(const RowSource<std::uint8_t>&, const double*, int, const Poll&);
template RowFacts scan(const RowSource<float>&, const double*, int, const Poll&);
template RowFacts scan(const RowSource<double>&, const double*, int, const Poll&);

}  // namespace pykmeans
