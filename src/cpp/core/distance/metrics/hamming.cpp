// How many categories differ; a center has the most frequent value of each column.
#include "../../../kernels/table.hpp"
#include "../../filter/mixed.hpp"
#include "../../seeding/neighborhoods.hpp"
#include "../../update/centers.hpp"
#include "../scaling.hpp"

namespace pykmeans::detail {

namespace {

constexpr MetricTraits make_row() {
  MetricTraits row;
  row.name = "hamming";
  row.center_name = "mode";
  row.numeric = no_features;
  row.summed = no_features;
  row.distance = []() -> const kernels::TypedDistances& { return kernels::pick().distances.mismatches; };
  row.scaling = [](const Metric&, const ValueRange&, std::size_t features) {
    Scaling scaling;
    scaling.highest = bits_of(features);
    return scaling;
  };
  row.update = &means_and_modes;
  row.filter = &count_filter;
  row.seeds = &count_seeds;
  row.pairs = [] { return kernels::pick().pairs.squared; };  // which counts categories, too, and there are no others
  return row;
}

}  // namespace

extern const MetricTraits hamming = make_row();

}  // namespace pykmeans::detail
