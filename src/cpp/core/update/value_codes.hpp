// ValueCodes: every value of a column as a byte that keeps the order of the values. Counting codes then stands in for
// sorting values, and comparing codes for comparing values.
//
// A value of type uint8 is its own code. Other columns have what CodedColumn says, but buckets only for medians: a mode
// is one value, so that columns of more than 256 values have no codes. Memory: a byte for each value, none for uint8.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "../machine/large_array.hpp"
#include "../machine/prefetch.hpp"
#include "../rows/row_block.hpp"
#include "coded_column.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"
#include "statistic.hpp"

namespace pykmeans::detail {

template <class T>
class CodeReader;

template <class T>
class ValueCodes {
 public:
  /// Of columns [first, n_features). @param points  finite; must outlive it
  ValueCodes(const Points<T>& points, std::size_t first, Statistic what, const Poll& poll);

  std::size_t first() const { return first_; }
  /// (n_features - first)
  const Vector<CodedColumn<T>>& columns() const { return columns_; }

 private:
  friend class CodeReader<T>;
  static constexpr bool values_are_codes = std::is_same_v<T, std::uint8_t>;

  const Points<T>& points_;
  std::size_t first_;
  Vector<CodedColumn<T>> columns_;
  LargeArray<std::uint8_t> codes_;  // (rows, columns), and scratch to read beyond; nothing where values are codes
};

/// The codes of rows, by their number; one reader for each thread.
template <class T>
class CodeReader {
 public:
  static constexpr std::size_t beyond = 8;

  /// `codes` must outlive it.
  explicit CodeReader(const ValueCodes<T>& codes) : codes_(&codes), rows_(codes.points_) {}

  /// The codes of a row, (columns of the codes): any byte in columns without codes. Valid until the next call.
  const std::uint8_t* operator()(std::size_t row) const {
    if constexpr (ValueCodes<T>::values_are_codes)
      return rows_(row) + codes_->first_;
    else
      return codes_->codes_.data() + row * codes_->columns_.size();
  }

  /// The same, where `beyond` more bytes may be read, whatever they are.
  const std::uint8_t* padded(std::size_t row) {
    if constexpr (ValueCodes<T>::values_are_codes) {
      const std::size_t width = codes_->columns_.size();
      copy_.resize(width + beyond);
      std::copy_n((*this)(row), width, copy_.data());
      return copy_.data();
    } else {
      return (*this)(row);
    }
  }

  /// A hint that a row will be read soon.
  void prefetch(std::size_t row) const {
    if constexpr (ValueCodes<T>::values_are_codes)
      rows_.prefetch(row);
    else
      detail::prefetch((*this)(row));
  }

 private:
  const ValueCodes<T>* codes_;
  RowReader<T> rows_;
  Vector<std::uint8_t> copy_;
};

}  // namespace pykmeans::detail
