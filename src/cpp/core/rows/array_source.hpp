// Rows of the caller, where they lie; and the same where each stands for several rows of another table.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "pykmeans/distinct_rows.hpp"
#include "pykmeans/row_source.hpp"

namespace pykmeans::detail {

template <class T>
class ArraySource : public RowSource<T> {
 public:
  /// What `rows` views must outlive it.
  explicit ArraySource(const MatrixView<T>& rows) : RowSource<T>(rows) {}

  void read(std::size_t row, T* out) const override { std::copy_n(this->in_place().row(row), this->columns(), out); }
  T value(std::size_t row, std::size_t column) const override { return this->in_place().row(row)[column]; }
};

template <class T>
class CountedSource final : public ArraySource<T> {
 public:
  CountedSource(const MatrixView<T>& rows, std::shared_ptr<const DistinctRows> table)
      : ArraySource<T>(rows), table_(std::move(table)) {}

  const DistinctRows* counted() const override { return table_.get(); }

 private:
  const std::shared_ptr<const DistinctRows> table_;
};

}  // namespace pykmeans::detail
