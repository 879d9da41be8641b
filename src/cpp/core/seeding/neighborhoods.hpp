// The filter of k-means++, for all metrics: rows in float32, near ones together, to estimate what a candidate gains and
// to find the rows that it may be nearest to.
//
// The frame. x' = (x - origin) 2^e in float32 for the numbers, |x'_q| <= 2^10: with u = 2^-24, |x' - exact| <= 1.001 u
// |x'| + underflow, as place_in_frame rounds once (and once in double). A candidate is placed likewise. What that may
// change of a distance is at most the `row error` of the row, the same of the candidate, and a relative 2^-20:
//
//   Squares. For places that lie D apart exactly and D' apart in float32, |D - D'| <= r = 1.001 u (|x'| + |c'|) +
//   underflow, and for any h > 0, by 2 D' r <= h D'^2 + r^2 / h,
//
//     |D^2 - D'^2| <= h D'^2 + (1 + 1 / h) r^2,    r^2 <= 2.01 u^2 (|x'|^2 + |c'|^2) + underflow.
//
//   h = 2^-20 makes the last term at most 2^-26.9 (|x'|^2 + |c'|^2). The row error is 2^-26 |x'|^2, which also covers
//   that norms are computed in float32 (d <= 100,000), and 2^-100 for whatever underflows: squares below 2^-149 of
//   values up to 2^10, and the smallest squares of the exact distance, 2^-270 in this frame, times d.
//
//   Sums of magnitudes change by 1.001 u (sum |x'| + sum |c'|) + underflow at most, and sum |x'| <= sqrt(d |x'|^2).
//   The row error is 2 u of that, and 2^-75, as norms miss the squares of values below 2^-74: d 2^-74 u of the sum.
//
//   Categories are placed as they are, with no error at all: data whose categories float32 cannot hold have no frame.
//   Their number is exact, too, and what a category that differs adds is rounded once.
//
// The kernel's sums of d terms are right to (d + 3) u (with categories (p + 6) u for p numbers, p < d), a value stored
// in float32 to u, the exact distance (of values scaled by a power of two, or not) to (d / 16 + 9) 2^-53. All these
// and the relative 2^-20 add up to less than `relative_error` / 2 = (d + 8) u + 2^-20, relative to the larger of value
// and distance.
//
// A row that a candidate is nearer to: by the exact distance, distance < value, so the kernel's distance is less than
//
//   N + a,    N = value (1 + relative_error) + row error of the row,    a = row error of the candidate.
//
// N is what is stored, with the largest row error of the row's tile; the other half of the relative_error covers its
// own roundings.
//
// A gain is the sum of max(0, value - distance); the kernel's is that of max(0, N + a - distance'). They differ by at
// most 2 (relative_error N + row error + a) a row, times its weight (at most 1 here), and not at all in tiles where the
// kernel finds nothing. A lane adds up at most 512 rows and rounds each addition: 2^-14 of the gain covers that, and
// the weights' roundings.
//
// Where distances count categories only, all of them are whole and less than 2^24: relative_error and row errors are 0.
//
// Boxes. With few columns, all of them numbers, and many steps the rows are ordered once, so that a tile holds near
// ones: halves of halves, each cut across the column in which a sample spreads most. No row of a tile is nearer to a
// candidate than the tile's box: where the kernel's distance to the box, right to (d + 3) u as well, is above
// (1 + relative_error) (N + a) with the largest N of the tile, the tile is passed over; blocks of sixteen tiles
// likewise.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "../../kernels/table.hpp"
#include "../distance/exact_distance.hpp"
#include "../distance/metrics.hpp"
#include "../exact/power_of_two.hpp"
#include "../machine/memory_limit.hpp"
#include "nearby.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// Of squared Euclidean distances, alone and beside categories; of sums of absolute differences; of the number of
/// categories that differ.
extern const SeedFilter square_seeds, mixed_seeds, l1_seeds, count_seeds;

template <class T>
class Neighborhoods final : public Nearby {
 public:
  Neighborhoods(const Points<T>& points, const ExactDistance& exact, std::size_t n_clusters, const MemoryLimit& limit,
                std::size_t kept, const Poll& poll);

  void begin(const double* values) override;
  Gains estimate(const double* centers, std::size_t count) override;
  std::size_t parts() const override { return (blocks_ + part_blocks_ - 1) / part_blocks_; }
  void near(std::size_t part, std::size_t candidate, Vector<Near>& found) const override;
  void improve(const Vector<Near>& rows, const double* values) override;

 private:
  static constexpr std::size_t tile = kernels::seed_tile;
  static constexpr std::size_t at_once = kernels::candidates_at_once;
  static constexpr std::uint32_t no_row = 0xffffffffu;

  bool choose_frame(const ExactDistance& exact);
  std::size_t row_bytes() const;
  bool keeps_copy(std::size_t n_clusters, const MemoryLimit& limit, std::size_t kept) const;
  bool uses_boxes(std::size_t n_clusters) const;
  void order_rows();
  void fill_block(std::size_t block, const double* values);
  void make_boxes(std::size_t block);
  void place_candidates(const double* centers, std::size_t count);
  void measure(std::size_t first_tile);
  float stored(double value, std::size_t tile_number) const;
  const float* pack(std::size_t first_tile, std::size_t count, Vector<float>& scratch, float* row_errors) const;
  kernels::SeedQuery query(std::size_t group, std::size_t first_tile, const float* rows) const;
  std::size_t row_at(std::size_t slot) const {
    return order_.empty() ? (slot < points_.rows() ? slot : no_row) : order_[slot];
  }
  std::size_t groups() const { return added_.size() / at_once; }

  const Points<T>& points_;
  const Poll& poll_;
  const std::size_t numbers_;       // the leading columns; the others are categories
  const SeedFilter* const filter_;  // nullptr where the metric has none
  const kernels::PackKernels<float>& pack_ = kernels::pick().seed.pack;
  const kernels::SeedMetric* const kernels_;  // its own
  const int threads_;
  int to_frame_ = 0;       // a value of the exact distance times this power of two is one of the frame
  double factor_ = 1.0;    // 2^e
  double mismatch_ = 0.0;  // what a category that differs adds, in the frame
  const bool works_;       // whether there is a filter, and the frame's numbers stay in float32's range
  const bool keeps_copy_;
  const bool uses_boxes_;
  const float relative_error_;
  double weight_factor_ = 1.0;

  std::size_t block_tiles_;
  std::size_t blocks_;
  std::size_t part_blocks_;
  Vector<std::uint32_t> order_;  // rows by place; empty for their own order
  Vector<float> nearest_;        // (tiles, tile) N
  Vector<float> weights_;        // (tiles, tile) over the largest; empty for ones
  Vector<float> copy_;           // (tiles, features, tile) rows in the frame, where they are kept
  Vector<float> row_errors_;     // (tiles) the largest
  Vector<float> reach_;          // (tiles) (1 + relative_error) times the largest N
  Vector<float> box_reach_;      // (blocks) the largest of those
  Vector<float> boxes_;          // (blocks, features, 2)
  Vector<float> tile_boxes_;     // (blocks, features, 2, tiles of a block)

  Vector<float> candidates_;       // (groups, features, at_once), zeros where there is none
  Vector<float> added_;            // (groups, at_once) a
  Vector<float> reach_added_;      // (groups, at_once) (1 + relative_error) a
  Vector<std::uint16_t> touched_;  // (groups, blocks, at_once) tiles where the kernel found a gain
};

}  // namespace pykmeans::detail
