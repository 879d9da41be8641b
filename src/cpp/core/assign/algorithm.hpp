// LabelAlgorithm: a way to give every row the label of its nearest center, by the exact distance. Every algorithm gives
// the same labels. Most of them label rows block by block (BlockAlgorithm); the loop over the blocks is here, once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "../distance/exact_distance.hpp"
#include "../exact/wide_sum.hpp"
#include "../rows/row_block.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/workspace.hpp"
#include "thread_sums.hpp"

namespace pykmeans::detail {

/// One pass: what to label, and where what changed goes.
struct Pass {
  const double* centers;  // (n_clusters, n_features)
  std::size_t n_clusters;
  const ExactDistance& exact;
  std::int32_t* labels;  // (n_samples), negative where there is none yet
  ThreadSums& sums;      // prepared for `threads`
  int threads;
  const Poll& poll;
};

/// What a pass counted. Each worker has its own, on a cache line of its own.
struct alignas(64) Tally {
  std::size_t changed = 0;    // rows of positive weight whose label changed
  std::size_t undecided = 0;  // rows that only exact distances could decide
  std::size_t distances = 0;  // exact distances that this took
  std::size_t looks = 0;      // groups of centers that a row looked at

  void add(const Tally& other) {
    changed += other.changed;
    undecided += other.undecided;
    distances += other.distances;
    looks += other.looks;
  }
};

/// What an algorithm asks for.
struct Needs {
  bool labels = false;    ///< every row must have a label already, of some pass
  bool all_rows = false;  ///< all rows at once, in an order of its own; its labels stay with it until write_labels()
};

template <class T>
class LabelAlgorithm : public Pooled {
 public:
  virtual ~LabelAlgorithm() = default;

  virtual Needs needs() const { return {}; }

  /// Make what is kept of the rows, as far as it is not there yet. Called before begin().
  virtual void prepare(const Pass&) {}

  /// Get ready for the centers of a pass. @return false where it cannot work on them; nothing has changed then
  virtual bool begin(const Pass& pass) = 0;

  /// Label all rows, where begin() said that it can. Where sums are wanted, rows of positive weight whose label changed
  /// move there from the old label's cluster (none where it is negative) to the new one's. @return what was counted
  virtual Tally run(const Pass& pass) = 0;

  /// Learn from a pass.
  virtual void end(const Tally&) {}

  /// Write the labels that run() kept to itself, if it does so.
  virtual void write_labels(std::int32_t*, const Poll&) {}

  /// Whether it has the labels of all rows, in an order of its own in which it can add up these distances.
  virtual bool keeps_labels(const ExactDistance&) const { return false; }

  /// Add them up, in any case by the exact distance (cluster_sums). Only where it keeps the labels.
  virtual Vector<WideSum> distance_sums(const double*, const ExactDistance&, std::size_t, const Poll&) { return {}; }

  /// The labels were written, and somebody else changed that of a row.
  virtual void label_changed(std::size_t) {}

  /// What was learned from earlier passes holds no longer.
  virtual void forget() {}

  /// The share of the work that the last pass needed no look at, by what is known from earlier ones or otherwise; 1
  /// where it cannot tell.
  virtual double pruned_fraction() const { return 1.0; }
};

/// Writes the labels of a block, and moves what changed in the sums.
template <class T>
class BlockLabels {
 public:
  /// @param labels (block.count)  @param sums  or nullptr
  BlockLabels(const RowBlock<T>& block, std::int32_t* labels, Partial* sums, Tally& tally)
      : block_(block), labels_(labels), sums_(sums), tally_(tally) {}

  /// A row of the block and its new label.
  void operator()(std::size_t i, std::int32_t label) const {
    std::int32_t& current = labels_[i];
    if (current == label) return;
    const std::int32_t old = std::exchange(current, label);
    const double weight = block_.weight(i);
    if (weight == 0.0) return;
    ++tally_.changed;
    if (!sums_) return;
    if (old >= 0)
      sums_->move(static_cast<std::size_t>(old), static_cast<std::size_t>(label), block_.row(i), weight);
    else
      sums_->add(static_cast<std::size_t>(label), block_.row(i), weight);
  }

 private:
  const RowBlock<T>& block_;
  std::int32_t* labels_;
  Partial* sums_;
  Tally& tally_;
};

template <class T>
class BlockAlgorithm : public LabelAlgorithm<T> {
 public:
  /// `points` must outlive it.
  explicit BlockAlgorithm(const Points<T>& points) : points_(points) {}

  /// How the rows are shared out in a pass.
  virtual PassPlan plan(const Pass& pass) const = 0;

  /// Label the rows of a block. Called by several threads, each with a number of its own.
  /// @param labels [in, out] (block.count)  @param sums  or nullptr
  virtual void label(const RowBlock<T>& block, std::int32_t* labels, Partial* sums, Tally& tally, int worker) = 0;

  Tally run(const Pass& pass) override { return run_on(*points_.source, points_.weights, pass.labels, pass); }

 protected:
  /// @param rows  all rows of the points, in any order  @param weights, labels  in the same order
  Tally run_on(const RowSource<T>& rows, const double* weights, std::int32_t* labels, const Pass& pass) {
    tallies_.assign(static_cast<std::size_t>(pass.threads), Tally{});
    for_each_block(rows, weights, plan(pass), pass.poll, [&](const RowBlock<T>& block, int worker) {
      label(block, labels + block.first, pass.sums.of(worker), tallies_[static_cast<std::size_t>(worker)], worker);
    });
    Tally all;
    for (const Tally& tally : tallies_) all.add(tally);
    return all;
  }

  const Points<T>& points_;

 private:
  Vector<Tally> tallies_;  // kept: a pass over few rows should not take memory
};

}  // namespace pykmeans::detail
