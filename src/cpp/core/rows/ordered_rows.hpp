// The rows of another source in another order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "pykmeans/row_source.hpp"

namespace pykmeans::detail {

template <class T>
class OrderedRows final : public RowSource<T> {
 public:
  /// Both must outlive it. @param order (source.rows()) which row comes where
  OrderedRows(const RowSource<T>& source, const std::uint32_t* order)
      : RowSource<T>(source.rows(), source.columns()), source_(source), order_(order) {}

  void read(std::size_t row, T* out) const override {
    if (source_.in_place().data)
      std::copy_n(source_.in_place().row(order_[row]), this->columns(), out);
    else
      source_.read(order_[row], out);
  }

  T value(std::size_t row, std::size_t column) const override { return source_.value(order_[row], column); }

  typename RowSource<T>::Memory memory(std::size_t row) const override {
    if (source_.in_place().data) return {source_.in_place().row(order_[row]), this->columns() * sizeof(T)};
    return source_.memory(order_[row]);
  }

 private:
  const RowSource<T>& source_;
  const std::uint32_t* const order_;
};

}  // namespace pykmeans::detail
