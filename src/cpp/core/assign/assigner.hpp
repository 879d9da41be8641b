// Assigner: gives every row the label of its nearest center, by the referee's word. This one looks at every center for
// every row ("lloyd"): a float32 dot-product filter decides nearly all rows, the referee the rest among the few centers
// that the filter leaves.
//
// Use when: always right; no memory beyond a tile and the packed centers. Cost: n k d multiply-adds an iteration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../referee.hpp"
#include "codebook.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

template <class T>
class Assigner {
 public:
  /// `points` and what poll refers to must outlive it.
  Assigner(const Points<T>& points, std::size_t n_clusters, const Poll& poll);

  /// Label all rows. Where `sums` is given, rows of positive weight whose label changed move there from the old label's
  /// cluster (none where it is negative) to the new one's.
  /// @param centers (n_clusters, n_features)  @param labels [in, out] (n_samples)  @return rows of positive weight
  /// whose label changed
  std::size_t assign(const double* centers, const Referee& referee, std::int32_t* labels, Partial* sums);

 private:
  struct Pass;
  struct Labeller;
  template <class Float>
  struct Worker;

  std::size_t by_referee(const Pass& pass);
  template <class Float>
  std::size_t by_filter(const Pass& pass, const kernels::FilterKernels<Float>& kernels);
  void merge_sums(Partial* sums, int threads);

  const Points<T>& points_;
  const std::size_t n_clusters_;
  const Poll& poll_;
  std::vector<Partial> private_sums_;  // of workers 1, 2, ...; worker 0 adds to the caller's
  bool use_double_ = false;            // float32 could not tell the centers apart
};

}  // namespace pykmeans::detail
