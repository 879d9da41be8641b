// RowSource: who has the rows. An array has them in place; other sources make a row when it is asked for.
#pragma once

#include <cstddef>
#include <type_traits>

#include "view.hpp"

namespace pykmeans {

class DistinctRows;

/// Rows of values of one type. T is std::uint8_t, float or double. A source does not change: a row that is read twice
/// is the same row. Any number of threads read from it at the same time.
template <class T>
class RowSource {
 public:
  RowSource(std::size_t n_rows, std::size_t n_columns) : in_place_(nullptr, n_rows, n_columns) {}
  /// Rows that lie in memory.
  explicit RowSource(const MatrixView<T>& rows) : in_place_(rows) {}
  virtual ~RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;

  std::size_t rows() const { return in_place_.rows; }
  std::size_t columns() const { return in_place_.columns; }

  /// All rows where they lie; its data is null where they lie nowhere.
  const MatrixView<T>& in_place() const { return in_place_; }

  /// Make a row. Called only where rows lie nowhere. @param out [out] (columns)
  virtual void read(std::size_t row, T* out) const = 0;

  /// One value of a row, where the rest is not wanted. The same value that read() gives.
  virtual T value(std::size_t row, std::size_t column) const = 0;

  /// What read() will look at, for a hint to the processor; no bytes where that does not pay.
  struct Memory {
    const void* begin = nullptr;
    std::size_t bytes = 0;
  };
  virtual Memory memory(std::size_t) const { return {}; }

  /// Whether centers are rounded to float32, as they are where the values that the caller has are float32.
  virtual bool has_single_centers() const { return std::is_same_v<T, float>; }

  /// Where each row stands for several rows of another table: that table. The weights are then their counts.
  virtual const DistinctRows* counted() const { return nullptr; }

 private:
  const MatrixView<T> in_place_;
};

}  // namespace pykmeans
