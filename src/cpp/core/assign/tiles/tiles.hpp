// Tiles ("tiles"): every center for every row as "lloyd" does, but on a copy of X in whole numbers of 16 bits,
// in tiles of 32 rows, that is made once. Whole numbers are half as long as float32, twice as many of them are
// multiplied at once, and their least scores are exact (int16.hpp has the proof).
//
// Use when: few features, many rows, more than a few passes. Do not use when: a few values are a thousand times as
// large as the rest, which 16 bits then cannot tell apart. Memory: 2 bytes for each value of X. Cost: n k d / 2 fused
// multiply-adds, and the exact distance for some rows in a hundred.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../filter/int16.hpp"
#include "../../machine/large_array.hpp"
#include "../algorithm.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

template <class T>
class Tiles final : public BlockAlgorithm<T> {
 public:
  /// `points` must outlive it.
  Tiles(const Points<T>& points, std::size_t n_clusters) : BlockAlgorithm<T>(points), n_clusters_(n_clusters) {}

  /// Whether the instruction set at hand has kernels for it.
  static bool possible(const Points<T>& points);
  /// Whether it is faster than "lloyd" and its copy takes no more memory than X.
  static bool pays(const Points<T>& points, std::size_t n_clusters);
  /// What the copy takes.
  static std::size_t bytes(const Points<T>& points, std::size_t n_clusters);

  /// Round the rows.
  void prepare(const Pass& pass) override;
  bool begin(const Pass& pass) override;
  PassPlan plan(const Pass& pass) const override;
  void label(const RowBlock<T>& block, std::int32_t* labels, Partial* sums, Tally& tally, int worker) override;
  void end(const Tally& tally) override;
  /// The share of rows that needed no exact distance.
  double pruned_fraction() const override { return pruned_fraction_; }

 private:
  struct Work;

  double choose_step() const;

  using BlockAlgorithm<T>::points_;
  const std::size_t n_clusters_;

  LargeArray<std::int16_t> tiles_;  // (tiles, pairs, int16_tile, 2)
  Vector<std::uint32_t> beyond_;    // (tiles) bit l: row l does not fit into 16 bits
  Int16Rows rows_;
  bool too_coarse_ = false;  // many rows do not fit
  // Of the pass at hand.
  const Pass* pass_ = nullptr;
  Int16Codebook centers_;
  Vector<Vector<std::int32_t>> near_;  // (threads) candidates of a row
  double pruned_fraction_ = 1.0;
};

}  // namespace pykmeans::detail
