#include "box_tree.hpp"

#include <algorithm>
#include <type_traits>

#include "../../../kernels/table.hpp"
#include "../../machine/parallel.hpp"

namespace pykmeans::detail {

namespace {

template <class T>
BoxOrder<T> in_order(const Points<T>& points, const Poll& poll) {
  if constexpr (std::is_same_v<T, std::uint8_t>)
    if (!points.weights && colors_pay(points)) return order_of_colors(points, poll);
  return order_by_grid(points, poll);
}

}  // namespace

template <class T>
BoxTree<T>::BoxTree(const Points<T>& points, const Poll& poll)
    : features_(points.columns()), layout_(points.layout), order_(in_order(points, poll)) {
  make_levels();
  boxes_.resize(nodes());
  sums_ = Partial(layout_, nodes());
  if (weighted()) gather_weights(points, poll);
  const std::size_t top = levels() - 1, n_leaves = count(0);
  const int threads = useful_threads(points.n_threads, {points.rows(), features_, 4});
  parallel_blocks(count(top), threads, poll, [&](std::size_t root, int) {
    for (std::size_t i = root << top; i < std::min((root + 1) << top, n_leaves); ++i) finish_leaf(i);
    for (std::size_t level = 1; level <= top; ++level)
      for (std::size_t i = root << (top - level); i < std::min((root + 1) << (top - level), count(level)); ++i)
        finish_node({level, i});
  });
}

/// As many levels as leave work to share out.
template <class T>
void BoxTree<T>::make_levels() {
  constexpr std::size_t fewest_roots = 64, most_leaves_of_root = 128;
  first_ = {0, order_.leaves.size()};
  std::size_t width = order_.leaves.size(), leaves_of_node = 1;
  while (width > fewest_roots && leaves_of_node < most_leaves_of_root) {
    width = (width + 1) / 2;
    leaves_of_node *= 2;
    first_.push_back(first_.back() + width);
  }
}

template <class T>
void BoxTree<T>::gather_weights(const Points<T>& points, const Poll& poll) {
  weights_ = LargeArray<double>(slots());
  const Blocks blocks(points.rows(), 16);
  parallel_blocks(blocks.count(), useful_threads(points.n_threads, {points.rows(), 4}), poll,
                  [&](std::size_t block, int) {
                    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i)
                      weights_[order_.slot[i]] = points.weights[i];
                  });
}

template <class T>
void BoxTree<T>::finish_leaf(std::size_t index) {
  const Leaf& leaf = order_.leaves[index];
  const Stored* values = columns(leaf);
  const std::size_t width = padded(leaf.count);
  Box& box = boxes_[index];
  for (std::size_t q = 0; q < features_; ++q) {
    Stored low, high;
    kernels::pick().grid(Stored()).extremes[0](values + q * width, width, &low, &high);  // padded with the first point
    box.low[q] = static_cast<double>(low);
    box.high[q] = static_cast<double>(high);
  }
  if (!shared() && !weighted()) {
    sums_.add_columns(index, values, width, leaf.count);
  } else {
    for (std::size_t i = 0; i < leaf.count; ++i) {
      Stored row[max_box_features];
      for (std::size_t q = 0; q < features_; ++q) row[q] = values[q * width + i];
      if (shared())
        sums_.add_copies(index, row, copies(leaf.begin + i));
      else if (weight(leaf.begin + i) > 0.0)
        sums_.add(index, row, weight(leaf.begin + i));
    }
  }
  sums_.carry(index);
}

template <class T>
void BoxTree<T>::finish_node(const BoxNode& node) {
  const std::size_t at = number(node);
  for (std::size_t child = 2 * node.index; child < std::min(2 * node.index + 2, count(node.level - 1)); ++child) {
    const std::size_t from = number({node.level - 1, child});
    if (child == 2 * node.index) boxes_[at] = boxes_[from];
    for (std::size_t q = 0; q < features_; ++q) {
      boxes_[at].low[q] = std::min(boxes_[at].low[q], boxes_[from].low[q]);
      boxes_[at].high[q] = std::max(boxes_[at].high[q], boxes_[from].high[q]);
    }
    sums_.add(at, sums_, from);
  }
  sums_.carry(at);
}

template class BoxTree<std::uint8_t>;
template class BoxTree<float>;
template class BoxTree<double>;

}  // namespace pykmeans::detail
