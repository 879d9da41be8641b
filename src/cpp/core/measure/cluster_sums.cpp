#include "cluster_sums.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "../rows/row_block.hpp"
#include "distance_sums.hpp"

namespace pykmeans::detail {

double checked_inertia(double inertia) {
  if (!(inertia <= std::numeric_limits<double>::max()))
    throw std::invalid_argument(
        "the inertia of X is beyond the largest float64 (1.8e308); scale X or sample_weight down");
  return inertia;
}

double inertia_of(const Vector<WideSum>& sums, const ExactDistance& exact, double* cluster_inertia) {
  WideSum total;
  for (std::size_t c = 0; c < sums.size(); ++c) {
    total.add(sums[c]);
    if (cluster_inertia) cluster_inertia[c] = sums[c].to_double(exact.exponent());
  }
  return checked_inertia(total.to_double(exact.exponent()));
}

template <class T>
Vector<WideSum> cluster_sums(const Points<T>& points, const double* weights, const double* centers, std::size_t n_sums,
                             const std::int32_t* labels, const ExactDistance& exact, const Poll& poll) {
  const std::size_t d = points.columns();
  const PassPlan plan(points, 4 * (d + 4), d + 4, some_slots(d));  // a term takes as long as four of a filter
  SharedDistanceSums sums(exact, weights, points.rows(), n_sums, plan.threads);
  for_each_block(*points.source, weights, plan, poll, [&](const RowBlock<T>& block, int worker) {
    constexpr std::size_t at_once = 512;
    double distances[at_once];
    for (std::size_t begin = 0; begin < block.count; begin += at_once) {
      const RowBlock<T> part = block.part(begin, std::min(block.count, begin + at_once));
      const std::int32_t* of_rows = labels ? labels + part.first : nullptr;
      part.in_views([&](std::size_t i, const MatrixView<T>& view) {
        exact.to_labels(view, centers, of_rows ? of_rows + i : nullptr, distances + i);
      });
      sums.of(worker).add(distances, part.weights, n_sums == 1 ? nullptr : of_rows, part.count);
    }
  });
  return sums.finish();
}

template Vector<WideSum> cluster_sums(const Points<std::uint8_t>&, const double*, const double*, std::size_t,
                                      const std::int32_t*, const ExactDistance&, const Poll&);
template Vector<WideSum> cluster_sums(const Points<float>&, const double*, const double*, std::size_t,
                                      const std::int32_t*, const ExactDistance&, const Poll&);
template Vector<WideSum> cluster_sums(const Points<double>&, const double*, const double*, std::size_t,
                                      const std::int32_t*, const ExactDistance&, const Poll&);

}  // namespace pykmeans::detail
