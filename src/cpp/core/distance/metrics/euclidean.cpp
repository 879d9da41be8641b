// Squared Euclidean distances; a center is the mean.
#include "../../silhouette/near_clusters.hpp"
#include "../../update/centers.hpp"
#include "squared_euclidean.hpp"

namespace pykmeans::detail {

namespace {

constexpr MetricTraits make_row() {
  MetricTraits row = squared_euclidean();
  row.name = "euclidean";
  row.center_name = "mean";
  row.rooted = true;
  row.update = &means_and_modes;
  row.bound_means = bound_mean_roots;
  return row;
}

}  // namespace

extern const MetricTraits euclidean = make_row();

}  // namespace pykmeans::detail
