// TileBounds: what tiles of rows know of panels of centers from one pass to the next, so that a tile looks only at the
// panels that may have come near enough. All is in the frame of the filter; int16.hpp has its notation and its scores.
//
// 1. Take each row as what its integers say, y = s a, which is within D of the row. With N = |y|^2, a center of score t
//    is at a distance from y whose square is at least N + 2 s r t and at most N + 2 s r (t + margin).
// 2. u is at least the distance of y from the center of the row's label. By 1. that is the root of
//    N + 2 s r (t + margin), to which we add 2^-20 (P + Q)^2 for the roundings to float32: N <= P^2, neither t nor
//    t + margin times 2 s r is above 2 (P + Q)^2, and there are five roundings of 2^-24 each: 10/16 of it at most. The
//    root is rounded up by a factor of 1 + 2^-20.
// 3. If the least score of a panel exceeds that of a row's own center by g + margin, none of its centers is nearer to y
//    than root(u^2 + x), with x = 2 s r g - 2 * 2^-20 (P + Q)^2 - 4 * 2^-20 w^2. The last term is for the factor of u;
//    w is the largest u of the tile. Let v be the least x of its rows. root(u^2 + v) - u falls as u rises, if v > 0, so
//    no center of the panel is nearer to a row of the tile than its own u plus
//        gap = root(w^2 + v) - w.
//    If v <= 0, gap = -w will do.
// 4. From pass to pass, the panel's centers move by at most m, and the u of no row grows by more than e (e may be
//    negative). The label may change meanwhile: u is then another number of the row. So gap - m - e takes the place of
//    gap, and while that is above 2 D, no center of the panel is as near to any row as the center of its label. For the
//    exact distance to say so too, it must be above 2.5 D + 2^-40 + 2^-20 w: two distances that differ by more than
//    2^-30 of themselves and 2^-40 have squares in the same order, whatever the exact distance rounds (relative error
//    2^-40 at most, and tau below 2^-83).
//
// What is kept is gap + m + e, with m and e summed since the first of these passes, so it need not change. In each pass,
// 2^-20 (|sum| + w) is added to the sum of e, sixteen times what the pass may round. What is kept is lowered, and what it
// is compared with raised, by 2^-20 (w + |sum| + m). Where a float overflows, comparisons with NaN keep the panel. Below
// 2^-40 nothing is left out, so underflow does not matter.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../filter/groups.hpp"
#include "../../filter/int16.hpp"
#include "../../machine/large_array.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

class TileBounds : public Pooled {
 public:
  static constexpr std::size_t tile = kernels::int16_tile;

  /// What a thread needs to look at a tile.
  struct Scratch {
    explicit Scratch(std::size_t panels) : gains(panels * kernels::int16_most_lanes) {}

    std::int32_t below[tile];  // see kernels::Int16Look
    Vector<std::int32_t> gains;
    float widest = 0.0f;  // w
  };

  TileBounds(std::size_t tiles, std::size_t panels)
      : panels_(panels), kept_(tiles * panels), grown_(tiles), own_(tiles * tile) {}
  static std::size_t bytes(std::size_t tiles, std::size_t panels) {
    return tiles * (panels + tile + 1) * sizeof(float);
  }

  /// Whether there are gaps of an earlier pass.
  bool known() const { return known_; }
  void forget() { known_ = false; }
  void remember() { known_ = true; }

  /// Get ready for a pass. @param groups  of a panel each, which have moved since the gaps were found
  void begin(const Int16Codebook& centers, const Groups& groups, const Int16Rows& rows);

  /// The panels that a tile must look at. @param slots (tile) of the labels' centers  @param norms (tile) N
  /// @param panels [out] with room for all, and Groups::lanes more  @return how many
  std::size_t choose(std::size_t t, const std::int16_t* values, const std::int32_t* slots, const float* norms,
                     Scratch& scratch, std::uint32_t* panels);

  /// What was found out about the panels that it looked at.
  void keep(std::size_t t, const std::uint32_t* panels, std::size_t count, const Scratch& scratch);

 private:
  const std::size_t panels_;
  LargeArray<float> kept_;   // (tiles, panels) gap + m + e
  LargeArray<float> grown_;  // (tiles) the sum of e
  LargeArray<float> own_;    // (tiles, tile) u
  bool known_ = false;
  // Of the pass at hand.
  kernels::Int16Centers centers_{};
  Vector<float> moved_;  // (panels) the sum of m
  float most_moved_ = 0.0f;
  float unit_ = 0.0f;   // 2 s r
  float spare_ = 0.0f;  // 2^-20 (P + Q)^2
  float least_ = 0.0f;  // 2.5 D + 2^-40
};

}  // namespace pykmeans::detail
