// Centers that are values of their members: medians and modes of each column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

enum class Statistic {
  median,  ///< the least value whose members at most as large have at least half of all the members' weight
  mode,    ///< the value of the largest weight, the least at a tie
};

template <class T>
class MediansModes : public Pooled {
 public:
  /// Of columns [first, n_features). `points` and what poll refers to must outlive it.
  MediansModes(const Points<T>& points, std::size_t n_clusters, std::size_t first, Statistic what, const Poll& poll);
  ~MediansModes();

  /// Move the centers of the clusters that have members of positive weight and whose members changed since the last
  /// call. @param labels (n_samples)  @param centers [in, out] (n_clusters, n_features)
  void move_centers(const std::int32_t* labels, double* centers);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace pykmeans::detail
