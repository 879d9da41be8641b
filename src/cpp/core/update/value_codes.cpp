#include "value_codes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "../machine/parallel.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

constexpr std::size_t most_codes = 256;
constexpr std::size_t most_sampled = 2048;  // rows from which boundaries are taken: eight for a bucket
constexpr std::size_t chunk = 256;          // rows that are encoded at once

template <class T>
bool is_whole(T value) {
  return value == std::trunc(value);
}

/// How to find the code of a value.
template <class T>
struct Search {
  Vector<T> table;     // least values of the codes, and up to a power of two NaN, which nothing reaches
  bool exact = false;  // a value that is not in the table has no code
  bool whole = false;  // the values are whole numbers in a row: the code is a difference
  T most = T(0);       // the largest code

  Search(const CodedColumn<T>& column) : exact(column.kind == CodedColumn<T>::Kind::values) {
    std::size_t size = 1;
    while (size < column.codes()) size *= 2;
    table = column.lowest;
    most = static_cast<T>(table.size() - 1);
    const T least = table.front(), reach = std::ldexp(T(1), std::numeric_limits<T>::digits - 1);
    whole = exact && std::fabs(least) < reach && table.back() - least == most &&
            std::all_of(table.begin(), table.end(), is_whole<T>);
    table.resize(size, std::numeric_limits<T>::quiet_NaN());
  }

  /// @param codes [out] (count)  @return whether every value has one
  bool operator()(const T* values, std::size_t count, std::uint8_t* codes) const {
    return whole ? by_difference(values, count, codes) : by_halving(values, count, codes);
  }

  bool by_difference(const T* values, std::size_t count, std::uint8_t* codes) const {
    const T least = table.front();
    unsigned missing = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const T difference = values[i] - least;
      const T inside = difference >= T(0) && difference <= most ? difference : T(0);
      const auto code = static_cast<std::int32_t>(inside);
      codes[i] = static_cast<std::uint8_t>(code);
      missing |= static_cast<unsigned>(least + static_cast<T>(code) != values[i]);
    }
    return missing == 0;
  }

  bool by_halving(const T* values, std::size_t count, std::uint8_t* codes) const {
    std::uint32_t slots[chunk] = {};
    for (auto step = static_cast<std::uint32_t>(table.size() / 2); step != 0; step /= 2)
      for (std::size_t i = 0; i < count; ++i) slots[i] += table[slots[i] + step] <= values[i] ? step : 0u;
    unsigned missing = 0;
    for (std::size_t i = 0; i < count; ++i) {
      codes[i] = static_cast<std::uint8_t>(slots[i]);
      missing |= static_cast<unsigned>(table[slots[i]] != values[i]);
    }
    return !exact || missing == 0;
  }
};

/// Values that a table lacks, each once; of more than fit into codes, some.
template <class T>
void add_missing(const Vector<T>& table, const T* values, std::size_t count, Vector<T>& missing) {
  for (std::size_t i = 0; i < count && missing.size() <= most_codes; ++i) {
    const T value = values[i] + T(0);     // no -0
    if (!std::isfinite(value)) continue;  // somebody has written it meanwhile
    if (std::binary_search(table.begin(), table.end(), value)) continue;
    const auto slot = std::lower_bound(missing.begin(), missing.end(), value);
    if (slot == missing.end() || *slot != value) missing.insert(slot, value);
  }
}

template <class T>
void name_values(CodedColumn<T>& column, Vector<T> values) {
  column.kind = CodedColumn<T>::Kind::values;
  column.lowest = std::move(values);
  // Whole numbers that lie near together get a code each, those between too: such codes are found at once.
  const T least = column.lowest.front(), range = column.lowest.back() - least;
  const bool small = std::fabs(least) < std::ldexp(T(1), std::numeric_limits<T>::digits - 2) && range < T(most_codes);
  if (small && std::all_of(column.lowest.begin(), column.lowest.end(), is_whole<T>)) {
    column.lowest.resize(static_cast<std::size_t>(range) + 1);
    for (std::size_t code = 0; code < column.lowest.size(); ++code) column.lowest[code] = least + static_cast<T>(code);
  }
  column.single.assign(column.lowest.size(), 1);
}

