// Numbers as in euclidean, and gamma for each category that differs: k-prototypes.
#include "../../filter/mixed.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "../../../kernels/table.hpp"
#include "../../rows/check.hpp"
#include "../../seeding/neighborhoods.hpp"
#include "../../update/centers.hpp"
#include "../scaling.hpp"
#include "pykmeans/partial.hpp"

namespace pykmeans::detail {

namespace {

std::size_t numbers(const Metric& metric, std::size_t) {
  return metric.n_numeric;
}

void check(const Metric& metric, std::size_t features) {
  if (metric.n_numeric > features)
    throw std::invalid_argument("n_numeric=" + std::to_string(metric.n_numeric) +
                                " must be <= the columns of X: " + std::to_string(features));
  if (!(metric.gamma >= 0.0 && metric.gamma <= 1e200))
    throw std::invalid_argument("gamma=" + shown(metric.gamma) + " must be >= 0 and <= 1e200");
}

/// What squares of tiny differences lose is nothing beside categories: nothing is scaled up.
Scaling scaling(const Metric& metric, const ValueRange& range, std::size_t features) {
  Scaling scaling = scaling_of_squares(range, features, /*scales_up=*/false);
  scaling.mismatch = std::ldexp(metric.gamma, 2 * scaling.scale);
  if (scaling.mismatch > 0.0) {
    const int exponent = std::ilogb(scaling.mismatch);
    scaling.highest = 1 + std::max(scaling.highest, exponent + 1 + bits_of(features));
    scaling.lowest = std::max(std::min(scaling.lowest, exponent - 52), unit_of_doubles);
  }
  return scaling;
}

constexpr MetricTraits make_row() {
  MetricTraits row;
  row.name = "mixed";
  row.center_name = "mean or mode";
  row.numeric = numbers;
  row.summed = numbers;
  row.check = check;
  row.distance = []() -> const kernels::TypedDistances& { return kernels::pick().distances.squared; };
  row.categories = []() -> const kernels::TypedDistances& { return kernels::pick().distances.mismatches; };
  row.scaling = scaling;
  row.degree = 2;
  row.update = &means_and_modes;
  row.filter = &mixed_filter;
  row.seeds = &mixed_seeds;
  row.pairs = [] { return kernels::pick().pairs.squared; };
  return row;
}

}  // namespace

extern const MetricTraits mixed = make_row();

}  // namespace pykmeans::detail
