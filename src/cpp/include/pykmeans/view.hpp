// Views of the caller's memory: pointer, shape and row stride. They never own and never copy.
#pragma once

#include <cstddef>

namespace pykmeans {

/// Rows of values of one type. T is std::uint8_t, float or double.
template <class T>
struct MatrixView {
  const T* data = nullptr;        ///< first value of row 0; values within a row are contiguous
  std::size_t rows = 0;           ///< n_samples
  std::size_t columns = 0;        ///< n_features
  std::ptrdiff_t row_stride = 0;  ///< in values, from a row to the next; zero and negative are fine

  MatrixView() = default;

  /// Contiguous rows.
  MatrixView(const T* values, std::size_t n_rows, std::size_t n_columns)
      : MatrixView(values, n_rows, n_columns, static_cast<std::ptrdiff_t>(n_columns)) {}

  MatrixView(const T* values, std::size_t n_rows, std::size_t n_columns, std::ptrdiff_t stride)
      : data(values), rows(n_rows), columns(n_columns), row_stride(stride) {}

  const T* row(std::size_t index) const { return data + static_cast<std::ptrdiff_t>(index) * row_stride; }
};

}  // namespace pykmeans
