// What eight candidates of k-means++ would gain in a block of rows, and which rows one of them may be nearest to. The
// rows of a tile lie in the lanes. Included by the isa_*.cpp files only (see nearest_score.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "bits.hpp"
#include "feature_terms.inl.hpp"
#include "pack.inl.hpp"
#include "seed_blocks.hpp"

namespace pykmeans::kernels {
namespace {

/// Start to load a value into the cache before it is needed.
inline void prefetch(const float* value) {
#if defined(__GNUC__)
  __builtin_prefetch(value);
#else
  static_cast<void>(value);
#endif
}

/// @tparam Vector  lanes of float  @tparam UpTo8  lanes of float, at most eight, for the candidates
/// @tparam Number  what a number adds (feature_terms.inl.hpp)
/// @tparam has_categories  whether there may be categories after the numbers; then there are no boxes
template <class Vector, class UpTo8, class Number, bool has_categories>
struct SeedBlocks {
  using Lanes = typename Vector::Lanes;
  static constexpr std::size_t width = Vector::width;
  static_assert(seed_tile % width == 0 && seed_block_tiles % width == 0, "a tile is full vectors, and a block's boxes");
  static_assert(candidates_at_once % UpTo8::width == 0, "the candidates are full vectors");
  static constexpr std::size_t vectors = seed_tile / width;  // of a tile
  // Vectors of rows at once: with two candidates they make eight sums, enough that none waits for itself.
  static constexpr std::size_t at_once = 4;
  static constexpr unsigned all_lanes = (1u << width) - 1;

  /// Add what features [first, last) add. @param centers (count) pointers to the first feature of each
  template <class Feature, std::size_t count, std::size_t n>
  static inline void walk(const float* const* rows, const float* const* centers, std::size_t first, std::size_t last,
                          Lanes (&sums)[count][n]) {
    for (std::size_t q = first; q < last; ++q) {
      Lanes center[count];
      for (std::size_t c = 0; c < count; ++c) center[c] = Vector::splat(centers[c][q * candidates_at_once]);
      for (std::size_t v = 0; v < n; ++v) {
        const Lanes row = Vector::load(rows[v] + q * seed_tile);
        for (std::size_t c = 0; c < count; ++c) sums[c][v] = Feature::template add<Vector>(sums[c][v], row, center[c]);
      }
    }
  }

  /// Distances between some vectors of rows and some candidates, minus what is added to the rows' values.
  template <std::size_t count, std::size_t n>
  static inline void distances(const SeedQuery& query, const float* const* rows, const std::size_t* which,
                               Lanes (&sums)[count][n]) {
    const std::size_t numbers = query.features - (has_categories ? query.categories : 0);
    const float* centers[count];
    for (std::size_t c = 0; c < count; ++c) centers[c] = query.candidates + which[c];
    if constexpr (has_categories) {  // counted first, which is exact
      for (std::size_t c = 0; c < count; ++c)
        for (std::size_t v = 0; v < n; ++v) sums[c][v] = Vector::splat(0.0f);
      walk<CountUnlike>(rows, centers, numbers, query.features, sums);
    }
    for (std::size_t c = 0; c < count; ++c) {
      const Lanes start = Vector::splat(-query.added[which[c]]);
      for (std::size_t v = 0; v < n; ++v)
        sums[c][v] = has_categories ? Vector::multiply_add(sums[c][v], Vector::splat(query.mismatch), start) : start;
    }
    walk<Number>(rows, centers, 0, numbers, sums);
  }

  static const float* rows_of(const SeedQuery& query, std::size_t vector) {
    return query.points + vector / vectors * (query.features * seed_tile) + vector % vectors * width;
  }

  /// Add what some candidates gain in some vectors of rows, and set the bits of the tiles where they gain.
  template <std::size_t count, std::size_t n>
  static inline void gain(const SeedQuery& query, const std::size_t* numbers, const std::size_t* which,
                          Lanes (&totals)[count], std::uint16_t* touched) {
    const float* rows[n];
    for (std::size_t v = 0; v < n; ++v) rows[v] = rows_of(query, numbers[v]);
    Lanes sums[count][n];
    distances<count, n>(query, rows, which, sums);
    const Lanes zero = Vector::splat(0.0f);
    for (std::size_t v = 0; v < n; ++v) {
      const std::size_t row = numbers[v] * width;
      const Lanes present = Vector::load(query.nearest + row);
      for (std::size_t c = 0; c < count; ++c) {
        const Lanes less = Vector::max(Vector::subtract(present, sums[c][v]), zero);
        const unsigned gains = Vector::at_most(less, zero) != all_lanes ? 1u : 0u;
        touched[which[c]] = static_cast<std::uint16_t>(touched[which[c]] | gains << (numbers[v] / vectors));
        totals[c] = query.weights ? Vector::multiply_add(Vector::load(query.weights + row), less, totals[c])
                                  : Vector::add(totals[c], less);
      }
    }
  }

