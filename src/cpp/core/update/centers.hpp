// The update step: each center becomes what the metric says is in the middle of its points.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "../distance/metrics.hpp"
#include "mean.hpp"
#include "medians_modes.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

template <class T>
class CenterUpdate {
 public:
  CenterUpdate(const Points<T>& points, std::size_t n_clusters, const Poll& poll)
      : points_(points), poll_(poll), summed_(points.layout.features - (points.layout.weighted ? 1 : 0)) {
    if (summed_ == points.columns()) return;
    const bool median = center() == Center::median;
    medians_modes_ = std::make_unique<MediansModes<T>>(points, n_clusters, summed_,
                                                       median ? Statistic::median : Statistic::mode, poll);
  }

  /// Where the labels of the points are, which are asked for only when they are needed.
  using Labels = std::function<const std::int32_t*()>;

  /// @param sums  of the labels; touched where they changed  @param centers [in, out] (n_clusters, n_features)
  void operator()(const Partial& sums, const Labels& labels, double* centers) {
    const std::size_t d = points_.columns();
    if (center() == Center::direction)
      move_to_directions(sums, points_.source->has_single_centers(), d, centers, points_.n_threads, poll_);
    else if (summed_ != 0)
      move_to_means(sums, points_.source->has_single_centers(), summed_, d, centers, points_.n_threads, poll_);
    if (medians_modes_) medians_modes_->move_centers(labels(), centers);
  }

 private:
  Center center() const { return traits(points_.metric.distance).center; }

  const Points<T>& points_;
  const Poll& poll_;
  const std::size_t summed_;
  std::unique_ptr<MediansModes<T>> medians_modes_;
};

}  // namespace pykmeans::detail
