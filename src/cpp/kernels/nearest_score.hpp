// Scores of points against centers in float32 or float64, which decide most points and leave the others undecided.
// Operations come in any order, with or without fused multiply-add: the caller accounts for the rounding
// (core/filter/codebook.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "pack.hpp"

namespace pykmeans::kernels {

/// Points in tiles of FilterKernels::tile.
template <class Float>
struct TileView {
  const Float* values;         // (tiles, features, tile)
  const Float* row_errors;     // (tiles * tile) see ScoreKernels::nearest
  const std::int32_t* labels;  // (tiles * tile) the present ones
  std::size_t tiles;
};

/// Centers in panels of equal width.
template <class Float>
struct PanelView {
  const Float* values;         // (panels, features, width)
  const Float* starts;         // (panels * width) what a score starts from; infinity where there is no center
  const std::int32_t* names;   // (panels * width) what labels call the centers
  const Float* center_errors;  // by name, see ScoreKernels::nearest
  std::size_t features;
  std::size_t panels;
  std::size_t width;       // at most FilterKernels::widest
  std::size_t categories;  // how many of the last features are categories; only ScoreKernels of `mixed` know of any
  Float mismatch;          // what a category that differs adds
};

/// Bit l belongs to point l of a tile.
struct TileVerdict {
  std::uint32_t undecided;
  std::uint32_t moved;  // the center found is not the point's label
};

template <class Float>
struct ScoreKernels {
  /// For each point the name of the center of the least score, the first of equals. The point is decided if the second
  /// least score is above the sum of the least one, that center's error and the row's error; it is not if either is
  /// NaN.
  /// @param found [out] (tiles * tile)  @param verdicts [out] (tiles)
  void (*nearest)(const TileView<Float>& points, const PanelView<Float>& centers, std::int32_t* found,
                  TileVerdict* verdicts);

  /// All scores of one tile. @param values (features, tile)  @param scores [out] (panels * width, tile)
  void (*scores)(const Float* values, const PanelView<Float>& centers, Float* scores);
};

template <class Float>
struct FilterKernels {
  std::size_t tile;           // points in a tile, at most 32
  std::size_t widest;         // most centers in a panel
  ScoreKernels<Float> dot;    // start + sum over q of point[q] * center[q]
  ScoreKernels<Float> l1;     // start + sum over q of max(point[q], center[q])
  ScoreKernels<Float> mixed;  // dot for the numbers, plus mismatch times the number of categories that differ, which is
                              // counted exactly: a category that is NaN differs from all
  PackKernels<Float> pack;
};

}  // namespace pykmeans::kernels
