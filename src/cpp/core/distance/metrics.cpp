#include "metrics.hpp"

namespace pykmeans {

namespace detail {

namespace {

using kernels::Distances;

// In the order of Distance.
constexpr MetricTraits table[] = {
    {Distance::euclidean, "euclidean", Center::mean, &Distances::squared, Growth::square, Score::products,
     /*halved=*/false, /*rooted=*/true, /*all_algorithms=*/true},
    {Distance::manhattan, "manhattan", Center::median, &Distances::absolute, Growth::linear, Score::l1, false, false,
     false},
    {Distance::cosine, "cosine", Center::direction, &Distances::squared, Growth::square, Score::products, true, false,
     true},
    {Distance::hamming, "hamming", Center::mode, &Distances::mismatches, Growth::none, Score::mixed, false, false,
     false},
    {Distance::mixed, "mixed", Center::mean_or_mode, &Distances::squared, Growth::square, Score::mixed, false, false,
     false},
};

constexpr bool in_order() {
  std::size_t i = 0;
  for (const Distance distance : all_distances)
    if (table[i].distance != distance || static_cast<std::size_t>(distance) != i++) return false;
  return i == sizeof table / sizeof *table;
}
static_assert(in_order(), "traits() takes a distance for its place in the table");

}  // namespace

const MetricTraits& traits(Distance distance) {
  return table[static_cast<std::size_t>(distance)];
}

std::size_t numeric_features(const Metric& metric, std::size_t features) {
  const Center center = traits(metric.distance).center;
  if (center == Center::mode) return 0;
  return center == Center::mean_or_mode ? metric.n_numeric : features;
}

std::size_t summed_features(const Metric& metric, std::size_t features) {
  return traits(metric.distance).center == Center::median ? 0 : numeric_features(metric, features);
}

}  // namespace detail

const char* to_string(Distance distance) {
  return detail::traits(distance).name;
}

const char* center_name(Distance distance) {
  using detail::Center;
  switch (detail::traits(distance).center) {
    case Center::mean:
      return "mean";
    case Center::median:
      return "median";
    case Center::direction:
      return "direction";
    case Center::mode:
      return "mode";
    default:
      return "mean or mode";
  }
}

bool works_with(Algorithm algorithm, Distance distance) {
  return algorithm == Algorithm::automatic || algorithm == Algorithm::lloyd || detail::traits(distance).all_algorithms;
}

}  // namespace pykmeans
