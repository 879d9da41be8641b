// Sums and tables of the exact distances.
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "assign/assigner.hpp"
#include "exact/wide_sum.hpp"
#include "machine/float_environment.hpp"
#include "measure/cluster_sums.hpp"
#include "measure/distance_to.hpp"
#include "pykmeans/pykmeans.hpp"
#include "pykmeans/workspace.hpp"
#include "rows/normalized_centers.hpp"
#include "rows/row_block.hpp"

namespace pykmeans {

using detail::ExactDistance;
using detail::FloatEnvironment;

template <class T>
double inertia(const Points<T>& points, MatrixView<double> view, const std::int32_t* labels, double* cluster_inertia,
               const Poll& poll) {
  const FloatEnvironment environment;
  const Vector<double> centers = detail::normalized_centers(points, view, "centers");
  const ExactDistance exact = detail::distance_to(points, centers.data(), view.rows);
  detail::check_labels(labels, points.rows(), view.rows);
  const std::size_t n_sums = cluster_inertia ? view.rows : 1;
  const Vector<detail::WideSum> sums =
      detail::cluster_sums(points, points.weights, centers.data(), n_sums, labels, exact, poll);
  return detail::inertia_of(sums, exact, cluster_inertia);
}

template <class T>
void nearest(const Points<T>& points, MatrixView<double> view, std::int32_t* labels, const Poll& poll) {
  const FloatEnvironment environment;
  const Vector<double> centers = detail::normalized_centers(points, view, "centers");
  const ExactDistance exact = detail::distance_to(points, centers.data(), view.rows);
  detail::Assigner<T>(points, view.rows, Algorithm::lloyd, labels, poll).assign(centers.data(), exact, nullptr);
}

template <class T>
void distances_to_labels(const Points<T>& points, MatrixView<double> view, const std::int32_t* labels,
                         double* distances, const Poll& poll) {
  const FloatEnvironment environment;
  const Vector<double> centers = detail::normalized_centers(points, view, "centers");
  detail::check_labels(labels, points.rows(), view.rows);
  const std::size_t n = points.rows(), d = view.columns;
  const ExactDistance exact = detail::distance_to(points, centers.data(), view.rows);
  detail::for_each_block(points, detail::PassPlan(points, d, d), poll, [&](const detail::RowBlock<T>& block, int) {
    for (std::size_t i = 0; i < block.count; ++i) {
      const std::size_t row = block.first + i;
      const double distance = exact(block.row(i), centers.data() + static_cast<std::size_t>(labels[row]) * d);
      distances[row] = exact.exponent() == 0 ? distance : std::ldexp(distance, exact.exponent());
    }
  });
  for (std::size_t i = 0; i < n; ++i)
    if (!(distances[i] <= std::numeric_limits<double>::max()))
      throw std::invalid_argument("the distance of row " + std::to_string(i) +
                                  " of X is beyond the largest float64 (1.8e308); scale X down");
}

template <class T, class Out>
void transform(const Points<T>& points, MatrixView<double> view, Out* distances, const Poll& poll) {
  const FloatEnvironment environment;
  const Vector<double> centers = detail::normalized_centers(points, view, "centers");
  const std::size_t d = view.columns, k = view.rows;
  const ExactDistance exact = detail::distance_to(points, centers.data(), view.rows);
  const bool root = detail::traits(points.metric.distance).rooted;
  const detail::PassPlan plan(points, k * d, k * (d + 8));
  detail::for_each_block(points, plan, poll, [&](const detail::RowBlock<T>& block, int) {
    for (std::size_t i = 0; i < block.count; ++i) {
      const T* row = block.row(i);
      Out* const out = distances + (block.first + i) * k;
      for (std::size_t c = 0; c < k; ++c) {
        const double measured = exact(row, centers.data() + c * d);
        const double distance =
            root ? std::ldexp(std::sqrt(measured), exact.exponent() / 2) : std::ldexp(measured, exact.exponent());
        if (!(distance <= static_cast<double>(std::numeric_limits<Out>::max())))
          throw std::invalid_argument("the distance of row " + std::to_string(block.first + i) + " of X to center " +
                                      std::to_string(c) + " is too large for its type; scale X down");
        out[c] = static_cast<Out>(distance);
      }
    }
  });
}

template <class T>
std::vector<std::int64_t> medoids(const Points<T>& points, MatrixView<double> view, const std::int32_t* labels,
                                  const Poll& poll) {
  const FloatEnvironment environment;
  const Vector<double> centers = detail::normalized_centers(points, view, "centers");
  detail::check_labels(labels, points.rows(), view.rows);
  const std::size_t d = view.columns, k = view.rows;
  const ExactDistance exact = detail::distance_to(points, centers.data(), k);
  struct Medoid {
    double distance = std::numeric_limits<double>::infinity();
    std::int64_t row = -1;
    void look(double other, std::int64_t at) {
      if (at >= 0 && (row < 0 || other < distance || (other == distance && at < row))) {
        distance = other;
        row = at;
      }
    }
  };
  const detail::PassPlan plan(points, d, d + 8);
  Vector<Vector<Medoid>> found(static_cast<std::size_t>(plan.threads), Vector<Medoid>(k));
  detail::for_each_block(points, plan, poll, [&](const detail::RowBlock<T>& block, int worker) {
    for (std::size_t i = 0; i < block.count; ++i) {
      if (block.weight(i) == 0.0) continue;
      const auto c = static_cast<std::size_t>(labels[block.first + i]);
      if (c >= k) continue;  // somebody has changed it since it was checked
      found[static_cast<std::size_t>(worker)][c].look(exact(block.row(i), centers.data() + c * d),
                                                      static_cast<std::int64_t>(block.first + i));
    }
  });
  std::vector<std::int64_t> rows(k);
  for (std::size_t c = 0; c < k; ++c) {
    for (std::size_t w = 1; w < found.size(); ++w) found[0][c].look(found[w][c].distance, found[w][c].row);
    rows[c] = found[0][c].row;
  }
  return rows;
}

#define PYKMEANS_INSTANTIATE(T)                                                                                       \
  template double inertia(const Points<T>&, MatrixView<double>, const std::int32_t*, double*, const Poll&);           \
  template void nearest(const Points<T>&, MatrixView<double>, std::int32_t*, const Poll&);                            \
  template void distances_to_labels(const Points<T>&, MatrixView<double>, const std::int32_t*, double*, const Poll&); \
  template std::vector<std::int64_t> medoids(const Points<T>&, MatrixView<double>, const std::int32_t*, const Poll&); \
  template void transform(const Points<T>&, MatrixView<double>, float*, const Poll&);                                 \
  template void transform(const Points<T>&, MatrixView<double>, double*, const Poll&)

PYKMEANS_INSTANTIATE(std::uint8_t);
PYKMEANS_INSTANTIATE(float);
PYKMEANS_INSTANTIATE(double);

#undef PYKMEANS_INSTANTIATE

}  // namespace pykmeans
