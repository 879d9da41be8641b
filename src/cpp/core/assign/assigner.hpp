// Assigner: carries out the passes of a fit. It chooses an algorithm for each, and keeps the sums of the clusters in
// step with the labels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "../distance/exact_distance.hpp"
#include "../exact/wide_sum.hpp"
#include "../machine/memory_limit.hpp"
#include "algorithm.hpp"
#include "bounds/full_int8.hpp"
#include "lloyd/lloyd.hpp"
#include "policy.hpp"
#include "pykmeans/options.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"
#include "registry.hpp"
#include "thread_sums.hpp"

namespace pykmeans::detail {

template <class T>
class Assigner {
 public:
  /// `points`, `labels` (n_samples), all of which are written, and what poll refers to must outlive it.
  /// @param algorithm  one that cannot work on these points is replaced by "lloyd"
  /// @param limit  one that would keep more is replaced by "lloyd", too
  Assigner(const Points<T>& points, std::size_t n_clusters, Algorithm algorithm, std::int32_t* labels, const Poll& poll,
           const MemoryLimit& limit = MemoryLimit());

  /// Label all rows. @param sums  of the labels, or nullptr  @return rows of positive weight whose label changed
  std::size_t assign(const double* centers, const ExactDistance& exact, Partial* sums);

  /// The labels. They may be kept elsewhere until they are asked for here.
  std::int32_t* labels() {
    if (pruned_) pruned_->write_labels(labels_, poll_);
    return labels_;
  }

  /// Exact sums of the distances of all rows to the centers of their labels, in the unit of the exact distance.
  /// @param n_sums  the number of clusters, or 1 for the sum over all clusters
  Vector<WideSum> distance_sums(const double* centers, const ExactDistance& exact, std::size_t n_sums);

  /// Somebody else changed the label of a row in what labels() returned.
  void label_changed(std::size_t row) {
    if (pruned_) pruned_->label_changed(row);
  }

  /// The algorithm of the last call.
  Algorithm used() const { return used_; }

 private:
  void forget_labels();
  bool begin_pruned(const Pass& pass);
  LabelAlgorithm<T>& begin_full(const Pass& pass);

  const Points<T>& points_;
  const std::size_t n_clusters_;
  std::int32_t* const labels_;
  const Poll& poll_;
  ThreadSums sums_;
  // An algorithm that remembers, where one may pay.
  const AlgorithmRow<T>* const row_;
  const std::unique_ptr<LabelAlgorithm<T>> pruned_;
  // Every center for every row: in float32, and in 8-bit integers where they may be faster.
  Lloyd<T> lloyd_;
  std::unique_ptr<FullInt8<T>> full_int8_;
  PassPolicy policy_;
  Algorithm used_ = Algorithm::lloyd;
};

}  // namespace pykmeans::detail
