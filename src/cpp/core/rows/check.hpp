// What the public functions check of their arguments.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

#include "messages.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/pykmeans.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

template <class T>
void check_shape(const RowSource<T>& source) {
  if (source.rows() == 0 || source.columns() == 0)
    throw std::invalid_argument("X of shape (" + std::to_string(source.rows()) + ", " +
                                std::to_string(source.columns()) + ") must have at least one row and one column");
}

/// @param threads  0 for what the machine grants
inline int checked_threads(int threads) {
  constexpr int most_threads = 1024;  // thousands more than there are processors end in failures to create them
  if (threads < 0 || threads > most_threads)
    throw std::invalid_argument("n_threads=" + std::to_string(threads) +
                                " must be >= 0 and <= " + std::to_string(most_threads));
  return threads == 0 ? granted_threads() : threads;
}

template <class T>
void check_finite(const Points<T>& points) {
  if (points.facts.n_nonfinite != 0)
    throw std::invalid_argument("X has " + std::to_string(points.facts.n_nonfinite) +
                                " values that are NaN or infinite, the first at row " +
                                std::to_string(points.facts.first_nonfinite_row) + ", column " +
                                std::to_string(points.facts.first_nonfinite_column) + "; all must be finite");
}

/// What is added up of finite values has a finite mean, unless somebody changes the values between being added and
/// being taken away.
inline void check_finite(const Vector<double>& centers) {
  unsigned bad = 0;  // no jump in the loop, so that it is one over vectors
  for (const double value : centers)
    bad |= static_cast<unsigned>(!(std::fabs(value) <= std::numeric_limits<double>::max()));
  if (bad != 0)
    throw std::runtime_error("a center is not finite: X or sample_weight was changed by another thread during the fit");
}

inline void check_labels(const std::int32_t* labels, std::size_t count, std::size_t n_clusters) {
  for (std::size_t i = 0; i < count; ++i)
    if (labels[i] < 0 || static_cast<std::size_t>(labels[i]) >= n_clusters)
      throw std::invalid_argument("labels[" + std::to_string(i) + "]=" + std::to_string(labels[i]) +
                                  " must be in [0, n_clusters=" + std::to_string(n_clusters) + ")");
}

/// Contiguous centers that fit the points. @param name  of the argument, for messages
template <class T>
Vector<double> checked_centers(const Points<T>& points, MatrixView<double> centers, const char* name) {
  check_finite(points);
  const auto shape = [&] {
    return std::string(name) + " of shape (" + std::to_string(centers.rows) + ", " + std::to_string(centers.columns) +
           ")";
  };
  if (centers.rows == 0) throw std::invalid_argument(shape() + " must have at least one row");
  if (centers.rows > 0x7fffffff) throw std::invalid_argument(shape() + " must have fewer than 2^31 rows");
  if (centers.columns != points.columns())
    throw std::invalid_argument(shape() + " must have as many columns as X: " + std::to_string(points.columns()));
  Vector<double> values;
  values.reserve(centers.rows * centers.columns);
  for (std::size_t c = 0; c < centers.rows; ++c)
    for (std::size_t q = 0; q < centers.columns; ++q) {
      const double value = centers.row(c)[q];
      if (!std::isfinite(value))
        throw std::invalid_argument(std::string(name) + "[" + std::to_string(c) + ", " + std::to_string(q) +
                                    "]=" + shown(value) + " must be finite");
      values.push_back(value);
    }
  return values;
}

}  // namespace pykmeans::detail
