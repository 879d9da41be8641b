// Half the squared Euclidean distance of rows and centers of length 1.
#include "../../silhouette/near_clusters.hpp"
#include "../../update/centers.hpp"
#include "squared_euclidean.hpp"

namespace pykmeans::detail {

namespace {

constexpr MetricTraits make_row() {
  MetricTraits row = squared_euclidean();
  row.name = "cosine";
  row.center_name = "direction";
  row.halved = true;
  row.normalized = true;
  row.update = &directions;
  row.bound_means = bound_mean_squares;
  return row;
}

}  // namespace

extern const MetricTraits cosine = make_row();

}  // namespace pykmeans::detail
