// What the metrics have in common whose distance is the squared Euclidean one.
#pragma once

#include "../../../kernels/table.hpp"
#include "../../filter/codebook.hpp"
#include "../../seeding/neighborhoods.hpp"
#include "../scaling.hpp"

namespace pykmeans::detail {

/// All but the names, the center and the bounds of means.
constexpr MetricTraits squared_euclidean() {
  MetricTraits row;
  row.numeric = all_features;
  row.summed = all_features;
  row.distance = []() -> const kernels::TypedDistances& { return kernels::pick().distances.squared; };
  row.scaling = [](const Metric&, const ValueRange& range, std::size_t features) {
    return scaling_of_squares(range, features, /*scales_up=*/true);
  };
  row.degree = 2;
  row.squared_euclidean = true;
  row.filter = &product_filter;
  row.seeds = &square_seeds;
  row.pairs = [] { return kernels::pick().pairs.squared; };
  return row;
}

}  // namespace pykmeans::detail
