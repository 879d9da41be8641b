// Silhouettes (P. J. Rousseeuw, 1987): how much nearer a row is to its own cluster than to the next one.
#include <cmath>

#include "../distance/exact_distance.hpp"
#include "../machine/float_environment.hpp"
#include "../machine/parallel.hpp"
#include "../measure/distance_to.hpp"
#include "../rows/normalized_centers.hpp"
#include "../rows/row_block.hpp"
#include "clusters.hpp"
#include "distance_limbs.hpp"
#include "pairs.hpp"
#include "pykmeans/pykmeans.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans {

using detail::Clusters;
using detail::ExactDistance;
using detail::FloatEnvironment;

namespace {

/// Distances in the unit of the exact distance: a silhouette is a ratio, so any power of two will do.
double shown(double said, bool rooted) {
  return rooted ? std::sqrt(said) : said;
}

template <class T>
void silhouettes_one_by_one(const Points<T>& points, const Clusters& clusters, const ExactDistance& exact,
                            double* values, const Poll& poll) {
  const std::size_t n = points.rows(), d = points.columns();
  const bool rooted = detail::traits(points.metric.distance).rooted;
  const int threads = detail::useful_threads(points.n_threads, {n, n, d + 64});
  const detail::Blocks blocks(n, n * (d + 64), threads, 1);
  detail::parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int) {
    const detail::RowReader<T> read(points);
    Vector<double> row(d);
    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i) {
      std::copy_n(read(i), d, row.begin());
      double a = 0.0, b = std::numeric_limits<double>::infinity();
      for (std::size_t c = 0; c < clusters.count(); ++c) {
        if (clusters.empty(c)) continue;
        detail::WideSum sum;
        for (std::size_t m = clusters.begin(c); m < clusters.begin(c + 1); ++m) {
          const std::size_t j = clusters.members()[m];
          sum.add(shown(exact(read(j), row.data()), rooted), points.weight(j));
        }
        if (c != clusters.label(i))
          b = std::min(b, clusters.mean(sum.rounded(), c));
        else if (!clusters.alone(c))
          a = clusters.mean_of_others(sum.rounded(), c);
      }
      values[i] = detail::silhouette_of(a, b, clusters.alone(clusters.label(i)));
    }
  });
}

}  // namespace

template <class T>
void silhouette(const Points<T>& points, const std::int32_t* labels, std::size_t n_clusters, double* values,
                const Poll& poll) {
  const FloatEnvironment environment;
  detail::check_finite(points);
  detail::check_labels(labels, points.rows(), n_clusters);
  const std::size_t n = points.rows();
  const ExactDistance exact(points.metric, points.range, points.columns());
  const Clusters clusters(points, labels, n_clusters);
  ValueRange range;
  if (points.weights) range = detail::range_of(points.weights, n);
  const ValueRange* weights = points.weights ? &range : nullptr;
  const detail::MetricTraits& metric = detail::traits(points.metric.distance);
  const detail::DistanceLimbs limbs(exact, metric.rooted, weights);
  if (metric.pairs && limbs.usable())
    detail::silhouettes_by_pairs(points, clusters, exact, weights, limbs, values, poll);
  else
    silhouettes_one_by_one(points, clusters, exact, values, poll);
}

template <class T>
void simplified_silhouette(const Points<T>& points, MatrixView<double> view, const std::int32_t* labels, double* values,
                           const Poll& poll) {
  const FloatEnvironment environment;
  const Vector<double> centers = detail::normalized_centers(points, view, "centers");
  const std::size_t d = view.columns, k = view.rows;
  detail::check_labels(labels, points.rows(), k);
  const ExactDistance exact = detail::distance_to(points, centers.data(), k);
  const Clusters clusters(points, labels, k);
  const bool rooted = detail::traits(points.metric.distance).rooted;
  detail::for_each_block(points, detail::PassPlan(points, k * d, k * (d + 8)), poll, [&](const auto& block, int) {
    for (std::size_t i = 0; i < block.count; ++i) {
      const T* row = block.row(i);
      const std::size_t own = clusters.label(block.first + i);
      double nearest = std::numeric_limits<double>::infinity();
      for (std::size_t c = 0; c < k; ++c)
        if (c != own && !clusters.empty(c)) nearest = std::min(nearest, exact(row, centers.data() + c * d));
      const double a = shown(exact(row, centers.data() + own * d), rooted);
      values[block.first + i] = detail::silhouette_of(a, shown(nearest, rooted), clusters.alone(own));
    }
  });
}

double weighted_mean(const double* values, const double* weights, std::size_t count) {
  const FloatEnvironment environment;
  detail::WideSum sum, weight;
  for (std::size_t i = 0; i < count; ++i) {
    const double w = weights ? weights[i] : 1.0;
    sum.add(values[i], w);
    weight.add(w);
  }
  return detail::twice_rounded_quotient(sum.rounded(), weight.rounded());
}

#define PYKMEANS_INSTANTIATE(T)                                                                       \
  template void silhouette(const Points<T>&, const std::int32_t*, std::size_t, double*, const Poll&); \
  template void simplified_silhouette(const Points<T>&, MatrixView<double>, const std::int32_t*, double*, const Poll&)

PYKMEANS_INSTANTIATE(std::uint8_t);
PYKMEANS_INSTANTIATE(float);
PYKMEANS_INSTANTIATE(double);

#undef PYKMEANS_INSTANTIATE

}  // namespace pykmeans
