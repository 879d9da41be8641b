#include "boxes.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "../../../kernels/table.hpp"
#include "../../filter/distinct_centers.hpp"
#include "../../machine/parallel.hpp"
#include "../../measure/distance_sums.hpp"
#include "../../rows/shared_work.hpp"
#include "../thresholds.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

static_assert(max_box_features == kernels::max_box_features, "one limit");

template <class T>
Boxes<T>::Boxes(const Points<T>& points, std::size_t n_clusters) : points_(points), n_clusters_(n_clusters) {}

template <class T>
bool Boxes<T>::possible(const Points<T>& points) {
  return points.columns() <= max_box_features && points.rows() <= std::numeric_limits<std::uint32_t>::max() / 2;
}

template <class T>
bool Boxes<T>::pays(const Points<T>& points, std::size_t n_clusters) {
  return possible(points) && points.rows() >= thresholds::boxes_fewest_rows && n_clusters > 1;
}

template <class T>
std::size_t Boxes<T>::bytes(const Points<T>& points, std::size_t n_clusters) {
  using Stored = typename BoxTree<T>::Stored;
  // Coordinates, weights, the label and the slot of a row, about a byte for boxes and sums, and 6 while sorting.
  const std::size_t row = points.columns() * sizeof(Stored) + (points.weights ? sizeof(double) : 0) + 2 * 4 + 1 + 6;
  // Each thread keeps the centers that are left for the boxes it is in: one of each size.
  std::size_t levels = 1;
  for (std::size_t leaves = points.rows() / leaf_points; leaves > 1; leaves = (leaves + 1) / 2) ++levels;
  const std::size_t lists = n_clusters * levels * (points.columns() + 1) * sizeof(double);
  return points.rows() * row + static_cast<std::size_t>(points.n_threads) * lists;
}

template <class T>
Needs Boxes<T>::needs() const {
  Needs needs;
  needs.all_rows = true;
  return needs;
}

/// What a thread needs to go down the tree.
template <class T>
struct Boxes<T>::Worker {
  using Stored = typename BoxTree<T>::Stored;

  Boxes& shared;
  const BoxTree<T>& tree;
  Partial* sums;  // or nullptr
  Tally tally;
  Vector<double> kept;  // a list for each level
  Vector<double> distances;
  const kernels::BoxKernels& kernels = kernels::pick().boxes;
  std::int32_t nearest[leaf_points] = {};
  std::uint32_t differ[leaf_points] = {};

  Worker(Boxes& assigner, Partial* moved_sums)
      : shared(assigner),
        tree(*assigner.tree_),
        sums(moved_sums),
        kept(tree.levels() * (tree.features() + 1) * assigner.stride_),
        distances(assigner.stride_) {}

  std::int32_t& label(const BoxNode& node) { return shared.node_label_[tree.number(node)]; }
  std::int32_t* labels(const typename BoxTree<T>::Leaf& leaf) { return shared.slot_label_.data() + leaf.begin; }

  template <class Use>
  void each_child(const BoxNode& node, const Use& use) {
    const std::size_t first = 2 * node.index, count = tree.count(node.level - 1);
    use(BoxNode{node.level - 1, first});
    if (first + 1 < count) use(BoxNode{node.level - 1, first + 1});
  }

  void visit(const BoxNode& node, const kernels::CenterList& above) {
    double* centers = kept.data() + node.level * (tree.features() + 1) * shared.stride_;
    const typename BoxTree<T>::Box& box = tree.box(node);
    const std::size_t count =
        kernels.candidates[tree.features() - 1]({box.low, box.high, above, distances.data()}, centers);
    const kernels::CenterList list{centers, count, shared.stride_};
    if (count == 1) {
      give(node, static_cast<std::int32_t>(centers[tree.features() * shared.stride_]));
    } else if (node.level == 0) {
      look_at(node, list);
    } else {
      const std::int32_t old = std::exchange(label(node), mixed);
      bool alike = true;
      std::int32_t last = none_yet;
      each_child(node, [&](const BoxNode& child) {
        if (old != mixed) label(child) = old;
        visit(child, list);
        alike = alike && (last == none_yet || label(child) == last);
        last = label(child);
      });
      if (alike) label(node) = last;
    }
  }

  /// All points of the node to one cluster.
  void give(const BoxNode& node, std::int32_t cluster) {
    const std::int32_t old = std::exchange(label(node), cluster);
    if (old == cluster) return;
    if (old != mixed) {
      move(tree.number(node), old, cluster);
    } else if (node.level > 0) {
      each_child(node, [&](const BoxNode& child) { give(child, cluster); });
    } else {
      const auto& leaf = tree.leaf(node.index);
      for (std::size_t i = 0; i < leaf.count; ++i) relabel(leaf, i, cluster);
    }
  }

