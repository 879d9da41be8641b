// Scores of rows against centers in 16-bit integers, which are exact where no score leaves int32. Values come in pairs
// of features, an odd last one beside a zero.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pykmeans::kernels {

constexpr std::size_t int16_tile = 32;  // rows in a tile
constexpr std::size_t int16_panel = 8;  // centers in a panel

/// Score of a center: start + sum over q of value[q] * row[q].
struct Int16Centers {
  const std::int16_t* values;  // (panels, pairs, int16_panel, 2)
  const std::int32_t* starts;  // (panels, int16_panel), the largest int32 for padding
  const std::int32_t* names;   // (panels, int16_panel) what labels call the centers
  std::size_t panels;
  std::size_t pairs;
  std::int32_t margin;  // a center whose score is below all others by more than this is certainly the nearest
  std::int32_t floor;   // no center that was left out of the panels has a score below this
};

/// Bit l belongs to row l of a tile.
struct Int16Verdict {
  std::uint32_t undecided;
  std::uint32_t moved;  // the center found is not the row's label
};

/// The panels that a tile looks at, and what it asks of them.
struct Int16Look {
  const std::uint32_t* panels;  // (count)
  std::size_t count;            // at least 1
  const std::int32_t* below;    // (int16_tile) or nullptr, for each row: added to half of each least score
  std::int32_t* gains;  // (count) [out] where `below` is given: the least such sum of the panel's scores, rounded
                        // down; with room for (count * int16_most_lanes)
};

constexpr std::size_t int16_most_lanes = 16;

/// All null where an instruction set has nothing to gain from them.
struct Int16Kernels {
  /// @param tile (pairs, int16_tile, 2)  @param labels (int16_tile)
  /// @param least [out] (int16_tile) the least score
  /// @param found [out] (int16_tile) the name of the center that has it, where decided
  Int16Verdict (*nearest)(const Int16Centers& centers, const Int16Look& look, const std::int16_t* tile,
                          const std::int32_t* labels, std::int32_t* least, std::int32_t* found);

  /// Names of the centers, among those that the tile looks at, whose score of a row is at most `limit`.
  /// @param lane  the row's place in the tile  @param names [out] (look.count * int16_panel)  @return how many
  std::size_t (*contenders)(const Int16Centers& centers, const Int16Look& look, const std::int16_t* tile,
                            std::size_t lane, std::int32_t limit, std::int32_t* names);

  /// The score of one center for each row. @param slots (int16_tile) of the centers: panel * int16_panel + place in it
  void (*score)(const Int16Centers& centers, const std::int16_t* tile, const std::int32_t* slots, std::int32_t* scores);

  /// A tile of rows: (row - origin) * factor, rounded to an integer at most 0.51 away. A row with a number beyond
  /// +-32767 becomes zeros.
  /// @param rows (int16_tile) pointers  @param origin (features), representable in the type of the rows
  /// @param tile [out] (pairs, int16_tile, 2)
  /// @param norms [out] (int16_tile) sums of squares of the integers, exact below 2^53
  /// @return bit l: row l has a number beyond
  template <class Value>
  using Round = std::uint32_t (*)(const Value* const* rows, const double* origin, double factor, std::size_t features,
                                  std::int16_t* tile, double* norms);

  Round<std::uint8_t> round_uint8;
  Round<float> round_float32;
  Round<double> round_float64;

  Round<std::uint8_t> round(std::uint8_t) const { return round_uint8; }
  Round<float> round(float) const { return round_float32; }
  Round<double> round(double) const { return round_float64; }
};

}  // namespace pykmeans::kernels
