// When an algorithm pays: every limit that was found by measurement, in one place. `python -m bench` times whole fits
// with each algorithm forced; a limit stands where the two lines crossed. None of them changes a result.
#pragma once

#include <cstddef>

namespace pykmeans::detail::thresholds {

// boxes: sorting the points must be repaid. Below, a pass over all rows takes less than the sort does.
constexpr std::size_t boxes_fewest_rows = 4000;

// tiles: rounding the rows must be repaid.
constexpr std::size_t tiles_fewest_rows = 4096;
constexpr std::size_t tiles_fewest_features = 4;
constexpr std::size_t tiles_fewest_clusters = 16;
// "lloyd" keeps the packed rows of a small X (most_kept_values), and is as fast up to here.
constexpr std::size_t tiles_fewest_clusters_small = 64;
// Up to here a full pass in 16 bits takes less than bounds and the rows that they leave.
constexpr std::size_t tiles_before_bounds_features = 64;

// What tiles remember of panels of centers: sorting the rows must be repaid, and a tile be small beside a cluster.
constexpr std::size_t tile_bounds_fewest_clusters = 256;
constexpr std::size_t tile_bounds_fewest_rows_a_cluster = 64;
// In more features than this tiles are so large that they wait until at most this part of the rows changes its label.
constexpr std::size_t tile_bounds_eager_features = 10;
constexpr std::size_t tile_bounds_part = 32;

// "lloyd" keeps the packed rows from one pass to the next where all of X takes no more than these four megabytes:
// packing it anew in each pass would be a good part of the work.
constexpr std::size_t most_kept_values = std::size_t{1} << 20;

// bounds: the scan of the bounds takes as long as it spares in smaller problems.
constexpr std::size_t bounds_fewest_clusters = 64;
constexpr std::size_t bounds_fewest_features = 32;
constexpr std::size_t bounds_least_work = 16384;  // clusters * features
constexpr std::size_t bounds_fewest_rows_a_cluster = 4;
constexpr std::size_t bounds_fewest_groups = 4;  // of centers, whose bounds fit into the memory for them

// A full pass in 8-bit integers: packing the centers must be repaid.
constexpr std::size_t int8_least_work = 65536;  // clusters * features
constexpr std::size_t int8_fewest_features = 64;
constexpr std::size_t int8_fewest_rows = 512;
// They are given up where they leave more exact distances than this, or where bounds leave so few centers to look at
// that tighter scores are worth more than fast ones.
constexpr double int8_most_distances_a_row = 24.0;
constexpr double int8_fewest_centers_a_row = 40.0;

// "auto" begins to prune when at most this part of the rows changed its label: while centers move far, bounds spare
// little.
constexpr std::size_t pruning_pays_part = 4;  // a quarter
// It gives up where a pass was spared less than this, until half as many rows change their label.
constexpr double least_pruned_fraction = 0.3;
constexpr std::size_t patience_part = 2;

}  // namespace pykmeans::detail::thresholds
