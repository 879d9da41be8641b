// Candidates of k-means++ against a block of rows. All distances are computed from differences, in any order of
// operations, with or without fused multiply-add.
#pragma once

#include <cstddef>
#include <cstdint>

#include "pack.hpp"

namespace pykmeans::kernels {

constexpr std::size_t candidates_at_once = 8;
constexpr std::size_t seed_tile = 16;         // rows in a tile
constexpr std::size_t seed_block_tiles = 16;  // most tiles in a block
constexpr std::size_t most_boxed_features = 12;

/// A block of rows, each with a value, and eight candidates that may be nearer to a row than its value says.
struct SeedQuery {
  const float* points;       // (tiles, features, seed_tile)
  const float* nearest;      // (tiles, seed_tile) the rows' values; very negative where there is no row
  const float* weights;      // (tiles, seed_tile), or nullptr for ones
  const float* candidates;   // (features, candidates_at_once)
  const float* added;        // (candidates_at_once) what to add to the values
  const float* reach_added;  // (candidates_at_once) what to add to the reaches

  // Boxes, which there are only for at most most_boxed_features numbers and seed_block_tiles tiles. A candidate that is
  // farther from a box than its reach gains nothing in it.
  const float* box;         // (features, 2) bounds of the block's rows, or nullptr where there are no boxes
  const float* tile_boxes;  // (features, 2, seed_block_tiles) bounds of each tile's rows
  const float* tile_reach;  // (seed_block_tiles)
  float box_reach;

  std::size_t features;
  std::size_t categories;  // how many of the last features are categories; only SeedKernels::mixed knows of any
  float mismatch;          // what a category that differs adds
  std::size_t tiles;       // a multiple of four
};

struct SeedMetric {
  /// Add weight * max(0, value + added - distance) over the rows, for the candidates whose bit is set in `wanted`.
  /// @param gains [in, out] (candidates_at_once, seed_tile) a candidate's gain is the sum of its sixteen
  /// @param touched [out] (candidates_at_once) bit t: the candidate gained something in tile t
  void (*gains)(const SeedQuery& query, unsigned wanted, float* gains, std::uint16_t* touched);

  /// Bit i: the distance to row i of the first tile is < value + added.
  unsigned (*near)(const SeedQuery& query, std::size_t candidate);
};

struct SeedKernels {
  PackKernels<float> pack;  // of tiles of seed_tile rows
  SeedMetric squared;       // squared Euclidean distance
  SeedMetric absolute;      // the sum of absolute differences
  SeedMetric mixed;         // squared for the numbers, plus mismatch times the number of categories that differ
};

}  // namespace pykmeans::kernels
