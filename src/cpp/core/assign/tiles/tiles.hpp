// Tiles ("tiles"): compares rows and centers in 16-bit integers, on a copy of X in tiles of 32 rows. Such integers are
// half as long as float32, twice as many of them are multiplied at once, and their least scores are exact (int16.hpp has
// the proof).
//
// With many centers, the rows are sorted after the first pass, so that those of a tile are near each other, and each tile
// remembers how far it is from each panel of centers (tile_bounds.hpp has the proof): it then looks at a few panels only.
// Bounds rest while two centers are equal or one is far from all rows.
//
// Use when: few features, many rows, more than a few passes. Do not use when: a few values are a thousand times as
// large as the rest, which 16 bits then cannot tell apart. Memory: 2 bytes for each value of X; with many centers 16
// bytes a row and 4 for each panel and tile more. Cost: n k d / 2 fused multiply-adds, or the share of the panels that
// is looked at; and the exact distance for some rows in a hundred.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "../../filter/groups.hpp"
#include "../../filter/int16.hpp"
#include "../../machine/large_array.hpp"
#include "../../rows/ordered_rows.hpp"
#include "../algorithm.hpp"
#include "../policy.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"
#include "tile_bounds.hpp"

namespace pykmeans::detail {

template <class T>
class Tiles : public BlockAlgorithm<T> {
 public:
  /// `points` must outlive it. @param with_bounds  where they pay
  Tiles(const Points<T>& points, std::size_t n_clusters, bool with_bounds = false);

  /// Whether the instruction set at hand has kernels for it.
  static bool possible(const Points<T>& points);
  /// Whether it is faster than "lloyd" and its copy takes no more memory than X.
  static bool pays(const Points<T>& points, std::size_t n_clusters);
  /// What the copy takes.
  static std::size_t bytes(const Points<T>& points, std::size_t n_clusters);

  /// Round the rows.
  void prepare(const Pass& pass) override;
  bool begin(const Pass& pass) override;
  PassPlan plan(const Pass& pass) const override;
  Tally run(const Pass& pass) override;
  void label(const RowBlock<T>& block, std::int32_t* labels, Partial* sums, Tally& tally, int worker) override;
  void end(const Tally& tally) override;
  void write_labels(std::int32_t* labels, const Poll& poll) override;
  void label_changed(std::size_t) override { forgotten_ = true; }
  void forget() override;
  /// The share of rows that needed no exact distance.
  double pruned_fraction() const override { return pruned_fraction_; }

 private:
  struct Work;

  /// What a thread needs for some tiles.
  struct Scratch {
    static constexpr std::size_t group = 16;  // tiles at once

    Scratch(std::size_t n_panels, bool with_bounds)
        : near(n_panels * kernels::int16_panel),
          list_size(n_panels + Groups::lanes),
          lists(with_bounds ? group * list_size : 0),
          bounds(with_bounds ? n_panels : 0) {}

    /// The panels that a tile looks at.
    std::uint32_t* list(std::size_t t) { return lists.data() + t * list_size; }

    Vector<std::int32_t> near;  // candidates of a row
    std::size_t list_size;
    Vector<std::uint32_t> lists;
    TileBounds::Scratch bounds;
  };

  double choose_step() const;
  void round(const RowSource<T>& source, const Pass& pass);
  bool pack(const Pass& pass);
  void begin_bounds(const Pass& pass);
  void sort(const Pass& pass);
  template <class Value>
  void in_order(const Value* from, Value* to, const Poll& poll) const;

  using BlockAlgorithm<T>::points_;
  const std::size_t n_clusters_;

  // The rows, in their order or in order_.
  LargeArray<std::int16_t> tiles_;  // (tiles, pairs, int16_tile, 2)
  LargeArray<float> norms_;         // (tiles, int16_tile) squares of what the integers stand for
  Vector<std::uint32_t> beyond_;    // (tiles) bit l: row l does not fit into 16 bits
  Int16Rows rows_;
  bool too_coarse_ = false;  // many rows do not fit

  // With bounds.
  Groups groups_;
  std::unique_ptr<TileBounds> bounds_;  // or none, where they do not pay
  PassPolicy policy_;
  LargeArray<std::uint32_t> order_;         // once the rows are sorted
  std::unique_ptr<OrderedRows<T>> sorted_;  // the rows in that order
  LargeArray<std::int32_t> own_labels_;     // in that order
  LargeArray<double> weights_;              // in that order, or none
  bool forgotten_ = false;                  // the caller's labels count
  bool written_ = true;                     // the caller has the labels

  // Of the pass at hand.
  const Pass* pass_ = nullptr;
  bool bounded_ = false;
  Int16Codebook centers_;
  Vector<Scratch> scratch_;  // (threads)
  Vector<std::uint32_t> all_panels_;
  double pruned_fraction_ = 1.0;
};

/// The same, with bounds where they pay.
template <class T>
class BoundedTiles final : public Tiles<T> {
 public:
  BoundedTiles(const Points<T>& points, std::size_t n_clusters) : Tiles<T>(points, n_clusters, /*with_bounds=*/true) {}

  /// What the copy and the bounds take, while the rows are sorted.
  static std::size_t bytes(const Points<T>& points, std::size_t n_clusters);
};

}  // namespace pykmeans::detail