/// Buckets of equal shares of a sorted sample. A value that fills one has it alone.
template <class T>
void name_buckets(CodedColumn<T>& column, const Vector<T>& sample) {
  constexpr std::size_t shares = 255;
  column.kind = CodedColumn<T>::Kind::buckets;
  column.lowest.assign(1, -std::numeric_limits<T>::infinity());
  column.single.assign(1, 0);
  const auto share = [&](std::size_t i) { return sample[i * sample.size() / shares]; };
  for (std::size_t i = 1; i < shares;) {
    std::size_t next = i + 1;
    while (next < shares && share(next) == share(i)) ++next;
    const bool alone = next - i > 1;
    if (column.lowest.back() != share(i)) {
      column.lowest.push_back(share(i));
      column.single.push_back(0);
    }
    if (alone) {
      column.single.back() = 1;
      column.lowest.push_back(std::nextafter(share(i), std::numeric_limits<T>::infinity()));
      column.single.push_back(0);
    }
    i = next;
  }
}

/// The values of some columns in rows that lie apart, but not evenly, as the rows may repeat themselves. @param sample
/// [out] (columns) sorted values
template <class T>
void take_samples(const Points<T>& points, std::size_t first, Vector<Vector<T>>& samples) {
  const std::size_t n = points.rows(), count = std::min(n, most_sampled);
  std::uint32_t random = 1;
  for (std::size_t s = 0; s < count; ++s) {
    const std::size_t begin = s * n / count, share = (s + 1) * n / count - begin;
    random = random * 1664525u + 1013904223u;
    const T* row = points.source->in_place().row(begin + (random >> 8) % share) + first;
    for (std::size_t q = 0; q < samples.size(); ++q) {
      const T value = row[q] + T(0);                              // no -0
      samples[q].push_back(std::isfinite(value) ? value : T(0));  // what is not has been written meanwhile
    }
  }
  for (Vector<T>& sample : samples) std::sort(sample.begin(), sample.end());
}

template <class T>
Vector<T> distinct_values(Vector<T> sorted) {
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

/// A sorted sample of each column.
template <class T>
Vector<Vector<T>> samples_of(const Points<T>& points, std::size_t first, const Poll& poll) {
  constexpr std::size_t together = 16;  // columns that are sampled at once
  const std::size_t width = points.columns() - first;
  const Blocks blocks((width + together - 1) / together, together * most_sampled * 64, 1, 1);
  Vector<Vector<T>> samples(width);
  parallel_blocks(blocks.count(), points.n_threads, poll, [&](std::size_t block, int) {
    for (std::size_t b = blocks.begin(block); b < blocks.end(block); ++b) {
      const std::size_t begin = b * together, end = std::min(width, begin + together);
      Vector<Vector<T>> some(end - begin);
      take_samples(points, first + begin, some);
      std::move(some.begin(), some.end(), samples.begin() + static_cast<std::ptrdiff_t>(begin));
    }
  });
  return samples;
}

/// Codes for the values if there are enough, else for buckets, or for nothing.
template <class T>
CodedColumn<T> named(Vector<T> values, bool buckets, const Vector<T>& sample) {
  CodedColumn<T> column;
  if (values.size() <= most_codes)
    name_values(column, std::move(values));
  else if (buckets)
    name_buckets(column, sample);
  return column;
}

/// A column whose codes are not written yet.
template <class T>
struct OpenColumn {
  std::size_t column;
  Search<T> search;
  Vector<Vector<T>> missing;  // by worker

  OpenColumn(std::size_t slot, const CodedColumn<T>& coded, int threads)
      : column(slot), search(coded), missing(static_cast<std::size_t>(threads)) {}

  /// The values of the column and those it was found to lack, sorted; nothing where it lacks none.
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
  const std::size_t width = columns.size();
  const Blocks blocks(points.rows(), open.size() * 8, threads, chunk);
  parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int worker) {
    T values[chunk];
    std::uint8_t found[chunk];
    for (std::size_t begin = blocks.begin(block); begin < blocks.end(block); begin += chunk) {
      const std::size_t count = std::min(chunk, blocks.end(block) - begin);
      for (OpenColumn<T>& some : open) {
        const T* from = points.source->in_place().row(begin) + first + some.column;
        for (std::size_t i = 0; i < count; ++i, from += points.source->in_place().row_stride) values[i] = *from;
        Vector<T>& missing = some.missing[static_cast<std::size_t>(worker)];
        if (!some.search(values, count, found)) add_missing(columns[some.column].lowest, values, count, missing);
        std::uint8_t* to = codes + begin * width + some.column;
        for (std::size_t i = 0; i < count; ++i, to += width) *to = found[i];
      }
    }
  });
}

}  // namespace

