// Boxes ("boxes"): assigns whole regions at once. It goes down a tree of boxes with a list of the centers that
// may be the nearest of some point of the box, which grows shorter on the way; where one is left, all points of the box
// are its, and their sums move as one. Only points of leaves that keep several centers are looked at, by the exact
// distance's own arithmetic. (After D. Pelleg and A. Moore, 1999, and T. Kanungo et al., "An efficient k-means
// clustering algorithm", 2002; the proof of what may be left out is in kernels/boxes.inl.hpp.)
//
// Use when: one to three features, many more points than centers. Do not use when: few points. Cost: sorting the points
// once; then about as many boxes an iteration as the borders between clusters touch. Labels stay with the boxes until
// they are asked for.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../machine/large_array.hpp"
#include "../algorithm.hpp"
#include "box_tree.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

template <class T>
class Boxes final : public LabelAlgorithm<T> {
 public:
  /// `points` must outlive it.
  Boxes(const Points<T>& points, std::size_t n_clusters);

  /// Whether there are few enough features, and slots are numbered in 32 bits.
  static bool possible(const Points<T>& points);
  /// Whether sorting the points is repaid.
  static bool pays(const Points<T>& points, std::size_t n_clusters);

  /// What the tree and the labels of its slots take, while the rows are sorted.
  static std::size_t bytes(const Points<T>& points, std::size_t n_clusters);

  Needs needs() const override;
  /// Sort the points, unless another fit of them has done so.
  void prepare(const Pass& pass) override;
  bool begin(const Pass& pass) override;
  Tally run(const Pass& pass) override;
  void write_labels(std::int32_t* labels, const Poll& poll) override;
  bool keeps_labels(const ExactDistance& exact) const override { return tree_ && !forgotten_ && exact.scale() == 0; }
  Vector<WideSum> distance_sums(const double* centers, const ExactDistance& exact, std::size_t n_sums,
                                const Poll& poll) override;
  void label_changed(std::size_t) override { forgotten_ = true; }
  void forget() override { forgotten_ = true; }

 private:
  struct Worker;

  void list_centers(const double* centers);
  void read_labels(const std::int32_t* labels, const Poll& poll);
  template <class Use>
  void each_root(int threads, const Poll& poll, const Use& use);

  const Points<T>& points_;
  const std::size_t n_clusters_;
  const BoxTree<T>* tree_ = nullptr;  // once it is needed

  // The label of all points of a node; none_yet; or mixed, where the children, or the points of the leaf, have their
  // own. What lies below a node that is not mixed has no meaning.
  static constexpr std::int32_t none_yet = -1, mixed = -2;
  Vector<std::int32_t> node_label_;      // (nodes)
  LargeArray<std::int32_t> slot_label_;  // (slots)
  bool forgotten_ = false;               // the caller's labels count
  bool written_ = true;                  // the caller has these labels

  // Distinct centers: the first that has given values.
  std::size_t stride_ = 0;
  std::size_t n_distinct_ = 0;
  Vector<double> centers_;  // (features + 1, stride), see kernels::CenterList
};

}  // namespace pykmeans::detail
