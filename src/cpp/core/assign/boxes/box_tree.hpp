// BoxTree: points in leaves of neighbors, a tight box around each leaf and around each pair of boxes, and the exact
// sums of what each box holds. It depends on the points alone, so that all fits of them share it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "box_order.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// Most features of points in boxes: in more dimensions too many centers may win in a box.
constexpr std::size_t max_box_features = 3;

/// Node `index` of level `level`; level 0 are the leaves, and nodes 2 i and 2 i + 1 (if there is one) below are the
/// children of node i.
struct BoxNode {
  std::size_t level = 0;
  std::size_t index = 0;
};

template <class T>
class BoxTree : public Pooled {
 public:
  using Stored = typename BoxOrder<T>::Stored;
  using Leaf = typename BoxOrder<T>::Leaf;

  struct Box {
    double low[max_box_features], high[max_box_features];
  };

  BoxTree(const Points<T>& points, const Poll& poll);

  std::size_t features() const { return features_; }
  std::size_t slots() const { return order_.slots; }
  /// (n_samples) the slot of each row.
  const std::uint32_t* slot_of_row() const { return order_.slot.data(); }

  /// The nodes of the last level are the roots of trees of their own, each about a millisecond's work.
  std::size_t levels() const { return first_.size() - 1; }
  std::size_t count(std::size_t level) const { return first_[level + 1] - first_[level]; }
  /// The place of a node among all nodes.
  std::size_t number(const BoxNode& node) const { return first_[node.level] + node.index; }
  std::size_t nodes() const { return first_.back(); }

  const Box& box(const BoxNode& node) const { return boxes_[number(node)]; }
  /// Sums of the points of each node, as "clusters" in the order of number(), carried.
  const Partial& sums() const { return sums_; }

  const Leaf& leaf(std::size_t index) const { return order_.leaves[index]; }
  static std::size_t padded(std::size_t count) { return BoxOrder<T>::padded(count); }
  /// (features, padded count) of a leaf.
  const Stored* columns(const Leaf& leaf) const { return order_.columns.data() + leaf.begin * features_; }

  /// Rows that share a slot, all of weight one, where slots are shared.
  bool shared() const { return order_.copies.size() != 0; }
  const std::uint32_t* copies() const { return order_.copies.data(); }
  std::uint32_t copies(std::size_t slot) const { return shared() ? order_.copies[slot] : 1; }
  bool weighted() const { return layout_.weighted; }
  const double* weights() const { return weights_.data(); }
  double weight(std::size_t slot) const { return weighted() ? weights_[slot] : 1.0; }

 private:
  void make_levels();
  void gather_weights(const Points<T>& points, const Poll& poll);
  void finish_leaf(std::size_t index);
  void finish_node(const BoxNode& node);

  std::size_t features_;
  SumLayout layout_;  // of its own: the Points need not live as long
  BoxOrder<T> order_;
  LargeArray<double> weights_;  // (slots), or empty
  Vector<std::size_t> first_;   // (levels + 1) number of each level's first node
  Vector<Box> boxes_;           // (nodes)
  Partial sums_;                // (nodes)
};

}  // namespace pykmeans::detail
