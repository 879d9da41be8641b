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

/// All null where an instruction set has nothing to gain from them.
struct Int16Kernels {
  /// @param tiles (count, pairs, int16_tile, 2)  @param labels (count * int16_tile)
  /// @param least [out] (count * int16_tile) the least score
  /// @param found [out] (count * int16_tile) the name of the center that has it, where decided
  /// @param verdicts [out] (count)
  void (*nearest)(const Int16Centers& centers, const std::int16_t* tiles, const std::int32_t* labels, std::size_t count,
                  std::int32_t* least, std::int32_t* found, Int16Verdict* verdicts);

  /// Names of the centers whose score of a row is at most `limit`. @param tile  the row's tile
  /// @param lane  the row's place in it  @param names [out] (panels * int16_panel)  @return how many
  std::size_t (*contenders)(const Int16Centers& centers, const std::int16_t* tile, std::size_t lane, std::int32_t limit,
                            std::int32_t* names);

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
