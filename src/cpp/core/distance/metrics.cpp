#include "metrics.hpp"

namespace pykmeans {

namespace detail {

// A file of metrics/ each.
extern const MetricTraits euclidean, manhattan, cosine, hamming, mixed;

namespace {

struct Entry {
  Distance distance;
  const MetricTraits& traits;
};

// In the order of Distance.
constexpr Entry table[] = {
    {Distance::euclidean, euclidean},  //
    {Distance::manhattan, manhattan},  //
    {Distance::cosine, cosine},        //
    {Distance::hamming, hamming},      //
    {Distance::mixed, mixed},
};

constexpr bool in_order() {
  std::size_t i = 0;
  for (const Distance distance : all_distances)
    if (table[i].distance != distance || static_cast<std::size_t>(distance) != i++) return false;
  return i == sizeof table / sizeof *table;
}
static_assert(in_order(), "traits() takes a distance for its place in the table");

/// The numbers among two features, one of which would be a number where the caller says so.
std::size_t numbers_of_two(Distance distance) {
  Metric metric;
  metric.distance = distance;
  metric.n_numeric = 1;
  return numeric_features(metric, 2);
}

}  // namespace

const MetricTraits& traits(Distance distance) {
  return table[static_cast<std::size_t>(distance)].traits;
}

}  // namespace detail

const char* to_string(Distance distance) {
  return detail::traits(distance).name;
}

const char* center_name(Distance distance) {
  return detail::traits(distance).center_name;
}

bool has_numbers(Distance distance) {
  return detail::numbers_of_two(distance) != 0;
}

bool has_categories(Distance distance) {
  return detail::numbers_of_two(distance) != 2;
}

bool normalizes(Distance distance) {
  return detail::traits(distance).normalized;
}

bool works_with(Algorithm algorithm, Distance distance) {
  return algorithm == Algorithm::automatic || algorithm == Algorithm::lloyd ||
         detail::traits(distance).squared_euclidean;
}

}  // namespace pykmeans