template <class T>
ValueCodes<T>::ValueCodes(const Points<T>& points, std::size_t first, bool buckets, const Poll& poll)
    : first_(first), columns_(points.columns() - first) {
  if constexpr (std::is_same_v<T, std::uint8_t>)
    take_bytes(points, poll);
  else
    encode(points, buckets, poll);
}

/// Codes up to the largest value of each column.
template <class T>
void ValueCodes<T>::take_bytes(const Points<T>& points, const Poll& poll) {
  codes_ = reinterpret_cast<const std::uint8_t*>(points.source->in_place().data) + first_;
  stride_ = points.source->in_place().row_stride;
  const std::size_t width = columns_.size();
  const int threads = useful_threads(points.n_threads, {points.rows(), width});
  const Blocks blocks(points.rows(), width, threads);
  Vector<Vector<std::uint8_t>> largest(static_cast<std::size_t>(threads), Vector<std::uint8_t>(width));
  parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int worker) {
    std::uint8_t* const mine = largest[static_cast<std::size_t>(worker)].data();
    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i) {
      const std::uint8_t* const values = row(i);
      for (std::size_t q = 0; q < width; ++q) mine[q] = std::max(mine[q], values[q]);
    }
  });
  for (std::size_t q = 0; q < width; ++q) {
    std::size_t codes = 0;
    for (const auto& mine : largest) codes = std::max<std::size_t>(codes, mine[q] + std::size_t{1});
    columns_[q].kind = Column::Kind::values;
    for (std::size_t code = 0; code < codes; ++code) columns_[q].lowest.push_back(static_cast<T>(code));
    columns_[q].single.assign(codes, 1);
  }
}

template <class T>
void ValueCodes<T>::encode(const Points<T>& points, bool buckets, const Poll& poll) {
  if constexpr (!std::is_same_v<T, std::uint8_t>) {
    const std::size_t n = points.rows(), width = columns_.size();
    own_ = LargeArray<std::uint8_t>(n * width + 8);
    codes_ = own_.data();
    stride_ = static_cast<std::ptrdiff_t>(width);

    const Vector<Vector<T>> samples = samples_of(points, first_, poll);
    const int threads = useful_threads(points.n_threads, {n, width, 8});
    Vector<OpenColumn<T>> open;
    const auto name = [&](std::size_t q, Vector<T> values) {
      columns_[q] = named(std::move(values), buckets, samples[q]);
      if (columns_[q].kind != Column::Kind::none) open.emplace_back(q, columns_[q], threads);
    };
    for (std::size_t q = 0; q < width; ++q) name(q, distinct_values(samples[q]));
    // A column that lacked values is named and written anew.
    while (!open.empty()) {
      write_codes(points, first_, columns_, open, threads, poll, own_.data());
      Vector<OpenColumn<T>> written;
      written.swap(open);
      for (const OpenColumn<T>& some : written) {
        Vector<T> values = some.more_values(columns_[some.column]);
        if (!values.empty()) name(some.column, std::move(values));
      }
    }
  } else {
    static_cast<void>(points), static_cast<void>(buckets), static_cast<void>(poll);
  }
}

template class ValueCodes<std::uint8_t>;
template class ValueCodes<float>;
template class ValueCodes<double>;

}  // namespace pykmeans::detail
