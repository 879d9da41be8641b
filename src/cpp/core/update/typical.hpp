// Centers that are values of their members: medians and modes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "pykmeans/points.hpp"

namespace pykmeans::detail {

enum class Typical {
  median,  // the least value that half of the weight does not exceed
  mode,    // the value of the largest weight, the least at a tie
};

template <class T>
class TypicalValues {
 public:
  /// Of the columns from `first` on. `points` and what poll refers to must outlive it.
  TypicalValues(const Points<T>& points, std::size_t n_clusters, std::size_t first, Typical what, const Poll& poll);

  /// Move the centers of clusters that have rows of positive weight.
  /// @param labels (n_samples)  @param centers [in, out] (n_clusters, n_features)
  void move_centers(const std::int32_t* labels, double* centers);

 private:
  const Points<T>& points_;
  const std::size_t n_clusters_, first_;
  const Typical what_;
  const Poll& poll_;
};

}  // namespace pykmeans::detail
