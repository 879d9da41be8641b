// The algorithms, a row each: what "auto" and a fit must know to choose among them.
#pragma once

#include <cstddef>
#include <memory>

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

/// The row of an algorithm that remembers; nullptr for "lloyd" and "auto".
template <class T>
const AlgorithmRow<T>* row_of(Algorithm name);

/// What "auto" uses beside "lloyd": the first of those that pay and keep no more than `most_bytes`; nullptr for none.
template <class T>
const AlgorithmRow<T>* best_row(const Points<T>& points, std::size_t n_clusters, std::size_t most_bytes);

}  // namespace pykmeans::detail
