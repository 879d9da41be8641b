// What the public functions of metric.hpp say of a metric.
#include "metrics.hpp"
#include "pykmeans/metric.hpp"

namespace pykmeans {

namespace {

/// The numbers among two features, one of which would be a number where the caller says so.
std::size_t numbers_of_two(Distance distance) {
  Metric metric;
  metric.distance = distance;
  metric.n_numeric = 1;
  return detail::numeric_features(metric, 2);
}

}  // namespace

const char* to_string(Distance distance) {
  return detail::traits(distance).name;
}

const char* center_name(Distance distance) {
  return detail::traits(distance).center_name;
}

bool has_numbers(Distance distance) {
  return numbers_of_two(distance) != 0;
}

bool has_categories(Distance distance) {
  return numbers_of_two(distance) != 2;
}

bool normalizes(Distance distance) {
  return detail::traits(distance).normalized;
}

bool works_with(Algorithm algorithm, Distance distance) {
  return algorithm == Algorithm::automatic || algorithm == Algorithm::lloyd ||
         detail::traits(distance).squared_euclidean;
}

bool works_with(Refine refine, Distance distance) {
  const detail::MetricTraits& row = detail::traits(distance);
  return refine == Refine::none || (row.squared_euclidean && (refine != Refine::moves || !row.normalized));
}

}  // namespace pykmeans
