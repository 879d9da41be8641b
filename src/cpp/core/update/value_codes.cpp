#include "value_codes.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "../machine/parallel.hpp"

namespace pykmeans::detail {

namespace {

constexpr std::size_t most_sampled = 2048;  // rows from which buckets are taken: eight for each bucket

/// A sorted sample of each column, of rows that lie apart, but not evenly, as the rows may repeat themselves.
template <class T>
Vector<Vector<T>> samples_of(const Points<T>& points, std::size_t first, const Poll& poll) {
  const std::size_t n = points.rows(), count = std::min(n, most_sampled), width = points.columns() - first;
  Vector<Vector<T>> samples(width, Vector<T>(count));
  const Blocks rows(count, width * 8);
  parallel_blocks(rows.count(), useful_threads(points.n_threads, {count, width, 8}), poll, [&](std::size_t block, int) {
    const RowReader<T> read(points);
    for (std::size_t s = rows.begin(block); s < rows.end(block); ++s) {
      const std::size_t begin = s * n / count, share = (s + 1) * n / count - begin;
      const std::size_t random = (static_cast<std::uint32_t>(s) * 2654435761u) >> 8;
      const T* const row = read(begin + random % share) + first;
      for (std::size_t q = 0; q < width; ++q) {
        const T value = row[q] + T(0);                        // no -0
        samples[q][s] = std::isfinite(value) ? value : T(0);  // what is not finite has been written meanwhile
      }
    }
  });
  const Blocks columns(width, count * 64, 1, 1);
  parallel_blocks(columns.count(), points.n_threads, poll, [&](std::size_t block, int) {
    for (std::size_t q = columns.begin(block); q < columns.end(block); ++q)
      std::sort(samples[q].begin(), samples[q].end());
  });
  return samples;
}

template <class T>
Vector<T> distinct_values(Vector<T> sorted) {
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

/// Codes for values if they are few, else for buckets, or for nothing.
template <class T>
CodedColumn<T> named(Vector<T> values, const Vector<T>& sample, Statistic what) {
  if (values.size() <= CodedColumn<T>::most_codes) return CodedColumn<T>::of_values(std::move(values));
  return what == Statistic::median ? CodedColumn<T>::of_buckets(sample) : CodedColumn<T>();
}

/// Add values that have no code to those that are missing, which are sorted; of more than there are codes, some.
template <class T>
void add_missing(const Vector<T>& coded, const T* values, std::size_t count, Vector<T>& missing) {
  for (std::size_t i = 0; i < count && missing.size() <= CodedColumn<T>::most_codes; ++i) {
    const T value = values[i] + T(0);     // no -0
    if (!std::isfinite(value)) continue;  // somebody has written it meanwhile
    if (std::binary_search(coded.begin(), coded.end(), value)) continue;
    const auto slot = std::lower_bound(missing.begin(), missing.end(), value);
    if (slot == missing.end() || *slot != value) missing.insert(slot, value);
  }
}

/// A column whose codes are to be written.
template <class T>
struct OpenColumn {
  std::size_t column;
  CodeSearch<T> search;
  Vector<Vector<T>> missing;  // by worker: values without a code

  OpenColumn(std::size_t number, const CodedColumn<T>& coded, int threads)
      : column(number), search(coded), missing(static_cast<std::size_t>(threads)) {}

  /// The values of the column with those that are missing, sorted; nothing where none is.
  Vector<T> more_values(const CodedColumn<T>& coded) const {
    Vector<T> values = coded.lowest;
    for (const Vector<T>& some : missing) values.insert(values.end(), some.begin(), some.end());
    if (values.size() == coded.codes()) return {};
    std::sort(values.begin(), values.end());
    return distinct_values(std::move(values));
  }
};

/// One pass over all rows. @param codes [out] (rows, columns)
template <class T>
void write_codes(const Points<T>& points, std::size_t first, const Vector<CodedColumn<T>>& columns,
                 Vector<OpenColumn<T>>& open, int threads, const Poll& poll, std::uint8_t* codes) {
  constexpr std::size_t chunk = CodeSearch<T>::most_at_once;
  const std::size_t width = columns.size();
  const PassPlan plan(threads, Blocks(points.rows(), open.size() * 8, threads, chunk), chunk);
  for_each_block(points, plan, poll, [&](const RowBlock<T>& block, int worker) {
    T values[chunk];
    std::uint8_t found[chunk];
    const auto write = [&](std::size_t begin, const MatrixView<T>& rows) {
      for (OpenColumn<T>& some : open) {
        for (std::size_t i = 0; i < rows.rows; ++i) values[i] = rows.row(i)[first + some.column];
        Vector<T>& missing = some.missing[static_cast<std::size_t>(worker)];
        if (!some.search(values, rows.rows, found))
          add_missing(columns[some.column].lowest, values, rows.rows, missing);
        std::uint8_t* to = codes + begin * width + some.column;
        for (std::size_t i = 0; i < rows.rows; ++i, to += width) *to = found[i];
      }
    };
    for (std::size_t i = 0; i < block.count; i += chunk) {
      const RowBlock<T> part = block.part(i, std::min(i + chunk, block.count));
      part.in_views([&](std::size_t at, const MatrixView<T>& rows) { write(part.first + at, rows); });
    }
  });
}

/// Columns of bytes, which are their own codes: codes up to the largest value of each.
template <class T>
Vector<CodedColumn<T>> columns_of_bytes(const Points<T>& points, std::size_t first, const Poll& poll) {
  const std::size_t width = points.columns() - first;
  const PassPlan plan(points, width, width);
  Vector<Vector<T>> largest(static_cast<std::size_t>(plan.threads), Vector<T>(width));
  for_each_block(points, plan, poll, [&](const RowBlock<T>& block, int worker) {
    T* const mine = largest[static_cast<std::size_t>(worker)].data();
    for (std::size_t i = 0; i < block.count; ++i) {
      const T* const values = block.row(i) + first;
      for (std::size_t q = 0; q < width; ++q) mine[q] = std::max(mine[q], values[q]);
    }
  });
  Vector<CodedColumn<T>> columns(width);
  for (std::size_t q = 0; q < width; ++q) {
    std::size_t codes = 0;
    for (const auto& mine : largest) codes = std::max(codes, mine[q] + std::size_t{1});
    columns[q].kind = CodedColumn<T>::Kind::values;
    for (std::size_t code = 0; code < codes; ++code) columns[q].lowest.push_back(static_cast<T>(code));
  }
  return columns;
}

/// Name the values of columns and write their codes. @param codes [out] (rows, columns)
template <class T>
Vector<CodedColumn<T>> encode(const Points<T>& points, std::size_t first, Statistic what, const Poll& poll,
                              std::uint8_t* codes) {
  const Vector<Vector<T>> samples = samples_of(points, first, poll);
  const std::size_t width = samples.size();
  const int threads = useful_threads(points.n_threads, {points.rows(), width, 8});
  Vector<CodedColumn<T>> columns(width);
  Vector<OpenColumn<T>> open;
  const auto name = [&](std::size_t q, Vector<T> values) {
    columns[q] = named(std::move(values), samples[q], what);
    if (columns[q].codes() != 0) open.emplace_back(q, columns[q], threads);
  };
  for (std::size_t q = 0; q < width; ++q) name(q, distinct_values(samples[q]));
  // A column with values that the sample lacks is named and written anew.
  while (!open.empty()) {
    write_codes(points, first, columns, open, threads, poll, codes);
    Vector<OpenColumn<T>> written;
    written.swap(open);
    for (const OpenColumn<T>& some : written) {
      Vector<T> values = some.more_values(columns[some.column]);
      if (!values.empty()) name(some.column, std::move(values));
    }
  }
  return columns;
}

}  // namespace

template <class T>
ValueCodes<T>::ValueCodes(const Points<T>& points, std::size_t first, Statistic what, const Poll& poll)
    : points_(points), first_(first) {
  if constexpr (values_are_codes) {
    columns_ = columns_of_bytes(points, first, poll);
  } else {
    codes_ = LargeArray<std::uint8_t>(points.rows() * (points.columns() - first) + CodeReader<T>::beyond);
    columns_ = encode(points, first, what, poll, codes_.data());
  }
}

template class ValueCodes<std::uint8_t>;
template class ValueCodes<float>;
template class ValueCodes<double>;

}  // namespace pykmeans::detail
