#include "stopping.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "distance/exact_distance.hpp"
#include "measure/moments.hpp"
#include "pykmeans/distinct_rows.hpp"
#include "pykmeans/workspace.hpp"

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
  const std::size_t d = numeric_features(points.metric, points.columns());
  if (d == 0) return {};
  const DistinctRows* const table = points.source->counted();
  const double* weights = table ? points.weights : nullptr;  // of the rows that the points stand for
  const std::size_t n = table ? table->rows.rows : points.rows();
  const RowMoments moments = row_moments(points, weights, poll);
  const Rounded inertia = moments.inertia.rounded();
  return scaled(inertia.fraction / static_cast<double>(n) / static_cast<double>(d),
                inertia.exponent + moments.exponent);
}

template Rounded mean_variance(const Points<std::uint8_t>&, const Poll&);
template Rounded mean_variance(const Points<float>&, const Poll&);
template Rounded mean_variance(const Points<double>&, const Poll&);

}  // namespace pykmeans::detail