  /// Add what `count` candidates gain in all tiles.
  template <std::size_t count>
  static inline void gain_everywhere(const SeedQuery& query, const std::size_t* which, float* gains,
                                     std::uint16_t* touched) {
    Lanes totals[count];
    for (std::size_t c = 0; c < count; ++c) totals[c] = Vector::load(gains + which[c] * seed_tile);
    for (std::size_t first = 0; first < query.tiles * vectors; first += at_once) {
      std::size_t numbers[at_once];
      for (std::size_t v = 0; v < at_once; ++v) numbers[v] = first + v;
      gain<count, at_once>(query, numbers, which, totals, touched);
    }
    for (std::size_t c = 0; c < count; ++c) Vector::store(gains + which[c] * seed_tile, totals[c]);
  }

  /// Bit l: candidate l is within reach of the box.
  template <std::size_t features>
  static inline unsigned near_box(const SeedQuery& query) {
    unsigned mask = 0;
    for (std::size_t first = 0; first < candidates_at_once; first += UpTo8::width) {
      auto sum = UpTo8::splat(0.0f);
      for (std::size_t q = 0; q < features; ++q) {
        const auto at = UpTo8::load(query.candidates + q * candidates_at_once + first);
        const auto below = UpTo8::subtract(UpTo8::splat(query.box[2 * q]), at);
        const auto above = UpTo8::subtract(at, UpTo8::splat(query.box[2 * q + 1]));
        const auto t = UpTo8::max(UpTo8::max(below, above), UpTo8::splat(0.0f));
        sum = Number::template add_difference<UpTo8>(sum, t);
      }
      const auto limit = UpTo8::add(UpTo8::splat(query.box_reach), UpTo8::load(query.reach_added + first));
      mask |= UpTo8::at_most(sum, limit) << first;
    }
    return mask;
  }

  /// Bit t: the candidate is within reach of the box of tile t.
  template <std::size_t features>
  static inline unsigned near_tiles(const SeedQuery& query, std::size_t which) {
    unsigned mask = 0;
    for (std::size_t first = 0; first < seed_block_tiles; first += width) {
      Lanes sum = Vector::splat(0.0f);
      for (std::size_t q = 0; q < features; ++q) {
        const Lanes at = Vector::splat(query.candidates[q * candidates_at_once + which]);
        const float* box = query.tile_boxes + 2 * q * seed_block_tiles + first;
        const Lanes below = Vector::subtract(Vector::load(box), at);
        const Lanes above = Vector::subtract(at, Vector::load(box + seed_block_tiles));
        const Lanes t = Vector::max(Vector::max(below, above), Vector::splat(0.0f));
        sum = Number::template add_difference<Vector>(sum, t);
      }
      const Lanes limit = Vector::add(Vector::load(query.tile_reach + first), Vector::splat(query.reach_added[which]));
      mask |= Vector::at_most(sum, limit) << first;
    }
    return mask;
  }

