// Sums of absolute differences; a center is the median of each column.
#include "../../../kernels/table.hpp"
#include "../../filter/l1.hpp"
#include "../../seeding/neighborhoods.hpp"
#include "../../silhouette/near_clusters.hpp"
#include "../../update/centers.hpp"
#include "../scaling.hpp"

namespace pykmeans::detail {

namespace {

constexpr MetricTraits make_row() {
  MetricTraits row;
  row.name = "manhattan";
  row.center_name = "median";
  row.numeric = all_features;
  row.summed = no_features;
  row.distance = []() -> const kernels::TypedDistances& { return kernels::pick().distances.absolute; };
  row.scaling = [](const Metric&, const ValueRange& range, std::size_t features) {
    return scaling_of_sums(range, features);
  };
  row.degree = 1;
  row.update = &medians;
  row.filter = &l1_filter;
  row.seeds = &l1_seeds;
  row.pairs = [] { return kernels::pick().pairs.absolute; };
  row.bound_means = bound_mean_norms;
  return row;
}

}  // namespace

extern const MetricTraits manhattan = make_row();

}  // namespace pykmeans::detail
