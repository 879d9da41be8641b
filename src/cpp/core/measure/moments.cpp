#include "moments.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "../distance/exact_distance.hpp"
#include "../distance/metrics.hpp"
#include "../exact/quotient.hpp"
#include "../exact/range.hpp"
#include "../machine/float_environment.hpp"
#include "../rows/check.hpp"
#include "../rows/row_block.hpp"
#include "cluster_sums.hpp"
#include "pykmeans/pykmeans.hpp"

namespace pykmeans {

namespace detail {

namespace {

/// The mean of the first d columns, and the sum of the weights.
template <class T>
RowMoments mean_of_rows(const Points<T>& points, const double* weights, std::size_t d, const Poll& poll) {
  const PassPlan plan(points, d * 4, d * 4);
  const SumLayout layout({points.facts.columns.begin(), points.facts.columns.begin() + static_cast<std::ptrdiff_t>(d)},
                         weights ? &points.facts.weights : nullptr, std::is_same_v<T, std::uint8_t>);
  Vector<Partial> sums(static_cast<std::size_t>(plan.threads), Partial(layout, 1));
  for_each_block(*points.source, weights, plan, poll, [&](const RowBlock<T>& block, int worker) {
    Partial& mine = sums[static_cast<std::size_t>(worker)];
    for (std::size_t i = 0; i < block.count; ++i)
      if (block.weight(i) > 0.0) mine.add(0, block.row(i), block.weight(i));
  });
  for (std::size_t w = 1; w < sums.size(); ++w) sums[0].merge(0, sums[w]);
  RowMoments moments;
  moments.weight = sums[0].weight(0);
  moments.mean.resize(d);
  for (std::size_t q = 0; q < d; ++q) moments.mean[q] = quotient(sums[0].sum(0, q), moments.weight);
  return moments;
}

}  // namespace

template <class T>
RowMoments row_moments(const Points<T>& points, const double* weights, const Poll& poll) {
  const std::size_t d = numeric_features(points.metric, points.columns());
  RowMoments moments = mean_of_rows(points, weights, d, poll);
  const ExactDistance exact(Metric{}, merged(points.range, range_of(moments.mean.data(), d)), d);
  moments.inertia = cluster_sums(points, weights, moments.mean.data(), 1, nullptr, exact, poll)[0];
  moments.exponent = exact.exponent();
  return moments;
}

template RowMoments row_moments(const Points<std::uint8_t>&, const double*, const Poll&);
template RowMoments row_moments(const Points<float>&, const double*, const Poll&);
template RowMoments row_moments(const Points<double>&, const double*, const Poll&);

}  // namespace detail

template <class T>
Moments moments(const Points<T>& points, const Poll& poll) {
  const detail::FloatEnvironment environment;
  detail::check_finite(points);
  const detail::MetricTraits& metric = detail::traits(points.metric.distance);
  if (!metric.squared_euclidean || metric.normalized)
    throw std::invalid_argument(std::string("metric=") + metric.name + " must be euclidean here");
  const detail::RowMoments found = detail::row_moments(points, points.weights, poll);
  Rounded inertia = found.inertia.rounded();
  inertia.exponent += found.exponent;
  // The inertia, and the sum of the weights too, may be beyond the largest double.
  const double variance = detail::checked_inertia(detail::quotient(inertia, found.weight));
  return {{found.mean.begin(), found.mean.end()}, variance};
}

template Moments moments(const Points<std::uint8_t>&, const Poll&);
template Moments moments(const Points<float>&, const Poll&);
template Moments moments(const Points<double>&, const Poll&);

}  // namespace pykmeans
