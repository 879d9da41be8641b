// Chosen rows of a block against a panel of sixteen centers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pykmeans::kernels {

constexpr std::size_t group_lanes = 16;

template <class Value, class Packed = Value>
struct GroupQuery {
  const Value* rows;  // (block, stride)
  std::size_t stride;
  const std::uint32_t* chosen;  // (count) indices of rows, and group_lanes more, of any rows of the block
  std::size_t count;
  std::size_t features;
  const Packed* centers;     // (features, group_lanes); of 8-bit integers as Int8Kernels packs them
  const float* bounds;       // (group_lanes)
  const float* limits;       // (block)
  const std::int32_t* slot;  // (block) of the center to leave out of a row's answer: its score is not above the limit
  std::int32_t first_slot;   // of the sixteen
};

/// What the scores of the chosen rows say. All arrays have room for group_lanes more.
struct GroupAnswer {
  float* least;               // (count) what no score is below; where there are contenders, the least score
  std::uint32_t* contenders;  // (count) bit l: the score of center l is not above the row's limit, or is NaN; where any
  std::uint32_t* contended;   // (count) indices into `chosen` of the rows that have contenders, ascending
};

/// Score: bound + sum over q of row[q] * center[q], in any order of operations. @return how many rows have contenders
using ScoreGroup = std::size_t (*)(const GroupQuery<float>& query, const GroupAnswer& answer);

/// The rows of a block whose bound is not above (reach + moved) * (1 + 2^-22).
/// @param chosen [out] (count at most), with room for group_lanes more  @return how many
using Survivors = std::size_t (*)(const float* bound, const float* reach, float moved, std::size_t count,
                                  std::uint32_t* chosen);

/// bound[chosen] = the square root of (below[chosen] + 2 * least), or of 0 if that is less, times 1 - 2^-20, plus
/// moved, less what rounding may have added. @param bound [out] (block)
using KeepBounds = void (*)(const float* least, const std::uint32_t* chosen, std::size_t count, const float* below,
                            float moved, float* bound);

/// The sum of the squares of row[q] - center[q], in any order of operations.
using SquaredDistance = float (*)(const float* row, const float* center, std::size_t features);

struct GroupKernels {
  ScoreGroup score_group;
  Survivors survivors;
  KeepBounds keep_bounds;
  SquaredDistance squared_distance;
};

}  // namespace pykmeans::kernels
