// What an instruction set provides. A constant table per set; cpu.cpp picks one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pykmeans::kernels {

/// Scores of points against centers: score = bound[c] + sum over q of point[q] * center[c][q], in any order of
/// operations, with or without fused multiply-add. Whoever calls accounts for the rounding (core/assign/codebook.hpp).
///
/// points:  tiles of `tile` points, each (features, tile)
/// centers: panels of `panel` centers, each (features, panel)
/// bounds:  (panels * panel)
template <class Float>
struct DotKernels {
  std::size_t tile;
  std::size_t panel;

  /// For each point of each tile the least score, its center (the first, in order of the centers, that has it) and the
  /// least score of the others. @param best, second, index [out] (tiles * tile)
  void (*nearest)(const Float* points, const Float* centers, const Float* bounds, std::size_t features,
                  std::size_t panels, std::size_t tiles, Float* best, Float* second, std::int32_t* index);

  /// All scores of one tile. @param scores [out] (panels * panel, tile)
  void (*scores)(const Float* points, const Float* centers, const Float* bounds, std::size_t features,
                 std::size_t panels, Float* scores);
};

/// Packing of `tile` rows: (row - origin) * factor, each value with a relative error of one rounding (two where a
/// double becomes a float), and the sum of its squares with that of `features` more.
/// @param rows (tile) pointers  @param origin (features), representable in the type of the rows  @param factor a power
/// of two  @param packed [out] (features, tile)  @param norms [out] (tile)
template <class Float>
struct PackKernels {
  template <class Value>
  using Pack = void (*)(const Value* const* rows, const double* origin, double factor, std::size_t features,
                        Float* packed, Float* norms);

  Pack<std::uint8_t> from_uint8;
  Pack<float> from_float32;
  Pack<double> from_float64;

  Pack<std::uint8_t> from(std::uint8_t) const { return from_uint8; }
  Pack<float> from(float) const { return from_float32; }
  Pack<double> from(double) const { return from_float64; }
};

/// The same for one row that stays a row. @param placed [out] (features)  @return the sum of squares
struct PlaceKernels {
  template <class Value>
  using Place = float (*)(const Value* row, const double* origin, double factor, std::size_t features, float* placed);

  Place<std::uint8_t> of_uint8;
  Place<float> of_float32;
  Place<double> of_float64;

  Place<std::uint8_t> of(std::uint8_t) const { return of_uint8; }
  Place<float> of(float) const { return of_float32; }
  Place<double> of(double) const { return of_float64; }
};

template <class Float>
struct FilterKernels {
  DotKernels<Float> dot;
  PackKernels<Float> pack;
};

/// The referee's squared distance of a row and a center, both of `features` values; and that of both multiplied by
/// first_factor * second_factor, powers of two.
template <class Value>
struct DistanceKernels {
  double (*plain)(const Value* row, const double* center, std::size_t features);
  double (*scaled)(const Value* row, const double* center, std::size_t features, double first_factor,
                   double second_factor);
};

struct RefereeKernels {
  DistanceKernels<std::uint8_t> of_uint8;
  DistanceKernels<float> of_float32;
  DistanceKernels<double> of_float64;

  const DistanceKernels<std::uint8_t>& of(std::uint8_t) const { return of_uint8; }
  const DistanceKernels<float>& of(float) const { return of_float32; }
  const DistanceKernels<double>& of(double) const { return of_float64; }
};

constexpr std::size_t candidates_at_once = 8;

/// Rows and eight candidates to be their nearest seed. For each row i, nearest[i] is the squared distance to its seed,
/// and bit l of the mask is cleared only where candidate l is farther than limit = nearest[i] * slack + tiny in this
/// arithmetic (any order, with or without fused multiply-add), or is so far from the row's seed that apart > limit.
template <class Value, class Compute>
struct NearQuery {
  const Value* rows;
  std::ptrdiff_t row_stride;  // in values
  std::size_t count;
  std::size_t features;
  const Compute* candidates;  // (features, candidates_at_once)
  const double* nearest;      // (count)
  const std::int32_t* seed;   // (count) each row's nearest seed
  const Compute* apart;       // (seeds, candidates_at_once)
  double slack;
  double tiny;
};

/// @param masks [out] (query.count)
struct SeedKernels {
  template <class Value, class Compute>
  using Near = void (*)(const NearQuery<Value, Compute>& query, std::uint8_t* masks);

  Near<std::uint8_t, float> of_uint8;
  Near<float, float> of_float32;
  Near<double, double> of_float64;

  Near<std::uint8_t, float> of(std::uint8_t) const { return of_uint8; }
  Near<float, float> of(float) const { return of_float32; }
  Near<double, double> of(double) const { return of_float64; }
};

constexpr std::size_t group_lanes = 16;

/// Chosen rows of a block and a panel of sixteen centers.
template <class Value, class Packed = Value>
struct GroupQuery {
  const Value* rows;  // (block, stride)
  std::size_t stride;
  const std::uint32_t* chosen;  // (count) which rows
  std::size_t count;
  std::size_t features;       // of float; fours of 8-bit integers
  const Packed* centers;      // (features, group_lanes), 8-bit integers four by four
  const float* bounds;        // (group_lanes)
  const float* limits;        // (block)
  const std::int32_t* place;  // (block) of a center to leave out
  std::int32_t first_place;   // of the sixteen
};

/// What the chosen rows have against the sixteen centers; the one that is left out is in nothing.
struct GroupAnswer {
  float* least;               // (count) the least score
  std::uint32_t* contenders;  // (count) bit l: the score of center l is not above the row's limit; also where it is NaN
  std::uint32_t* contended;   // (count) places among the chosen rows, ascending, where there are contenders
};

