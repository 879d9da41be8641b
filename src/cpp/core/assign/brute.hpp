// BruteAssigner ("lloyd"): looks at every center for every row. A float32 dot-product filter decides nearly all rows,
// the referee the rest among the few centers that the filter leaves.
//
// Use when: always right; no memory beyond a tile and the packed centers. Cost: n k d multiply-adds an iteration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "codebook.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"
#include "way.hpp"

namespace pykmeans::detail {

template <class T>
class BruteAssigner final : public Way<T> {
 public:
  /// `points` and what poll refers to must outlive it.
  BruteAssigner(const Points<T>& points, std::size_t n_clusters, const Poll& poll);

  std::size_t assign(const Assignment& pass) override;

 private:
  template <class Float>
  struct Worker;

  std::size_t by_referee(const Assignment& pass);
  template <class Float>
  std::size_t by_filter(const Assignment& pass, const kernels::FilterKernels<Float>& kernels);

  const Points<T>& points_;
  const std::size_t n_clusters_;
  const Poll& poll_;
  bool use_double_ = false;  // float32 could not tell the centers apart
};

}  // namespace pykmeans::detail
