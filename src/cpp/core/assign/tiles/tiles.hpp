// Tiles ("tiles"): every center for every row as "lloyd" does, but on a copy of X in whole numbers of 16 bits,
// in tiles of 32 rows, that is made once. Whole numbers are half as long as float32, twice as many of them are
// multiplied at once, and their least scores are exact (lattice.hpp has the proof).
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
class Tiles final : public Way<T> {
 public:
  /// `points` and what poll refers to must outlive it.
  Tiles(const Points<T>& points, const Poll& poll) : points_(points), poll_(poll) {}

  /// Whether the instruction set at hand has kernels for it.
  static bool possible(const Points<T>& points);
  /// Whether it is faster than "lloyd" and its copy takes no more memory than X.
  static bool pays(const Points<T>& points, std::size_t n_clusters);

  bool needs_labels() const override { return false; }
  bool takes(const Assignment& pass) override;
  std::size_t assign(const Assignment& pass) override;
  /// The share of rows that the exact distance was spared.
  double spared() const override { return spared_; }

 private:
  struct Worker;

  double choose_step() const;
  void round_rows(int threads);

  const Points<T>& points_;
  const Poll& poll_;

  LargeArray<std::int16_t> tiles_;  // (tiles, pairs, int16_tile, 2)
  Vector<std::uint32_t> beyond_;    // (tiles) bit l: row l does not fit into 16 bits
  Int16Rows rows_;
  bool too_coarse_ = false;  // many rows are no 16-bit row
  Int16Codebook centers_;    // of the pass at hand
  double spared_ = 1.0;
};

}  // namespace pykmeans::detail
