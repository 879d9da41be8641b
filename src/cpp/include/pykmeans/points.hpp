// Points: rows, their weights and their metric, with what one pass over the rows found.
#pragma once

#include <cstddef>
#include <memory>

#include "metric.hpp"
#include "options.hpp"
#include "partial.hpp"
#include "row_facts.hpp"
#include "row_source.hpp"
#include "view.hpp"
#include "workspace.hpp"

namespace pykmeans {

/// What fits of the same points share, each part made when it is first asked for.
class SharedWork;

/// Where fast paths put their origin and unit, from a few rows: any choice gives the same labels.
struct RowFrame {
  Vector<double> origin;    ///< (n_features) near the bulk of the rows, representable in their type; 0 for categories
  int spread_exponent = 0;  ///< power of two near the spread of the rows about the origin
};

/// Immutable. T is std::uint8_t, float or double.
template <class T>
class Points {
 public:
  /// Rows of the caller, which are read where they lie: values and weights must outlive the Points.
  /// @param values   at least one row and one column
  /// @param weights  (n_samples) finite, >= 0, not all zero; nullptr for ones
  /// @param n_threads  0 for what the machine grants
  /// @param metric   any but cosine, which normalized() makes; categories must be whole numbers
  /// Throws std::invalid_argument where the arguments are not so. Values may be NaN or infinite here (see facts);
  /// the functions that work on Points refuse them.
  explicit Points(MatrixView<T> values, const double* weights = nullptr, int n_threads = 0, const Poll& poll = {},
                  Metric metric = {});

  /// Rows of any source. The other arguments are as above.
  explicit Points(std::shared_ptr<const RowSource<T>> source, const double* weights = nullptr, int n_threads = 0,
                  const Poll& poll = {}, Metric metric = {});

  const std::shared_ptr<const RowSource<T>> source;
  const Metric metric;
  const double* const weights;  ///< (n_samples) or nullptr for ones
  const int n_threads;
  const RowFacts facts;
  const ValueRange range;  ///< of all columns that are numbers, not categories
  const SumLayout layout;  ///< for sums with the weights, of the columns whose sums make centers
  const RowFrame frame;
  const std::shared_ptr<SharedWork> shared;

  std::size_t rows() const { return source->rows(); }
  std::size_t columns() const { return source->columns(); }
  double weight(std::size_t row) const { return weights ? weights[row] : 1.0; }

 private:
  template <class Given>
  friend Points<double> normalized(const Points<Given>&, const Poll&);

  struct Trusted;
  Points(const Trusted&, std::shared_ptr<const RowSource<T>> source, const double* weights, int n_threads,
         const Poll& poll, Metric metric);
};

/// The rows of some points divided by their lengths: points whose metric is cosine. They are divided whenever they are
/// looked at, so rows and weights are the caller's still.
/// Throws std::invalid_argument where a row is all zeros.
template <class T>
Points<double> normalized(const Points<T>& points, const Poll& poll = {});

/// Points that stand for all rows of a table of colors: its different rows, weighted by their counts. What is found
/// for them is what is found for all rows, the seeds and the tolerance too.
/// @param values (count, n_features) the different rows, or what was made of each of them
template <class T>
Points<T> counted(MatrixView<T> values, std::shared_ptr<const DistinctRows> rows, int n_threads = 0,
                  const Poll& poll = {});

}  // namespace pykmeans
