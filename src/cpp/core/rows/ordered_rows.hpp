// The rows of another source in another order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "pykmeans/row_source.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

template <class T>
class OrderedRows final : public RowSource<T>, public Pooled {
 public:
  /// Both must outlive it. @param order (source.rows()) which row comes where
  OrderedRows(const RowSource<T>& source, const std::uint32_t* order)
      : RowSource<T>(source.rows(), source.columns()), source_(source), rows_(source.in_place()), order_(order) {}

  void read(std::size_t row, T* out) const override {
    if (rows_.data)
      std::copy_n(rows_.row(order_[row]), rows_.columns, out);
    else
      source_.read(order_[row], out);
  }

  T value(std::size_t row, std::size_t column) const override { return source_.value(order_[row], column); }

  typename RowSource<T>::Memory memory(std::size_t row) const override {
    if (rows_.data) return {rows_.row(order_[row]), rows_.columns * sizeof(T)};
    return source_.memory(order_[row]);
  }

 private:
  const RowSource<T>& source_;
  const MatrixView<T> rows_;
  const std::uint32_t* const order_;
};

}  // namespace pykmeans::detail
