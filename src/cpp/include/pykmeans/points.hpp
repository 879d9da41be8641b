// Points: X and its weights as the core reads them, with what one pass over both found.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

#include "distinct_rows.hpp"
#include "metric.hpp"
#include "options.hpp"
#include "partial.hpp"
#include "view.hpp"
#include "workspace.hpp"

namespace pykmeans {

namespace detail {
template <class T>
class Prepared;
class UnitRows;
}  // namespace detail

/// A view of the caller's data; values and weights must outlive it. T is std::uint8_t, float or double.
template <class T>
class Points {
 public:
  /// @param values   at least one row and one column
  /// @param weights  (n_samples) finite, >= 0, not all zero; nullptr for ones
  /// @param n_threads  0 for what the machine grants
  /// @param metric   any but cosine, which normalized() makes; categories must be whole numbers
  /// Throws std::invalid_argument where the arguments are not so. Values may be NaN or infinite here (see n_nonfinite);
  /// the functions that work on Points refuse them.
  explicit Points(MatrixView<T> values, const double* weights = nullptr, int n_threads = 0, const Poll& poll = {},
                  Metric metric = {});

  MatrixView<T> values;
  Metric metric;
  bool single = std::is_same_v<T, float>;  ///< centers are rounded to float32
  const double* weights = nullptr;
  int n_threads = 1;

  std::size_t n_nonfinite = 0;          ///< NaN and infinite values
  std::size_t first_nonfinite_row = 0;  ///< place of the first of them in row order
  std::size_t first_nonfinite_column = 0;

  Vector<ValueRange> columns;  ///< (n_features)
  ValueRange range;            ///< of all columns that are numbers, not categories
  SumLayout layout;            ///< for sums with the weights, of the columns whose sums make centers
  SumLayout plain_layout;      ///< for sums without, of the columns that are numbers

  double weight(std::size_t row) const { return weights ? weights[row] : 1.0; }

  /// A float32 or double point near the bulk of the data, from a few rows; where fast paths put their origin.
  Vector<double> origin;
  /// Power of two near the spread of the data about the origin, from the same rows.
  int spread_exponent = 0;

  /// What ways to assign have made of the points, for all fits of them.
  std::shared_ptr<detail::Prepared<T>> prepared;

  /// Where the rows are the different ones of others and the weights their counts: those others. They are what the
  /// points stand for: the tolerance of a fit is theirs, and k-means++ draws from them in their order. May be null; is
  /// set before the points are used, and where the metric is euclidean.
  std::shared_ptr<const DistinctRows> occurrences;

  /// What makes the rows when they are asked for, where they lie nowhere: values.data is then null.
  std::shared_ptr<const detail::UnitRows> unit_rows;

 private:
  template <class Given>
  friend Points<double> normalized(const Points<Given>&, const Poll&);

  Points(MatrixView<T> values, const double* weights, int n_threads, const Poll& poll, Metric metric,
         std::shared_ptr<const detail::UnitRows> unit_rows);
};

/// The rows of some points divided by their lengths: points whose metric is cosine. They are divided whenever they are
/// looked at, so values and weights are the caller's still.
/// Throws std::invalid_argument where a row is all zeros.
template <class T>
Points<double> normalized(const Points<T>& points, const Poll& poll = {});

}  // namespace pykmeans
