#include "mixed.hpp"

#include <cmath>

#include "../../kernels/table.hpp"
#include "codebook.hpp"
#include "filter_frame.hpp"

namespace pykmeans::detail {

namespace {

template <class Float>
const kernels::ScoreKernels<Float>& mixed_scores(const kernels::FilterKernels<Float>& all) {
  return all.mixed;
}

template <class Float>
FilterError<Float> error_of_mixed(const FilterFrame& frame, const double*, std::size_t, int distance_scale) {
  FilterError<Float> error(frame.numbers(), frame.exponent, distance_scale);
  error.tau += error.epsilon * frame.mismatch * static_cast<double>(frame.categories()) +
               std::ldexp(static_cast<double>(frame.numbers()) + 2.0, -1074 - 2 * frame.exponent);
  return error;
}

void fit_frame(const Metric& metric, FilterFrame& frame) {
  frame.mismatch = std::ldexp(0.5 * metric.gamma, -2 * frame.exponent);
}

/// Scores are exact: equal ones are decided.
template <class Float>
FilterError<Float> error_of_counts(const FilterFrame&, const double*, std::size_t, int) {
  FilterError<Float> error;
  error.tau = -0.25;
  return error;
}

template <class Float>
constexpr ScoreFilter<Float> mixed = {mixed_scores<Float>, error_of_mixed<Float>, pack_center<Float>,
                                      row_errors_of_products<Float>};
template <class Float>
constexpr ScoreFilter<Float> counts = {mixed_scores<Float>, error_of_counts<Float>, pack_center<Float>,
                                       row_errors_of_products<Float>};

}  // namespace

extern const LloydFilter mixed_filter = {mixed<float>, mixed<double>, /*scales=*/false, /*seeks_grid=*/false,
                                         fit_frame};
extern const LloydFilter count_filter = {counts<float>, counts<double>, /*scales=*/false, /*seeks_grid=*/false,
                                         /*fit_frame=*/nullptr};

}  // namespace pykmeans::detail
