// CodedColumn: what the codes of a column mean. A code is a byte, and codes keep the order of the values.
//
// A column of at most 256 distinct values has a code for each value. In any other column a code may stand for a bucket:
// a range of values that holds about as many rows as any other.
#pragma once

#include <cstddef>
#include <cstdint>

#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

template <class T>
struct CodedColumn {
  static constexpr std::size_t most_codes = 256;

  enum class Kind { none, values, buckets };
  Kind kind = Kind::none;
  Vector<T> lowest;             ///< (codes) the least value of each code, ascending; of the first bucket, -infinity
  Vector<std::uint8_t> single;  ///< (codes) of buckets: whether the bucket is a single value

  /// A code for each of these. @param values  sorted, distinct, finite, no -0, at most 256
  static CodedColumn of_values(Vector<T> values);
  /// Buckets of equal shares of a sample. A value that fills a share has a bucket of its own.
  /// @param sample  sorted, finite, at least one value
  static CodedColumn of_buckets(const Vector<T>& sample);

  std::size_t codes() const { return lowest.size(); }
  bool is_one_value(std::size_t code) const { return kind == Kind::values || single[code] != 0; }
};

/// Finds the codes of values.
template <class T>
class CodeSearch {
 public:
  static constexpr std::size_t most_at_once = 256;

  /// @param column  with codes
  explicit CodeSearch(const CodedColumn<T>& column);

  /// @param count  at most most_at_once  @param codes [out] (count)
  /// @return false where a value has no code; other codes are written all the same
  bool operator()(const T* values, std::size_t count, std::uint8_t* codes) const {
    return consecutive_ ? by_difference(values, count, codes) : by_halving(values, count, codes);
  }

 private:
  bool by_difference(const T* values, std::size_t count, std::uint8_t* codes) const;
  bool by_halving(const T* values, std::size_t count, std::uint8_t* codes) const;

  Vector<T> table_;           // least values of the codes, then NaN up to a power of two, which no value reaches
  bool exact_ = false;        // a value that is not in the table has no code
  bool consecutive_ = false;  // the values are consecutive whole numbers: the code is a difference
  T largest_code_ = T(0);
};

}  // namespace pykmeans::detail
