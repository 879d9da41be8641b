// Exact sums of the exact distances between a tile of rows and other rows.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pykmeans::kernels {

constexpr std::size_t pair_tile = 8;      // rows in a tile
constexpr std::size_t most_pairs = 2048;  // other rows in a call, so that no sum of limbs leaves 64 bits

/// Categories come after the numbers, which are padded with zeros to one, two or a multiple of four.
struct PairQuery {
  const double* tile;     // (numbers + categories, pair_tile)
  const double* rows;     // (count, numbers + categories) the other rows
  const double* weights;  // (count) or nullptr for ones
  std::size_t count;      // at most most_pairs
  std::size_t numbers;
  std::size_t categories;
  double mismatch;      // what a category that differs adds
  bool rooted;          // add the root of each distance instead
  const double* magic;  // (limbs) 1.5 * 2^(52 + unit of the limb), the lowest first, each unit 2^51 times the one below
  std::size_t limbs;    // at least three
};

/// For each row of the tile, add its distance (or the root) to every other row, times the weight of that row, exactly.
/// What is added must be at most 2^50 units of the highest limb and a multiple of the lowest unit; products with
/// weights and what they lose in rounding must neither overflow nor underflow.
/// @param sums [in, out] (limbs, pair_tile) each grows by less than 2^62
using AddPairs = void (*)(const PairQuery& query, std::int64_t* sums);

struct PairKernels {
  AddPairs squared;   // squared Euclidean distance, and categories
  AddPairs absolute;  // the sum of absolute differences
};

}  // namespace pykmeans::kernels