  /// Add what some candidates gain in one tile, whose values stay in registers. Mostly they gain nothing.
  template <std::size_t features>
  static inline void gain_in(const SeedQuery& query, std::size_t tile, unsigned candidates, float* gains,
                             std::uint16_t* touched) {
    for (std::size_t v = 0; v < vectors; ++v) {
      const float* values = rows_of(query, tile * vectors + v);
      const std::size_t row = (tile * vectors + v) * width;
      const Lanes present = Vector::load(query.nearest + row);
      Lanes at[features];
      for (std::size_t q = 0; q < features; ++q) at[q] = Vector::load(values + q * seed_tile);
      for (unsigned mask = candidates; mask != 0; mask &= mask - 1) {
        const std::size_t which = lowest_bit(mask);
        const float* center = query.candidates + which;
        Lanes sum = Vector::splat(-query.added[which]);
        for (std::size_t q = 0; q < features; ++q)
          sum = Number::template add<Vector>(sum, at[q], Vector::splat(center[q * candidates_at_once]));
        if (Vector::at_most(present, sum) == all_lanes) continue;
        touched[which] = static_cast<std::uint16_t>(touched[which] | 1u << tile);
        const Lanes less = Vector::max(Vector::subtract(present, sum), Vector::splat(0.0f));
        float* total = gains + which * seed_tile;
        Vector::store(total, query.weights
                                 ? Vector::multiply_add(Vector::load(query.weights + row), less, Vector::load(total))
                                 : Vector::add(Vector::load(total), less));
      }
    }
  }

  /// Add what the candidates gain in the tiles that they are within reach of.
  template <std::size_t features>
  static void gain_within(const SeedQuery& query, unsigned wanted, float* gains, std::uint16_t* touched) {
    std::uint8_t candidates[seed_block_tiles] = {};  // of each tile
    unsigned any = 0;
    for (unsigned mask = wanted & near_box<features>(query); mask != 0; mask &= mask - 1) {
      const std::size_t which = lowest_bit(mask);
      const unsigned tiles = near_tiles<features>(query, which);
      any |= tiles;
      for (std::size_t t = 0; t < seed_block_tiles; ++t)
        candidates[t] = static_cast<std::uint8_t>(candidates[t] | ((tiles >> t) & 1) << which);
    }
    for (unsigned tiles = any; tiles != 0; tiles &= tiles - 1) {  // they lie apart, so the CPU does not foresee them
      const float* values = query.points + lowest_bit(tiles) * (features * seed_tile);
      for (std::size_t q = 0; q < features; ++q) prefetch(values + q * seed_tile);
    }
    for (; any != 0; any &= any - 1) {
      const std::size_t tile = lowest_bit(any);
      gain_in<features>(query, tile, candidates[tile], gains, touched);
    }
  }

  /// The same for a number of features that is known at run time only.
  template <std::size_t most>
  static void gain_with_boxes(const SeedQuery& query, unsigned wanted, float* gains, std::uint16_t* touched) {
    if (query.features == most)
      gain_within<most>(query, wanted, gains, touched);
    else if constexpr (most > 1)
      gain_with_boxes<most - 1>(query, wanted, gains, touched);
  }

  static void gains(const SeedQuery& query, unsigned wanted, float* result, std::uint16_t* touched) {
    for (std::size_t l = 0; l < candidates_at_once; ++l) touched[l] = 0;
    if constexpr (!has_categories)
      if (query.box) return gain_with_boxes<most_boxed_features>(query, wanted, result, touched);
    std::size_t which[candidates_at_once], count = 0;
    for (; wanted != 0; wanted &= wanted - 1) which[count++] = lowest_bit(wanted);
    std::size_t c = 0;
    for (; c + 2 <= count; c += 2) gain_everywhere<2>(query, which + c, result, touched);
    if (c < count) gain_everywhere<1>(query, which + c, result, touched);
  }

  static unsigned near(const SeedQuery& query, std::size_t which) {
    const float* rows[vectors];
    for (std::size_t v = 0; v < vectors; ++v) rows[v] = rows_of(query, v);
    Lanes sums[1][vectors];
    distances<1, vectors>(query, rows, &which, sums);
    unsigned mask = 0;
    for (std::size_t v = 0; v < vectors; ++v)
      mask |= Vector::at_most(Vector::load(query.nearest + v * width), sums[0][v]) << (v * width);
    return ~mask & 0xffffu;
  }

  static constexpr SeedMetric kernels() { return {gains, near}; }
};

template <class Vector, class UpTo8>
constexpr SeedKernels seed_kernels() {
  SeedKernels kernels{};
  kernels.pack = pack_kernels<Vector, seed_tile>();
  kernels.squared = SeedBlocks<Vector, UpTo8, AddSquare, false>::kernels();
  kernels.absolute = SeedBlocks<Vector, UpTo8, AddMagnitude, false>::kernels();
  kernels.mixed = SeedBlocks<Vector, UpTo8, AddSquare, true>::kernels();
  return kernels;
}

}  // namespace
}  // namespace pykmeans::kernels
