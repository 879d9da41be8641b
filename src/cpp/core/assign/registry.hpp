// The algorithms, a row each: what "auto" and a fit must know to choose among them.
#pragma once

#include <cstddef>
#include <memory>

#include "../machine/memory_limit.hpp"
#include "algorithm.hpp"
#include "pykmeans/options.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

template <class T>
struct AlgorithmRow {
  Algorithm name;
  /// Whether it can work on the points.
  bool (*possible)(const Points<T>& points);
  /// Whether it is faster than "lloyd", and possible.
  bool (*pays)(const Points<T>& points, std::size_t n_clusters);
  /// Bytes that it keeps for a fit of them, beside what "lloyd" keeps.
  std::size_t (*bytes)(const Points<T>& points, std::size_t n_clusters);
  /// `points` must outlive what is made.
  std::unique_ptr<LabelAlgorithm<T>> (*make)(const Points<T>& points, std::size_t n_clusters);
};

/// Bytes that "lloyd" cannot do without: sums, centers and packed centers.
template <class T>
std::size_t least_bytes(const Points<T>& points, std::size_t n_clusters);

/// The algorithm that a fit uses beside "lloyd": the one that is asked for, or for "auto" the first that pays; nullptr
/// where it cannot work on the points, or keeps more than the limit allows.
template <class T>
const AlgorithmRow<T>* choose(const Points<T>& points, std::size_t n_clusters, Algorithm asked,
                              const MemoryLimit& limit);

}  // namespace pykmeans::detail