  void move(std::size_t number, std::int32_t from, std::int32_t to) {
    const Partial& all = tree.sums();
    tally.changed += static_cast<std::size_t>(all.count(number));
    if (!sums || all.count(number) == 0) return;
    if (from >= 0) sums->subtract(static_cast<std::size_t>(from), all, number);
    sums->add(static_cast<std::size_t>(to), all, number);
  }

  /// The points of a leaf, each for itself.
  void look_at(const BoxNode& node, const kernels::CenterList& list) {
    const auto& leaf = tree.leaf(node.index);
    const std::int32_t old = std::exchange(label(node), mixed);
    const std::size_t width = tree.padded(leaf.count);
    std::int32_t* current = labels(leaf);
    if (old != mixed) std::fill_n(current, width, old);
    const std::size_t n_differ =
        kernels.nearest(Stored(), tree.features())({tree.columns(leaf), width, width, current, list}, nearest, differ);
    for (std::size_t j = 0; j < n_differ; ++j) relabel(leaf, differ[j], nearest[differ[j]]);
  }

  void relabel(const typename BoxTree<T>::Leaf& leaf, std::size_t i, std::int32_t cluster) {
    const std::int32_t old = std::exchange(labels(leaf)[i], cluster);
    if (old != cluster && i < leaf.count) move_point(leaf, i, old, cluster);
  }

  void move_point(const typename BoxTree<T>::Leaf& leaf, std::size_t i, std::int32_t from, std::int32_t to) {
    const double weight = tree.weight(leaf.begin + i);
    if (weight == 0.0) return;
    const std::int64_t copies = tree.copies(leaf.begin + i);
    tally.changed += static_cast<std::size_t>(copies);
    if (!sums) return;
    Stored row[max_box_features];
    const std::size_t width = tree.padded(leaf.count);
    for (std::size_t q = 0; q < tree.features(); ++q) row[q] = tree.columns(leaf)[q * width + i];
    if (tree.shared()) {
      if (from >= 0) sums->add_copies(static_cast<std::size_t>(from), row, -copies);
      sums->add_copies(static_cast<std::size_t>(to), row, copies);
      return;
    }
    if (from >= 0)
      sums->move(static_cast<std::size_t>(from), static_cast<std::size_t>(to), row, weight);
    else
      sums->add(static_cast<std::size_t>(to), row, weight);
  }

  // ------------------------------------------------------------- labels of slots, to and from those of nodes

  /// Write the label of a node to all its points.
  void spread(const BoxNode& node, std::int32_t above) {
    const std::int32_t own = above != mixed ? above : label(node);
    if (node.level > 0) {
      each_child(node, [&](const BoxNode& child) { spread(child, own); });
    } else if (own != mixed) {
      std::fill_n(labels(tree.leaf(node.index)), tree.leaf(node.index).count, own);
    }
  }

  /// Add the distances of all points of the node to the centers of their labels.
  void add_distances(const BoxNode& node, std::int32_t above, const double* centers, const ExactDistance& exact,
                     bool by_cluster, DistanceSums& total) {
    const std::int32_t own = above != mixed ? above : label(node);
    if (node.level > 0) {
      each_child(node, [&](const BoxNode& child) { add_distances(child, own, centers, exact, by_cluster, total); });
      return;
    }
    const auto& leaf = tree.leaf(node.index);
    if (own != mixed) std::fill_n(nearest, leaf.count, own);
    const std::int32_t* of_points = own != mixed ? nearest : labels(leaf);
    const std::size_t d = tree.features(), width = tree.padded(leaf.count);
    Stored rows[leaf_points * max_box_features];
    for (std::size_t q = 0; q < d; ++q) {
      const Stored* column = tree.columns(leaf) + q * width;
      for (std::size_t i = 0; i < leaf.count; ++i) rows[i * d + q] = column[i];
    }
    double lengths[leaf_points];
    exact.to_labels(MatrixView<Stored>(rows, leaf.count, d), centers, of_points, lengths);
    const std::int32_t* of_sums = by_cluster ? of_points : nullptr;
    if (tree.shared())
      total.add_copies(lengths, tree.copies() + leaf.begin, of_sums, leaf.count);
    else
      total.add(lengths, tree.weighted() ? tree.weights() + leaf.begin : nullptr, of_sums, leaf.count);
  }

  /// Find the label of a node from those of its points.
  std::int32_t gather(const BoxNode& node) {
    std::int32_t common = mixed;
    if (node.level > 0) {
      bool first = true;
      each_child(node, [&](const BoxNode& child) {
        const std::int32_t own = gather(child);
        common = first || own == common ? own : mixed;
        first = false;
      });
    } else {
      const auto& leaf = tree.leaf(node.index);
      std::int32_t* all = labels(leaf);
      std::fill(all + leaf.count, all + tree.padded(leaf.count), all[0]);
      if (std::all_of(all, all + leaf.count, [=](std::int32_t one) { return one == all[0]; })) common = all[0];
    }
    return label(node) = common;
  }
};

