// Points: X and its weights as the core reads them, with what one pass over both found.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "options.hpp"
#include "partial.hpp"
#include "view.hpp"

namespace pykmeans {

namespace detail {
template <class T>
class Prepared;
}

/// A view of the caller's data; values and weights must outlive it. T is std::uint8_t, float or double.
template <class T>
class Points {
 public:
  /// @param values   at least one row and one column
  /// @param weights  (n_samples) finite, >= 0, not all zero; nullptr for ones
  /// @param n_threads  0 for what the machine grants
  /// Throws std::invalid_argument where the shapes or the weights are not so. Values may be NaN or infinite here (see
  /// n_nonfinite); the functions that work on Points refuse them.
  explicit Points(MatrixView<T> values, const double* weights = nullptr, int n_threads = 0, const Poll& poll = {});

  MatrixView<T> values;
  const double* weights = nullptr;
  int n_threads = 1;

  std::size_t n_nonfinite = 0;          ///< NaN and infinite values
  std::size_t first_nonfinite_row = 0;  ///< place of the first of them in row order
  std::size_t first_nonfinite_column = 0;

  std::vector<ValueRange> columns;  ///< (n_features)
  ValueRange range;                 ///< of all columns
  SumLayout layout;                 ///< for sums with the weights
  SumLayout plain_layout;           ///< for sums without

  double weight(std::size_t row) const { return weights ? weights[row] : 1.0; }

  /// A float32 or double point near the bulk of the data, from a few rows; where fast paths put their origin.
  std::vector<double> origin;
  /// Power of two near the spread of the data about the origin, from the same rows.
  int spread_exponent = 0;

  /// What ways to assign have made of the points, for all fits of them.
  std::shared_ptr<detail::Prepared<T>> prepared;
};

}  // namespace pykmeans
