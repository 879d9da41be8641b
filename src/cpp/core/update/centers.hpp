// The update step: each center becomes what the metric says is in the middle of its points.
#pragma once

#include <cstdint>
#include <functional>

#include "../distance/metrics.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// Of a fit; what it remembers of one step helps the next.
template <class T>
class CenterUpdate : public Pooled {
 public:
  virtual ~CenterUpdate() = default;

  /// Where the labels of the points are, which are asked for only when they are needed.
  using Labels = std::function<const std::int32_t*()>;

  /// @param sums  of the labels; touched where they changed  @param centers [in, out] (n_clusters, n_features)
  virtual void move(const Partial& sums, const Labels& labels, double* centers) = 0;
};

/// Means of the summed features, and modes of the others.
extern const CenterUpdates means_and_modes;

/// Medians of all features.
extern const CenterUpdates medians;

/// Directions of the sums of normalized rows.
extern const CenterUpdates directions;

}  // namespace pykmeans::detail
