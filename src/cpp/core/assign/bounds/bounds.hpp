// Bounds ("bounds"): keeps, from one iteration to the next, a lower bound on the distance of each row to the
// centers of each group, and looks only at the groups that may have come near enough (the idea of Y. Ding et al.,
// "Yinyang k-means", 2015). Use when: many centers, several iterations. Do not use when: few centers, or one pass.
// Cost: a full pass at first, then the groups that survive; a float for each row and group, at most half the size of X.
//
// Notation as in codebook.hpp: y and z in the filter's frame, score(c) = |z|^2 / 2 - y.z, its computed value s(c) at
// most score(c) + B and folded below by the center's own error. N is the computed |y|^2, right to epsilon N.
//
// 1. A row and its own center a. Phi is exact(a) in the frame's units, or what an estimate says it is at most
//    (single_centers.hpp); u = sqrt(Phi) (1 + 2^-30) is above |y - z_a|.
// 2. A group whose bound b says |y - z_c| >= b for all its centers c except a, when it was computed, and whose centers
//    have moved by at most m since: no center of it is as near as a, for the exact distance too, if b - m > u.
// 3. A group that is looked at: exact(c) > exact(a) is certain where s(c) > limit,
//        limit = (Phi - N) / 2 + epsilon N + tau;
//    the other centers are contenders, and the exact distance decides among them and a: the least distance, the lowest
//    index. Its new bound is sqrt(N (1 - 2 epsilon) - 2 tau + 2 least), least being the least score of its centers but
//    a.
// 4. Where the label changes from a to c, by exact distances. The bound of a's group becomes at most |y - z_a| >=
//    sqrt(Phi) (1 - 2^-30). That of c's group holds for more centers than it must. If both are in one group, its bound
//    holds for a too, although a may have been left out: least <= s(c), so the bound is at most |y - z_c|, which is at
//    most |y - z_a| by the exact distance, and thus by the margin of 2^-30 in truth.
//
// A row without a label takes a guess: all groups give it bounds, which hold for all of their centers, and a center of
// the group with the least bound becomes a. Then it looks again at the groups that may have a contender.
// Scores come in float32 or in 8-bit integers (panels.hpp); the latter are a few times faster and somewhat looser.
//
// Bounds are kept as b + (sum of the group's moves so far), so that a scan only reads: skip where kept > u + moves.
// Every float is rounded to the safe side by a factor of 1 -+ 2^-21 and by 2^-148.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "../../filter/groups.hpp"
#include "../../machine/large_array.hpp"
#include "../algorithm.hpp"
#include "group_pass.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

template <class T>
class Bounds final : public BlockAlgorithm<T> {
 public:
  /// `points` must outlive it.
  Bounds(const Points<T>& points, std::size_t n_clusters);

  /// Whether the bounds fit into half of X's size and the filter's proof holds.
  static bool possible(const Points<T>& points);
  /// Whether bounds are worth having.
  static bool pays(const Points<T>& points, std::size_t n_clusters);
  /// What the bounds take.
  static std::size_t bytes(const Points<T>& points, std::size_t n_clusters);

  Needs needs() const override;
  void prepare(const Pass& pass) override;
  bool begin(const Pass& pass) override;
  PassPlan plan(const Pass& pass) const override;
  void label(const RowBlock<T>& block, std::int32_t* labels, Partial* sums, Tally& tally, int worker) override;
  void end(const Tally& tally) override;
  void label_changed(std::size_t row) override;
  void forget() override { known_ = false; }
  /// The share of rows and groups that were not looked at.
  double pruned_fraction() const override { return pruned_fraction_; }

 private:
  bool worn_out(const Pass& pass) const;

  using BlockAlgorithm<T>::points_;
  Groups groups_;
  const std::size_t block_rows_;
  LargeArray<float> kept_;  // (blocks of rows, n_groups, rows of the block), see above
  bool known_ = false;      // whether kept_ holds bounds
  double pruned_fraction_ = 1.0;
  bool use_int8_;
  std::unique_ptr<BlockPass<T>> pass_;
};

}  // namespace pykmeans::detail
