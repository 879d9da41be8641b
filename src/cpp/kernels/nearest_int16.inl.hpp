// Scores of rows against centers in 16-bit integers: twice as many products per instruction as in float32, and exact.
// Since they are exact, only the least score of each panel of centers is followed, and the panel that has the least of
// all is scored once more to see which of its eight centers has it. Included by the isa_*.cpp files only (see
// nearest_score.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "nearest_int16.hpp"
#include "pack.inl.hpp"
#include "vector_types.hpp"

namespace pykmeans::kernels {
namespace {

inline std::int32_t pair_at(const std::int16_t* p) {
  std::int32_t pair;
  std::memcpy(&pair, p, sizeof pair);
  return pair;
}

/// @tparam Vector   lanes of 32 bits (Int16Vector in vector_types.hpp)
/// @tparam Panel    eight of them: a port whose vectors have four makes a panel of two
/// @tparam vectors  vectors of rows at once
/// @tparam centers_at_once  vectors * centers_at_once accumulators must fit the registers
template <class Vector, class Panel, std::size_t vectors, std::size_t centers_at_once>
struct NearestInt16 {
  using Lanes = typename Vector::Lanes;
  using PanelLanes = typename Panel::Lanes;
  static_assert(supplies<Int16Vector<Vector>>() && supplies<Int16Vector<Panel>>());
  static_assert(Panel::width == int16_panel, "the centers of a panel are the lanes of one Panel");
  static_assert(int16_tile % (vectors * Vector::width) == 0, "a tile is full vectors");
  static_assert(Vector::width <= int16_most_lanes, "gains are kept by lane");
  static constexpr std::size_t tile_step = 2 * int16_tile, panel_step = 2 * int16_panel;  // from a pair to the next

  /// The least scores of a panel.
  static inline void least_of_panel(const Int16Centers& centers, std::size_t panel, const std::int16_t* rows,
                                    Lanes (&least)[vectors]) {
    for (std::size_t first = 0; first < int16_panel; first += centers_at_once) {
      const std::int16_t* values = centers.values + panel * centers.pairs * panel_step + 2 * first;
      Lanes scores[centers_at_once][vectors];
      for (std::size_t c = 0; c < centers_at_once; ++c)
        for (std::size_t v = 0; v < vectors; ++v)
          scores[c][v] = Vector::splat(centers.starts[panel * int16_panel + first + c]);
#if defined(__clang__)
#pragma clang loop unroll(disable)
#else
#pragma GCC unroll 1
#endif
      for (std::size_t q = 0; q < centers.pairs; ++q) {
        Lanes row[vectors];
        for (std::size_t v = 0; v < vectors; ++v) row[v] = Vector::load(rows + q * tile_step + 2 * v * Vector::width);
        for (std::size_t c = 0; c < centers_at_once; ++c) {
          const Lanes center = Vector::splat(pair_at(values + q * panel_step + 2 * c));
          for (std::size_t v = 0; v < vectors; ++v) scores[c][v] = Vector::multiply_add(row[v], center, scores[c][v]);
        }
      }
      for (std::size_t v = 0; v < vectors; ++v) {
        Lanes low = scores[0][v];
        for (std::size_t c = 1; c < centers_at_once; ++c) low = Vector::min(low, scores[c][v]);
        least[v] = first == 0 ? low : Vector::min(least[v], low);
      }
    }
  }

  /// What was found out about the rows of a tile.
  struct Rows {
    std::int32_t limit[int16_tile];  // the least score plus the margin
    std::int32_t panel[int16_tile];  // which panel has the least score
    std::uint8_t near[int16_tile];   // bit c: center c of the panel is within the limit
  };

  /// The gains of the rows at hand, one for each lane.
  static inline void lower_gains(const Int16Look& look, std::size_t i, std::size_t first, const Lanes (&low)[vectors]) {
    std::int32_t* const gains = look.gains + i * Vector::width;
    Lanes gain = first == 0 ? Vector::splat(std::numeric_limits<std::int32_t>::max()) : Vector::load(gains);
    for (std::size_t v = 0; v < vectors; ++v)
      gain =
          Vector::min(gain, Vector::add(Vector::halve(low[v]), Vector::load(look.below + first + v * Vector::width)));
    Vector::store(gains, gain);
  }

  /// From one for each lane to one for each panel.
  static inline void fold_gains(const Int16Look& look) {
    for (std::size_t i = 0; i < look.count; ++i) {
      std::int32_t gain = look.gains[i * Vector::width];
      for (std::size_t l = 1; l < Vector::width; ++l)
        gain = look.gains[i * Vector::width + l] < gain ? look.gains[i * Vector::width + l] : gain;
      look.gains[i] = gain;
    }
  }

