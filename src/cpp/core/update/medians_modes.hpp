// Centers that are values of their members: the median or the mode of each column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "code_counts.hpp"
#include "label_changes.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"
#include "statistic.hpp"

namespace pykmeans::detail {

template <class T>
class MediansModes : public Pooled {
 public:
  /// Of columns [first, n_features). `points` and what poll refers to must outlive it.
  MediansModes(const Points<T>& points, std::size_t n_clusters, std::size_t first, Statistic what, const Poll& poll);

  /// Move the centers of the clusters that have members of positive weight and whose members changed since the last
  /// call. @param labels (n_samples)  @param centers [in, out] (n_clusters, n_features)
  void move_centers(const std::int32_t* labels, double* centers);

 private:
  void follow(const Moves& moves);

  const Points<T>& points_;
  const Statistic what_;
  const Poll& poll_;
  LabelMemory<T> memory_;
  Vector<std::size_t> sizes_;              // (n_clusters) members of positive weight
  Vector<std::uint8_t> touched_;           // (n_clusters)
  std::unique_ptr<CodeCounts<T>> counts_;  // null where nothing is counted
  Vector<std::size_t> sorted_;             // columns that are not counted
};

}  // namespace pykmeans::detail
