#include "stopping.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "distance/exact_distance.hpp"
#include "machine/parallel.hpp"
#include "measure/cluster_sums.hpp"
#include "pykmeans/distinct_rows.hpp"
#include "pykmeans/workspace.hpp"
#include "rows/row_block.hpp"
#include "update/mean.hpp"

namespace pykmeans::detail {

bool at_most(const Rounded& a, const Rounded& b) {
  if (a.fraction == 0.0 || b.fraction == 0.0) return a.fraction == 0.0;
  return a.exponent != b.exponent ? a.exponent < b.exponent : a.fraction <= b.fraction;
}

namespace {

Rounded scaled(double value, int exponent) {
  int shift = 0;
  const double fraction = std::frexp(value, &shift);
  return {fraction, shift + exponent};
}

}  // namespace

Rounded times(double factor, const Rounded& value) {
  int shift = 0;
  const double fraction = std::frexp(factor * value.fraction, &shift);
  return {fraction, value.exponent + shift};
}

Movement movement(const Vector<double>& from, const Vector<double>& to, const ValueRange& range, std::size_t features,
                  std::size_t numeric) {
  const ExactDistance exact(Metric{}, range, numeric);
  Movement moved;
  double shift = 0.0;
  for (std::size_t i = 0; i < from.size(); i += features) {
    const double *before = from.data() + i, *after = to.data() + i;
    if (numeric != 0) shift += exact(before, after);
    if (!std::equal(before + numeric, before + features, after + numeric)) moved.categories = true;
  }
  moved.shift = scaled(shift, exact.exponent());
  return moved;
}

template <class T>
Rounded mean_variance(const Points<T>& points, const Poll& poll) {
  const std::size_t d = points.plain_layout.features;
  const DistinctRows* const table = points.source->counted();
  const double* weights = table ? points.weights : nullptr;  // of the rows that the points stand for
  if (d == 0) return {};
  const PassPlan plan(points, d, d * 4);
  Vector<Partial> sums(static_cast<std::size_t>(plan.threads),
                       Partial(weights ? points.layout : points.plain_layout, 1));
  for_each_block(*points.source, weights, plan, poll, [&](const RowBlock<T>& block, int worker) {
    Partial& mine = sums[static_cast<std::size_t>(worker)];
    for (std::size_t i = 0; i < block.count; ++i) mine.add(0, block.row(i), block.weight(i));
  });
  for (std::size_t w = 1; w < sums.size(); ++w) sums[0].merge(0, sums[w]);
  Vector<double> mean(d);
  for (std::size_t q = 0; q < d; ++q) mean[q] = quotient(sums[0].sum(0, q), sums[0].weight(0));
  const ExactDistance exact(Metric{}, merged(points.range, range_of(mean.data(), d)), d);
  Rounded variance = cluster_sums(points, weights, mean.data(), 1, nullptr, exact, poll)[0].rounded();
  const std::size_t n_meant = table ? table->rows.rows : points.rows();
  variance.fraction = variance.fraction / static_cast<double>(n_meant) / static_cast<double>(d);
  int shift = 0;
  variance.fraction = std::frexp(variance.fraction, &shift);
  variance.exponent += shift + exact.exponent();
  return variance;
}

template Rounded mean_variance(const Points<std::uint8_t>&, const Poll&);
template Rounded mean_variance(const Points<float>&, const Poll&);
template Rounded mean_variance(const Points<double>&, const Poll&);

}  // namespace pykmeans::detail