/// Score: bound + sum over q of row[q] * center[q], in any order of operations. @return how many are contended
using ScoreGroup = std::size_t (*)(const GroupQuery<float>& query, const GroupAnswer& answer);

/// What goes with a row of 8-bit integers; see core/assign/eight.hpp.
struct EightRow {
  float scale;
  float minus_norm;
  float minus_residual;
  std::int32_t bias;  // -128 * the sum of the integers
};

/// And with sixteen centers.
struct EightCenters {
  float scale;
  float norm[group_lanes];
  float residual[group_lanes];
};

/// Kernels of 8-bit integers, where an instruction set has their dot product: signed ones of rows, in [-127, 127], and
/// unsigned ones of centers, 128 more than what they stand for.
struct EightKernels {
  /// Score: bound - norm of the row * residual of the center - residual of the row * norm of the center + scale of the
  /// row * scale of the center * the sum of the products.
  std::size_t (*score_group)(const GroupQuery<std::int8_t, std::uint8_t>& query, const EightRow* about_rows,
                             const EightCenters& about, const GroupAnswer& answer);
  /// @param placed (features, and zeros up to a multiple of 16) @param norm  an upper bound of its norm
  /// @param quantised [out] (features, up to a multiple of 16)
  EightRow (*quantise)(const float* placed, std::size_t features, float norm, std::int8_t* quantised);
};

/// The rows of a block whose bound is not above (reach + moved) * (1 + 2^-22). @param chosen [out] (count at most)
/// @return how many
using Survivors = std::size_t (*)(const float* bound, const float* reach, float moved, std::size_t count,
                                  std::uint32_t* chosen);

/// square root of (below[chosen] + 2 * least), or 0, times 1 - 2^-20, plus moved, less what rounding may add.
/// @param bound [out] (block)
using KeepBounds = void (*)(const float* least, const std::uint32_t* chosen, std::size_t count, const float* below,
                            float moved, float* bound);

struct GroupKernels {
  ScoreGroup score_group;
  Survivors survivors;
  KeepBounds keep_bounds;
};

constexpr std::size_t max_box_features = 3;
constexpr std::size_t box_lanes = 8;     // lists of centers are padded to whole vectors of any instruction set
constexpr std::size_t tile_points = 16;  // and points to whole tiles
constexpr double far_away = 0x1p500;     // what centers are padded with

/// Centers that may be the nearest of some points.
struct CenterList {
  const double* centers;  // (features + 1, stride), the last row their ids, ascending; up to a multiple of box_lanes
                          // padded with far_away
  std::size_t count;      // at least one
  std::size_t stride;     // at least box_lanes more than the count, padded
};

struct BoxQuery {
  const double* low;   // (features) of the box
  const double* high;  // (features)
  CenterList list;
  double* distances;  // (stride) scratch
};

template <class Value>
struct FewQuery {
  const Value* points;  // (features, stride)
  std::size_t stride;
  std::size_t count;           // a multiple of tile_points
  const std::int32_t* labels;  // (count) of the points so far
  CenterList list;
};

struct BoxKernels {
  /// Leave out centers that lose, by the referee's word, against another one all over the box.
  /// @param kept [out] those that are left, like query.list.centers  @return how many
  std::size_t (*candidates[max_box_features])(const BoxQuery& query, double* kept);

  /// The id of the nearest center of each point by the referee's word, the lowest at a tie.
  /// @param nearest [out] (count)  @param differ [out] (count) the points, ascending, whose id is not query.labels'
  /// @return how many differ
  template <class Value>
  using Nearest = std::size_t (*)(const FewQuery<Value>& query, std::int32_t* nearest, std::uint32_t* differ);

  Nearest<float> nearest_float32[max_box_features];
  Nearest<double> nearest_float64[max_box_features];

  Nearest<float> nearest(float, std::size_t features) const { return nearest_float32[features - 1]; }
  Nearest<double> nearest(double, std::size_t features) const { return nearest_float64[features - 1]; }
};

/// Cells of equal size, numbered along the Z-shaped curve of G. M. Morton (1966): the bits of the places, in turn.
template <class Value>
struct Grid {
  Value low[max_box_features];
  Value scale[max_box_features];  // cells a unit
  Value last;                     // the last cell along a side, at most 1023
};

template <class Value>
struct GridKernels {
  /// The cell of each row; what lies outside belongs to the nearest one. @param rows (count, features)
  /// @param cells [out] (count)
  void (*cells[max_box_features])(const Value* rows, std::size_t count, const Grid<Value>& grid, std::uint16_t* cells);

  /// The tight box of some rows, at least one. @param low, high [out] (features)
  void (*extremes[max_box_features])(const Value* rows, std::size_t count, Value* low, Value* high);
};

struct KernelTable {
  const char* name;  ///< as PYKMEANS_ISA names it
  FilterKernels<float> float32;
  FilterKernels<double> float64;
  RefereeKernels referee;
  SeedKernels seed;
  GroupKernels group;
  PlaceKernels place;
  BoxKernels boxes;
  GridKernels<float> grid_float32;
  GridKernels<double> grid_float64;
  const EightKernels* eight = nullptr;  ///< where the instruction set has them

  const GridKernels<float>& grid(float) const { return grid_float32; }
  const GridKernels<double>& grid(double) const { return grid_float64; }
};

extern const KernelTable baseline;
#ifdef PYKMEANS_X86_KERNELS
extern const KernelTable avx2;
extern const KernelTable avx512;
extern const EightKernels avxvnni;
extern const EightKernels avx512vnni;
#endif

/// The table in use: the best that this CPU runs, or the one that the environment variable PYKMEANS_ISA names. Decided
/// at the first call. Throws std::invalid_argument where the variable names none, or one that this CPU does not run.
const KernelTable& pick();

}  // namespace pykmeans::kernels