  /// @return a bit for each of the rows that has another panel, or a center that is in none, within its limit
  template <bool gains>
  static inline std::uint32_t look_at_panels(const Int16Centers& centers, const Int16Look& look,
                                             const std::int16_t* tile, std::size_t first, std::int32_t* least,
                                             Rows& rows) {
    Lanes best[vectors], next[vectors], where[vectors];
    for (std::size_t v = 0; v < vectors; ++v) {
      best[v] = Vector::splat(std::numeric_limits<std::int32_t>::max());
      next[v] = Vector::splat(centers.floor);
      where[v] = Vector::splat(0);
    }
    for (std::size_t i = 0; i < look.count; ++i) {
      Lanes low[vectors];
      least_of_panel(centers, look.panels[i], tile + 2 * first, low);
      if constexpr (gains) lower_gains(look, i, first, low);
      const Lanes here = Vector::splat(static_cast<std::int32_t>(look.panels[i]));
      for (std::size_t v = 0; v < vectors; ++v) {
        where[v] = Vector::pick_less(low[v], best[v], here, where[v]);
        next[v] = Vector::min(next[v], Vector::max(best[v], low[v]));
        best[v] = Vector::min(best[v], low[v]);
      }
    }
    std::uint32_t rivals = 0;
    for (std::size_t v = 0; v < vectors; ++v) {
      const std::size_t row = first + v * Vector::width;
      const Lanes limit = Vector::add(best[v], Vector::splat(centers.margin));
      rivals |= static_cast<std::uint32_t>(Vector::at_most(next[v], limit)) << row;
      Vector::store(least + row, best[v]);
      Vector::store(rows.limit + row, limit);
      Vector::store(rows.panel + row, where[v]);
    }
    return rivals;
  }

  static constexpr std::size_t together = 4;  // rows in step, so that no sum waits for itself

  /// Scores of rows [first, first + together) of a tile, each against a panel of its own.
  static inline void score_panels(const Int16Centers& centers, const std::int16_t* tile, std::size_t first,
                                  const std::size_t (&panel)[together], PanelLanes (&scores)[together]) {
    const std::int16_t* values[together];
    for (std::size_t i = 0; i < together; ++i) {
      values[i] = centers.values + panel[i] * centers.pairs * panel_step;
      scores[i] = Panel::load(centers.starts + panel[i] * int16_panel);
    }
    for (std::size_t q = 0; q < centers.pairs; ++q)
      for (std::size_t i = 0; i < together; ++i)
        scores[i] = Panel::multiply_add(Panel::load(values[i] + q * panel_step),
                                        Panel::splat(pair_at(tile + q * tile_step + 2 * (first + i))), scores[i]);
  }

  static inline void look_into_panels(const Int16Centers& centers, const std::int16_t* tile, Rows& rows) {
    for (std::size_t first = 0; first < int16_tile; first += together) {
      std::size_t panel[together];
      PanelLanes scores[together];
      for (std::size_t i = 0; i < together; ++i) panel[i] = static_cast<std::size_t>(rows.panel[first + i]);
      score_panels(centers, tile, first, panel, scores);
      for (std::size_t i = 0; i < together; ++i)
        rows.near[first + i] =
            static_cast<std::uint8_t>(Panel::at_most(scores[i], Panel::splat(rows.limit[first + i])));
    }
  }

  static void score(const Int16Centers& centers, const std::int16_t* tile, const std::int32_t* slots,
                    std::int32_t* scores_of) {
    for (std::size_t first = 0; first < int16_tile; first += together) {
      std::size_t panel[together];
      PanelLanes scores[together];
      for (std::size_t i = 0; i < together; ++i) panel[i] = static_cast<std::size_t>(slots[first + i]) / int16_panel;
      score_panels(centers, tile, first, panel, scores);
      for (std::size_t i = 0; i < together; ++i) {
        std::int32_t all[int16_panel];
        Panel::store(all, scores[i]);
        scores_of[first + i] = all[static_cast<std::size_t>(slots[first + i]) % int16_panel];
      }
    }
  }

  static Int16Verdict nearest(const Int16Centers& centers, const Int16Look& look, const std::int16_t* tile,
                              const std::int32_t* labels, std::int32_t* least, std::int32_t* found) {
    Rows rows;
    std::uint32_t undecided = 0, moved = 0;
    for (std::size_t first = 0; first < int16_tile; first += vectors * Vector::width)
      undecided |= look.below ? look_at_panels<true>(centers, look, tile, first, least, rows)
                              : look_at_panels<false>(centers, look, tile, first, least, rows);
    if (look.below) fold_gains(look);
    look_into_panels(centers, tile, rows);
    for (std::size_t row = 0; row < int16_tile; ++row) {
      const unsigned near = rows.near[row];
      const auto slot = static_cast<std::size_t>(rows.panel[row]) * int16_panel;
      found[row] = centers.names[slot + static_cast<std::size_t>(__builtin_ctz(near))];
      undecided |= ((near & (near - 1)) != 0 ? 1u : 0u) << row;
    }
    for (std::size_t row = 0; row < int16_tile; row += Panel::width)
      moved |= Panel::differ(Panel::load(found + row), Panel::load(labels + row)) << row;
    return {undecided, moved};
  }