/// The distinct centers: one that equals another of a lower index never wins, and never loses to it all over a box.
template <class T>
void Boxes<T>::list_centers(const double* centers) {
  const std::size_t d = points_.columns();
  const Vector<std::int32_t> ids = distinct_centers(centers, n_clusters_, d);
  n_distinct_ = ids.size();
  stride_ = (n_distinct_ / kernels::box_lanes + 2) * kernels::box_lanes;
  centers_.assign((d + 1) * stride_, kernels::far_away);
  // Ids that are labels all the same: where somebody has changed X since it was scanned, the padding may come nearest.
  std::fill_n(centers_.begin() + static_cast<std::ptrdiff_t>(d * stride_), stride_, 0.0);
  for (std::size_t c = 0; c < n_distinct_; ++c) {
    for (std::size_t q = 0; q < d; ++q) centers_[q * stride_ + c] = centers[static_cast<std::size_t>(ids[c]) * d + q];
    centers_[d * stride_ + c] = static_cast<double>(ids[c]);
  }
}

/// Call use(root, worker) for each root.
template <class T>
template <class Use>
void Boxes<T>::each_root(int threads, const Poll& poll, const Use& use) {
  const std::size_t level = tree_->levels() - 1;
  parallel_blocks(tree_->count(level), threads, poll,
                  [&](std::size_t root, int worker) { use(BoxNode{level, root}, worker); });
}

template <class T>
void Boxes<T>::prepare(const Pass& pass) {
  if (tree_) return;
  tree_ = &points_.shared->template get<BoxTree<T>>(points_, pass.poll);
  node_label_.assign(tree_->nodes(), none_yet);
  slot_label_ = LargeArray<std::int32_t>(tree_->slots());
}

template <class T>
bool Boxes<T>::begin(const Pass& pass) {
  if (pass.exact.scale() != 0) return false;
  if (forgotten_) read_labels(pass.labels, pass.poll);
  list_centers(pass.centers);
  return true;
}

template <class T>
Tally Boxes<T>::run(const Pass& pass) {
  written_ = false;
  Vector<Worker> workers;
  for (int w = 0; w < pass.threads; ++w) workers.emplace_back(*this, pass.sums.of(w));
  each_root(pass.threads, pass.poll, [&](const BoxNode& root, int worker) {
    workers[static_cast<std::size_t>(worker)].visit(root, {centers_.data(), n_distinct_, stride_});
  });
  Tally all;
  for (const Worker& worker : workers) all.add(worker.tally);
  return all;
}

template <class T>
void Boxes<T>::write_labels(std::int32_t* labels, const Poll& poll) {
  if (written_) return;
  const std::size_t n = points_.rows();
  const int threads = useful_threads(points_.n_threads, {n, 8});
  Worker worker(*this, nullptr);
  each_root(threads, poll, [&](const BoxNode& root, int) { worker.spread(root, mixed); });
  const std::uint32_t* slot = tree_->slot_of_row();
  const Blocks blocks(n, 64);
  parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int) {
    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i) labels[i] = slot_label_[slot[i]];
  });
  written_ = true;
}

template <class T>
Vector<WideSum> Boxes<T>::distance_sums(const double* centers, const ExactDistance& exact, std::size_t n_sums,
                                        const Poll& poll) {
  const std::size_t n = points_.rows();
  const int threads = useful_threads(points_.n_threads, {n, 4 * (points_.columns() + 4)});
  SharedDistanceSums sums(exact, points_.weights, n, n_sums, threads);
  Vector<Worker> workers;
  for (int w = 0; w < threads; ++w) workers.emplace_back(*this, nullptr);
  each_root(threads, poll, [&](const BoxNode& root, int worker) {
    workers[static_cast<std::size_t>(worker)].add_distances(root, mixed, centers, exact, n_sums > 1, sums.of(worker));
  });
  return sums.finish();
}

/// Whatever the labels were before, the sums are those of the caller's. Rows that share a slot have one label.
template <class T>
void Boxes<T>::read_labels(const std::int32_t* labels, const Poll& poll) {
  const std::size_t n = points_.rows();
  const std::uint32_t* slot = tree_->slot_of_row();
  const Blocks blocks(n, 64);  // for one thread: rows may share a slot
  parallel_blocks(blocks.count(), 1, poll, [&](std::size_t block, int) {
    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i) slot_label_[slot[i]] = labels[i];
  });
  Worker worker(*this, nullptr);
  each_root(useful_threads(points_.n_threads, {n, 4}), poll, [&](const BoxNode& root, int) { worker.gather(root); });
  forgotten_ = false;
}

template class Boxes<std::uint8_t>;
template class Boxes<float>;
template class Boxes<double>;

}  // namespace pykmeans::detail
