// Scores of tiles of points against panels of centers, written once for all vector types and all metrics. Points lie in
// the lanes, the values of a center are broadcast, and the minimum stays in registers, so that no n x k matrix exists.
//
// As all .inl.hpp files, this is included by the isa_*.cpp files only. Everything is in an unnamed namespace, so that
// no function that was compiled for one instruction set can be linked into code for another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "feature_terms.inl.hpp"
#include "nearest_score.hpp"
#include "pack.inl.hpp"

namespace pykmeans::kernels {
namespace {

/// @tparam Vector   the lanes
/// @tparam vectors  vectors of points in a tile
/// @tparam widest   most centers in a panel; vectors * widest accumulators must fit the registers
/// @tparam Number   what a number adds (feature_terms.inl.hpp)
/// @tparam has_categories  whether there may be categories after the numbers
template <class Vector, std::size_t vectors, std::size_t widest, class Number, bool has_categories>
struct NearestScore {
  using Float = typename Vector::Scalar;
  using Lanes = typename Vector::Lanes;
  using Indices = typename Vector::Indices;
  static constexpr std::size_t tile = vectors * Vector::width;
  static_assert(tile <= 32, "a verdict has 32 bits");
  static constexpr Float infinity = std::numeric_limits<Float>::infinity();

  template <std::size_t width>
  struct Scores {
    Lanes at[width][vectors];
  };

  /// Add what some features add. @param points (features, tile)  @param centers (features, width)
  template <class Feature, std::size_t width>
  static inline void walk(const Float* points, const Float* centers, std::size_t features, Scores<width>& scores) {
    for (std::size_t q = 0; q < features; ++q) {
      Lanes point[vectors];
      for (std::size_t v = 0; v < vectors; ++v) point[v] = Vector::load(points + q * tile + v * Vector::width);
      for (std::size_t c = 0; c < width; ++c) {
        const Lanes center = Vector::splat(centers[q * width + c]);
        for (std::size_t v = 0; v < vectors; ++v)
          scores.at[c][v] = Feature::template add<Vector>(scores.at[c][v], point[v], center);
      }
    }
  }

  template <std::size_t width>
  static inline void score_panel(const Float* points, const PanelView<Float>& centers, std::size_t panel,
                                 Scores<width>& scores) {
    const Float* const values = centers.values + panel * centers.features * width;
    const Float* const starts = centers.starts + panel * width;
    if constexpr (has_categories) {  // counted first, which is exact
      const std::size_t numbers = centers.features - centers.categories;
      for (std::size_t c = 0; c < width; ++c)
        for (std::size_t v = 0; v < vectors; ++v) scores.at[c][v] = Vector::splat(Float(0));
      walk<CountUnlike>(points + numbers * tile, values + numbers * width, centers.categories, scores);
      const Lanes mismatch = Vector::splat(centers.mismatch);
      for (std::size_t c = 0; c < width; ++c)
        for (std::size_t v = 0; v < vectors; ++v)
          scores.at[c][v] = Vector::multiply_add(scores.at[c][v], mismatch, Vector::splat(starts[c]));
      walk<Number>(points, values, numbers, scores);
    } else {
      for (std::size_t c = 0; c < width; ++c)
        for (std::size_t v = 0; v < vectors; ++v) scores.at[c][v] = Vector::splat(starts[c]);
      walk<Number>(points, values, centers.features, scores);
    }
  }

  template <std::size_t width>
  static TileVerdict nearest_in_tile(const Float* points, const Float* row_errors, const std::int32_t* labels,
                                     const PanelView<Float>& centers, std::int32_t* found) {
    Lanes least[vectors], next[vectors];
    Indices where[vectors];
    for (std::size_t v = 0; v < vectors; ++v) {
      least[v] = next[v] = Vector::splat(infinity);
      where[v] = Vector::splat_index(centers.names[0]);
    }
    for (std::size_t p = 0; p < centers.panels; ++p) {
      Scores<width> scores;
      score_panel<width>(points, centers, p, scores);
      for (std::size_t c = 0; c < width; ++c) {
        const Indices here = Vector::splat_index(centers.names[p * width + c]);
        for (std::size_t v = 0; v < vectors; ++v) {
          const Lanes score = scores.at[c][v];
          where[v] = Vector::pick_less(score, least[v], here, where[v]);
          next[v] = Vector::min(next[v], Vector::max(least[v], score));
          least[v] = Vector::min(least[v], score);
        }
      }
    }
    TileVerdict verdict = {0, 0};
    for (std::size_t v = 0; v < vectors; ++v) {
      const std::size_t first = v * Vector::width;
      const Lanes own = Vector::add(least[v], Vector::gather(centers.center_errors, where[v]));
      const Lanes limit = Vector::add(own, Vector::load(row_errors + first));
      verdict.undecided |= Vector::not_above(next[v], limit) << first;
      verdict.moved |= Vector::mismatches(where[v], labels + first) << first;
      Vector::store_index(found + first, where[v]);
    }
    return verdict;
  }

  template <std::size_t width>
  static void nearest_in(const TileView<Float>& points, const PanelView<Float>& centers, std::int32_t* found,
                         TileVerdict* verdicts) {
    for (std::size_t t = 0; t < points.tiles; ++t)
      verdicts[t] = nearest_in_tile<width>(points.values + t * centers.features * tile, points.row_errors + t * tile,
                                           points.labels + t * tile, centers, found + t * tile);
  }

  template <std::size_t width>
  static void scores_in(const Float* values, const PanelView<Float>& centers, Float* out) {
    for (std::size_t p = 0; p < centers.panels; ++p) {
      Scores<width> panel;
      score_panel<width>(values, centers, p, panel);
      for (std::size_t c = 0; c < width; ++c)
        for (std::size_t v = 0; v < vectors; ++v)
          Vector::store(out + (p * width + c) * tile + v * Vector::width, panel.at[c][v]);
    }
  }

  /// The width of a panel is a constant here, so that its scores stay in registers.
  template <std::size_t width = widest>
  static void nearest(const TileView<Float>& points, const PanelView<Float>& centers, std::int32_t* found,
                      TileVerdict* verdicts) {
    if (centers.width == width) return nearest_in<width>(points, centers, found, verdicts);
    if constexpr (width > 1) nearest<width - 1>(points, centers, found, verdicts);
  }

  template <std::size_t width = widest>
  static void scores(const Float* values, const PanelView<Float>& centers, Float* out) {
    if (centers.width == width) return scores_in<width>(values, centers, out);
    if constexpr (width > 1) scores<width - 1>(values, centers, out);
  }

  static constexpr ScoreKernels<Float> kernels() { return {nearest<>, scores<>}; }
};

template <class Vector, std::size_t vectors, std::size_t widest>
constexpr FilterKernels<typename Vector::Scalar> filter_kernels() {
  FilterKernels<typename Vector::Scalar> kernels{};
  kernels.tile = vectors * Vector::width;
  kernels.widest = widest;
  kernels.dot = NearestScore<Vector, vectors, widest, AddProduct, false>::kernels();
  kernels.l1 = NearestScore<Vector, vectors, widest, AddGreater, false>::kernels();
  kernels.mixed = NearestScore<Vector, vectors, widest, AddProduct, true>::kernels();
  kernels.pack = pack_kernels<Vector, vectors * Vector::width>();
  return kernels;
}

}  // namespace
}  // namespace pykmeans::kernels