  static std::size_t contenders(const Int16Centers& centers, const Int16Look& look, const std::int16_t* tile,
                                std::size_t lane, std::int32_t limit, std::int32_t* names) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < look.count; ++i) {
      const std::size_t slot = look.panels[i] * int16_panel;
      const std::int16_t* values = centers.values + slot * 2 * centers.pairs;
      PanelLanes scores = Panel::load(centers.starts + slot);
      for (std::size_t q = 0; q < centers.pairs; ++q)
        scores = Panel::multiply_add(Panel::load(values + q * panel_step),
                                     Panel::splat(pair_at(tile + q * tile_step + 2 * lane)), scores);
      for (unsigned near = Panel::at_most(scores, Panel::splat(limit)); near != 0; near &= near - 1)
        names[count++] = centers.names[slot + static_cast<std::size_t>(__builtin_ctz(near))];
    }
    return count;
  }
};

/// (row - origin) * factor as integers. @return whether all fit 16 bits
template <class Value>
inline bool round_values(const Value* row, const double* origin, double factor, std::size_t count,
                         std::int16_t* integers) {
  constexpr std::size_t chunk = 64;
  float placed[chunk];
  place_in_frame(row, origin, factor, count, placed);
  unsigned fit = 1;
  for (std::size_t q = 0; q < count; ++q) {
    fit &= static_cast<unsigned>(placed[q] >= -32767.0f) & static_cast<unsigned>(placed[q] <= 32767.0f);  // no NaN does
    const float shifted = placed[q] + 0x1.8p23f;  // its last bits are the nearest integer
    std::uint32_t bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    integers[q] = static_cast<std::int16_t>(bits);
  }
  return fit != 0;
}

/// @tparam Mover  a vector of float whose lanes are pairs here: they are moved, never computed with
template <class Mover, class Value>
std::uint32_t round_tile(const Value* const* rows, const double* origin, double factor, std::size_t features,
                         std::int16_t* tile, double* norms) {
  constexpr std::size_t chunk = 64, chunk_pairs = chunk / 2;
  std::uint32_t beyond = 0;
  for (std::size_t lane = 0; lane < int16_tile; ++lane) norms[lane] = 0.0;
  for (std::size_t start = 0; start < features; start += chunk) {
    const std::size_t count = features - start < chunk ? features - start : chunk, pairs = (count + 1) / 2;
    float packed[chunk_pairs * int16_tile], placed[int16_tile * chunk_pairs];  // pairs, moved as floats
    for (std::size_t lane = 0; lane < int16_tile; ++lane) {
      std::int16_t integers[chunk] = {};
      if (!round_values(rows[lane] + start, origin + start, factor, count, integers)) beyond |= 1u << lane;
      std::int64_t squares = 0;
      for (std::size_t q = 0; q < count; ++q) squares += std::int32_t{integers[q]} * integers[q];
      norms[lane] += static_cast<double>(squares);
      std::memcpy(placed + lane * chunk_pairs, integers, pairs * sizeof(float));
    }
    transpose_columns<Mover, int16_tile, chunk_pairs>(placed, pairs, packed);
    std::memcpy(tile + start * int16_tile, packed, pairs * int16_tile * sizeof(float));
  }
  for (std::uint32_t bits = beyond; bits != 0; bits &= bits - 1) {
    const auto lane = static_cast<std::size_t>(__builtin_ctz(bits));
    norms[lane] = 0.0;
    for (std::size_t q = 0; q < (features + 1) / 2; ++q) std::memset(tile + (q * int16_tile + lane) * 2, 0, 4);
  }
  return beyond;
}

template <class Vector, class Panel, std::size_t vectors, std::size_t centers_at_once>
constexpr Int16Kernels int16_kernels() {
  using Nearest = NearestInt16<Vector, Panel, vectors, centers_at_once>;
  using Mover = typename Panel::Mover;
  return {Nearest::nearest,         Nearest::contenders,      Nearest::score, round_tile<Mover, std::uint8_t>,
          round_tile<Mover, float>, round_tile<Mover, double>};
}

}  // namespace
}  // namespace pykmeans::kernels
