// ValueCodes: every value of a column as a byte that keeps the order of the values. Counting by code then stands in for
// sorting, and comparing codes for comparing values.
//
// A column of at most 256 distinct values has a code for each; uint8 is its own code. In other columns, where medians
// are looked for, a code is a bucket: a range of values that holds about as many rows as any other. Where modes are
// looked for, such columns have no codes. Memory: a byte for each value, none for uint8.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../machine/large_array.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// What the codes of a column mean.
template <class T>
struct CodedColumn {
  enum class Kind { none, values, buckets };
  Kind kind = Kind::none;
  Vector<T> lowest;             // (codes) the least value of each code, ascending; of the first bucket, any
  Vector<std::uint8_t> single;  // (codes) whether a code stands for one value

  std::size_t codes() const { return lowest.size(); }
};

template <class T>
class ValueCodes : public Pooled {
 public:
  using Column = CodedColumn<T>;

  /// Of columns [first, n_features). @param points  finite; must outlive it  @param buckets  see above
  ValueCodes(const Points<T>& points, std::size_t first, bool buckets, const Poll& poll);

  std::size_t first() const { return first_; }
  /// (n_features - first)
  const Vector<Column>& columns() const { return columns_; }
  /// The codes of a row, (n_features - first); 0 in columns without. @see readable_beyond
  const std::uint8_t* row(std::size_t i) const { return codes_ + static_cast<std::ptrdiff_t>(i) * stride_; }
  /// Whether eight bytes may be read at any place in a row, so as to see fewer.
  bool readable_beyond() const { return own_.size() != 0; }

 private:
  void take_bytes(const Points<T>& points, const Poll& poll);
  void encode(const Points<T>& points, bool buckets, const Poll& poll);

  std::size_t first_;
  Vector<Column> columns_;
  LargeArray<std::uint8_t> own_;  // (rows, columns), and scratch to read beyond
  const std::uint8_t* codes_ = nullptr;
  std::ptrdiff_t stride_ = 0;
};

}  // namespace pykmeans::detail
