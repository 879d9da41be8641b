// Sums and tables of the referee's distances.
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "assign/assigner.hpp"
#include "check.hpp"
#include "exact/wide_sum.hpp"
#include "float_environment.hpp"
#include "inertia.hpp"
#include "parallel.hpp"
#include "pykmeans/pykmeans.hpp"
#include "referee.hpp"

namespace pykmeans {

namespace detail {

template <class T>
std::vector<WideSum> cluster_sums(const Points<T>& points, const double* weights, const double* centers,
                                  std::size_t n_clusters, const std::int32_t* labels, const Referee& referee,
                                  const Poll& poll) {
  const std::size_t n = points.values.rows, d = points.values.columns;
  const int threads = useful_threads(points.n_threads, n * (d + 4));
  const Blocks blocks(n, d + 4);
  std::vector<std::vector<WideSum>> sums(static_cast<std::size_t>(threads), std::vector<WideSum>(n_clusters));
  parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int worker) {
    std::vector<WideSum>& mine = sums[static_cast<std::size_t>(worker)];
    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i) {
      const auto label = labels ? static_cast<std::size_t>(labels[i]) : 0;
      const double distance = referee(points.values.row(i), centers + label * d);
      if (weights)
        mine[label].add(weights[i], distance);
      else
        mine[label].add(distance);
    }
  });
  for (std::size_t w = 1; w < sums.size(); ++w)
    for (std::size_t c = 0; c < n_clusters; ++c) sums[0][c].add(sums[w][c]);
  return std::move(sums[0]);
}

template std::vector<WideSum> cluster_sums(const Points<std::uint8_t>&, const double*, const double*, std::size_t,
                                           const std::int32_t*, const Referee&, const Poll&);
template std::vector<WideSum> cluster_sums(const Points<float>&, const double*, const double*, std::size_t,
                                           const std::int32_t*, const Referee&, const Poll&);
template std::vector<WideSum> cluster_sums(const Points<double>&, const double*, const double*, std::size_t,
                                           const std::int32_t*, const Referee&, const Poll&);

}  // namespace detail

using detail::FloatEnvironment;
using detail::Referee;

template <class T>
double inertia(const Points<T>& points, MatrixView<double> view, const std::int32_t* labels, double* cluster_inertia,
               const Poll& poll) {
  const FloatEnvironment environment;
  const std::vector<double> centers = detail::checked_centers(points, view, "centers");
  const Referee referee(points.range, view.columns, centers.data(), centers.size());
  std::vector<detail::WideSum> sums =
      detail::cluster_sums(points, points.weights, centers.data(), view.rows, labels, referee, poll);
  const int exponent = -2 * referee.scale();
  detail::WideSum total;
  for (std::size_t c = 0; c < view.rows; ++c) {
    total.add(sums[c]);
    if (cluster_inertia) cluster_inertia[c] = sums[c].to_double(exponent);
  }
  const double result = total.to_double(exponent);
  if (!(result <= std::numeric_limits<double>::max()))
    throw std::invalid_argument(
        "the inertia of X is beyond the largest float64 (1.8e308); scale X or sample_weight down");
  return result;
}

template <class T>
void nearest(const Points<T>& points, MatrixView<double> view, std::int32_t* labels, const Poll& poll) {
  const FloatEnvironment environment;
  const std::vector<double> centers = detail::checked_centers(points, view, "centers");
  const Referee referee(points.range, view.columns, centers.data(), centers.size());
  std::fill_n(labels, points.values.rows, -1);
  detail::Assigner<T>(points, view.rows, Algorithm::lloyd, poll).assign(centers.data(), referee, labels, nullptr);
}

template <class T>
void squared_distances(const Points<T>& points, MatrixView<double> view, const std::int32_t* labels, double* distances,
                       const Poll& poll) {
  const FloatEnvironment environment;
  const std::vector<double> centers = detail::checked_centers(points, view, "centers");
  const std::size_t n = points.values.rows, d = view.columns;
  const Referee referee(points.range, d, centers.data(), centers.size());
  const detail::Blocks blocks(n, d);
  detail::parallel_blocks(
      blocks.count(), detail::useful_threads(points.n_threads, n * d), poll, [&](std::size_t block, int) {
        for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i) {
          const double distance =
              referee(points.values.row(i), centers.data() + static_cast<std::size_t>(labels[i]) * d);
          distances[i] = referee.scale() == 0 ? distance : std::ldexp(distance, -2 * referee.scale());
        }
      });
  for (std::size_t i = 0; i < n; ++i)
    if (!(distances[i] <= std::numeric_limits<double>::max()))
      throw std::invalid_argument("the squared distance of row " + std::to_string(i) +
                                  " of X is beyond the largest float64 (1.8e308); scale X down");
}

template <class T, class Out>
void transform(const Points<T>& points, MatrixView<double> view, Out* distances, const Poll& poll) {
  const FloatEnvironment environment;
  const std::vector<double> centers = detail::checked_centers(points, view, "centers");
  const std::size_t n = points.values.rows, d = view.columns, k = view.rows;
  const Referee referee(points.range, d, centers.data(), centers.size());
  const detail::Blocks blocks(n, k * (d + 8));
  detail::parallel_blocks(
      blocks.count(), detail::useful_threads(points.n_threads, n * k * d), poll, [&](std::size_t block, int) {
        for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i)
          for (std::size_t c = 0; c < k; ++c) {
            const double distance = std::sqrt(referee(points.values.row(i), centers.data() + c * d));
            distances[i * k + c] =
                static_cast<Out>(referee.scale() == 0 ? distance : std::ldexp(distance, -referee.scale()));
          }
      });
}

#define PYKMEANS_INSTANTIATE(T, Out)                                                                                \
  template double inertia(const Points<T>&, MatrixView<double>, const std::int32_t*, double*, const Poll&);         \
  template void nearest(const Points<T>&, MatrixView<double>, std::int32_t*, const Poll&);                          \
  template void squared_distances(const Points<T>&, MatrixView<double>, const std::int32_t*, double*, const Poll&); \
  template void transform(const Points<T>&, MatrixView<double>, Out*, const Poll&)

PYKMEANS_INSTANTIATE(std::uint8_t, double);
PYKMEANS_INSTANTIATE(float, float);
PYKMEANS_INSTANTIATE(double, double);

#undef PYKMEANS_INSTANTIATE

}  // namespace pykmeans
