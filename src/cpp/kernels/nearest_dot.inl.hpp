// Dot-product scores of tiles of points against panels of centers, written once over a small vector type: points lie in
// the lanes, the values of a center are broadcast, and the minimum is kept in registers, so that no n x k matrix
// exists. Included by the isa_*.cpp files only; everything is in an unnamed namespace, so that no function compiled for
// one instruction set can be linked into another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "pack.inl.hpp"
#include "table.hpp"

namespace pykmeans::kernels {
namespace {

/// @tparam Vector   the lanes
/// @tparam vectors  vectors of points in a tile
/// @tparam centers_at_once  centers in a panel; vectors * centers_at_once accumulators must fit the registers
template <class Vector, std::size_t vectors, std::size_t centers_at_once>
struct NearestDot {
  using Float = typename Vector::Scalar;
  using Lanes = typename Vector::Lanes;
  using Indices = typename Vector::Indices;
  static constexpr std::size_t tile = vectors * Vector::width;
  static constexpr Float infinity = std::numeric_limits<Float>::infinity();

  struct Scores {
    Lanes at[centers_at_once][vectors];
  };

  static inline void score_panel(const Float* points, const Float* centers, const Float* bounds, std::size_t features,
                                 Scores& scores) {
    for (std::size_t c = 0; c < centers_at_once; ++c)
      for (std::size_t v = 0; v < vectors; ++v) scores.at[c][v] = Vector::splat(bounds[c]);
    for (std::size_t q = 0; q < features; ++q) {
      Lanes point[vectors];
      for (std::size_t v = 0; v < vectors; ++v) point[v] = Vector::load(points + q * tile + v * Vector::width);
      for (std::size_t c = 0; c < centers_at_once; ++c) {
        const Lanes center = Vector::splat(centers[q * centers_at_once + c]);
        for (std::size_t v = 0; v < vectors; ++v)
          scores.at[c][v] = Vector::multiply_add(point[v], center, scores.at[c][v]);
      }
    }
  }

  static void nearest_in_tile(const Float* points, const Float* centers, const Float* bounds, std::size_t features,
                              std::size_t panels, Float* best, Float* second, std::int32_t* index) {
    Lanes least[vectors], next[vectors];
    Indices where[vectors];
    for (std::size_t v = 0; v < vectors; ++v) {
      least[v] = next[v] = Vector::splat(infinity);
      where[v] = Vector::splat_index(0);
    }
    for (std::size_t p = 0; p < panels; ++p) {
      Scores scores;
      score_panel(points, centers + p * features * centers_at_once, bounds + p * centers_at_once, features, scores);
      for (std::size_t c = 0; c < centers_at_once; ++c) {
        const Indices here = Vector::splat_index(static_cast<typename Vector::Integer>(p * centers_at_once + c));
        for (std::size_t v = 0; v < vectors; ++v) {
          const Lanes score = scores.at[c][v];
          where[v] = Vector::pick_less(score, least[v], here, where[v]);
          next[v] = Vector::min(next[v], Vector::max(least[v], score));
          least[v] = Vector::min(least[v], score);
        }
      }
    }
    for (std::size_t v = 0; v < vectors; ++v) {
      Vector::store(best + v * Vector::width, least[v]);
      Vector::store(second + v * Vector::width, next[v]);
      Vector::store_index(index + v * Vector::width, where[v]);
    }
  }

  static void nearest(const Float* points, const Float* centers, const Float* bounds, std::size_t features,
                      std::size_t panels, std::size_t tiles, Float* best, Float* second, std::int32_t* index) {
    for (std::size_t t = 0; t < tiles; ++t)
      nearest_in_tile(points + t * features * tile, centers, bounds, features, panels, best + t * tile,
                      second + t * tile, index + t * tile);
  }

  static void scores(const Float* points, const Float* centers, const Float* bounds, std::size_t features,
                     std::size_t panels, Float* out) {
    for (std::size_t p = 0; p < panels; ++p) {
      Scores panel;
      score_panel(points, centers + p * features * centers_at_once, bounds + p * centers_at_once, features, panel);
      for (std::size_t c = 0; c < centers_at_once; ++c)
        for (std::size_t v = 0; v < vectors; ++v)
          Vector::store(out + (p * centers_at_once + c) * tile + v * Vector::width, panel.at[c][v]);
    }
  }

  static constexpr FilterKernels<Float> kernels() {
    return {{tile, centers_at_once, nearest, scores}, pack_kernels<Vector, tile>()};
  }
};

}  // namespace
}  // namespace pykmeans::kernels
