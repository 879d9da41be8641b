// What an instruction set provides. A constant table per set; cpu.cpp picks one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pykmeans::kernels {

/// Points in tiles of FilterKernels::tile.
template <class Float>
struct TileView {
  const Float* values;         // (tiles, features, tile)
  const Float* row_errors;     // (tiles * tile) see nearest
  const std::int32_t* labels;  // (tiles * tile) as they are
  std::size_t tiles;
};

/// Centers in panels of equal width.
template <class Float>
struct PanelView {
  const Float* values;         // (panels, features, width)
  const Float* starts;         // (panels * width) infinity for none
  const std::int32_t* names;   // (panels * width) what labels call them
  const Float* center_errors;  // by name, see nearest
  std::size_t features;
  std::size_t panels;
  std::size_t width;       // at most FilterKernels::widest
  std::size_t categories;  // the last features, where the kernel knows of any
  Float mismatch;          // what a category adds that differs
};

/// Of a tile, a bit for each point.
struct TileVerdict {
  std::uint32_t undecided;
  std::uint32_t moved;  // found is not the point's label
};

/// Scores of points against centers by some metric, in any order of operations, with or without fused multiply-add.
/// Whoever calls accounts for the rounding (core/filter/codebook.hpp).
template <class Float>
struct ScoreKernels {
  /// For each point the name of the center of least score (the first that has it). The point is decided where the least
  /// score of the others is above least + center error of that center + row error of the point; not where anything is
  /// NaN.
  /// @param found [out] (tiles * tile)  @param verdicts [out] (tiles)
  void (*nearest)(const TileView<Float>& points, const PanelView<Float>& centers, std::int32_t* found,
                  TileVerdict* verdicts);

  /// All scores of one tile. @param values (features, tile)  @param scores [out] (panels * width, tile)
  void (*scores)(const Float* values, const PanelView<Float>& centers, Float* scores);
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
  std::size_t tile;           // at most 32
  std::size_t widest;         // panel
  ScoreKernels<Float> dot;    // start + sum over q of point[q] * center[q]
  ScoreKernels<Float> l1;     // start + sum over q of max(point[q], center[q])
  ScoreKernels<Float> mixed;  // as dot for the numbers, plus mismatch times the number of categories that differ,
                              // which is counted exactly: a category that is NaN differs from all
  PackKernels<Float> pack;
};

constexpr std::size_t most_few_features = 8;

/// The exact distance of a row and a center by some metric, both of `features` values; and that of both multiplied
/// by first_factor * second_factor, powers of two.
template <class Value>
struct DistanceKernels {
  double (*plain)(const Value* row, const double* center, std::size_t features);
  double (*scaled)(const Value* row, const double* center, std::size_t features, double first_factor,
                   double second_factor);
  /// The plain one for `count` rows of at most most_few_features, where a call for each would cost more than it does.
  /// @param labels (count) which of the centers, or nullptr for the first  @param distances [out] (count)
  void (*to_labels)(const Value* rows, std::ptrdiff_t row_stride, const double* centers, const std::int32_t* labels,
                    std::size_t features, std::size_t count, double* distances);
};

struct TypedDistances {
  DistanceKernels<std::uint8_t> of_uint8;
  DistanceKernels<float> of_float32;
  DistanceKernels<double> of_float64;

  const DistanceKernels<std::uint8_t>& of(std::uint8_t) const { return of_uint8; }
  const DistanceKernels<float>& of(float) const { return of_float32; }
  const DistanceKernels<double>& of(double) const { return of_float64; }
};

/// Rows divided by their lengths: value * factor / length, each operation rounded. @param out [out] (features)
struct DivideKernels {
  template <class Value>
  using Divide = void (*)(const Value* row, double factor, double length, std::size_t features, double* out);

  Divide<std::uint8_t> of_uint8;
  Divide<float> of_float32;
  Divide<double> of_float64;

  Divide<std::uint8_t> of(std::uint8_t) const { return of_uint8; }
  Divide<float> of(float) const { return of_float32; }
  Divide<double> of(double) const { return of_float64; }
};

struct Distances {
  TypedDistances squared;                                   ///< Euclidean distance, squared
  TypedDistances absolute;                                  ///< the sum of absolute differences
  TypedDistances mismatches;                                ///< the number of features that differ
  double (*norm)(const double* row, std::size_t features);  ///< the sum of squares, in the same order
};

/// What was seen of each column: the largest magnitude, the smallest that is not 0, and a trace that is 0 as long as
/// all values were finite.
template <class Float>
struct ColumnScan {
  Float* largest;
  Float* smallest;
  Float* trace;
};

struct ScanKernels {
  /// @param scan [in, out] (width) each
  template <class Float>
  using Scan = void (*)(const Float* rows, std::ptrdiff_t row_stride, std::size_t count, std::size_t width,
                        const ColumnScan<Float>& scan);

  Scan<float> of_float32;
  Scan<double> of_float64;

  Scan<float> of(float) const { return of_float32; }
  Scan<double> of(double) const { return of_float64; }
};

constexpr std::size_t candidates_at_once = 8;
constexpr std::size_t seed_tile = 16;         // rows in a tile
constexpr std::size_t seed_block_tiles = 16;  // most tiles in a block
constexpr std::size_t most_boxed_features = 12;

/// A block of rows with their values, and eight candidates to be their nearest seed. All distances are by differences,
/// in any order of operations, with or without fused multiply-add.
struct SeedQuery {
  const float* points;       // (tiles, features, seed_tile)
  const float* nearest;      // (tiles, seed_tile) values; very negative where there is no row
  const float* weights;      // (tiles, seed_tile), or nullptr for ones
  const float* candidates;   // (features, candidates_at_once)
  const float* added;        // (candidates_at_once) to be added to the values
  const float* reach_added;  // (candidates_at_once) to be added to the reaches
  const float*
      box;  // (features, 2) bounds of the block's rows, or nullptr for no boxes; at most most_boxed_features of them
  const float* tile_boxes;  // (features, 2, seed_block_tiles) those of each tile; with boxes there are sixteen
  const float* tile_reach;  // (seed_block_tiles) a tile's box farther than this from a candidate needs no look
  float box_reach;          // and the block's
  std::size_t features;
  std::size_t categories;  // the last features, where the kernel knows of any; then there are no boxes
  float mismatch;          // what a category adds that differs
  std::size_t tiles;       // a multiple of four
};

struct SeedMetric {
  /// Add weight * max(0, value + added - distance) over the rows, for the candidates whose bit is set in `wanted`.
  /// @param gains [in, out] (candidates_at_once, seed_tile), to be added up for each candidate  @param touched [out]
  /// (candidates_at_once) bit t: there was something to add in tile t
  void (*gains)(const SeedQuery& query, unsigned wanted, float* gains, std::uint16_t* touched);

  /// Bit i: the distance of row i of the first tile is < value + added.
  unsigned (*near)(const SeedQuery& query, std::size_t candidate);
};

struct SeedKernels {
  PackKernels<float> pack;  // of tiles of seed_tile rows
  SeedMetric squared;       // squared Euclidean distance
  SeedMetric absolute;      // the sum of absolute differences
  SeedMetric mixed;         // squared for the numbers, and mismatch times the number of categories that differ
};

constexpr std::size_t group_lanes = 16;

/// Chosen rows of a block and a panel of sixteen centers.
template <class Value, class Packed = Value>
struct GroupQuery {
  const Value* rows;  // (block, stride)
  std::size_t stride;
  const std::uint32_t* chosen;  // (count) which rows, and group_lanes more, any of the block
  std::size_t count;
  std::size_t features;      // of float; fours of 8-bit integers
  const Packed* centers;     // (features, group_lanes), 8-bit integers four by four
  const float* bounds;       // (group_lanes)
  const float* limits;       // (block)
  const std::int32_t* slot;  // (block) of a center to leave out
  std::int32_t first_slot;   // of the sixteen
};

/// What the chosen rows have against the sixteen centers; the one that is left out is in nothing. All have scratch for
/// group_lanes more.
struct GroupAnswer {
  float* least;               // (count) the least score
  std::uint32_t* contenders;  // (count) bit l: the score of center l is not above the row's limit; also where it is NaN
  std::uint32_t* contended;   // (count) places among the chosen rows, ascending, where there are contenders
};

/// Score: bound + sum over q of row[q] * center[q], in any order of operations. @return how many are contended
using ScoreGroup = std::size_t (*)(const GroupQuery<float>& query, const GroupAnswer& answer);

/// What goes with a row of 8-bit integers; see core/assign/eight.hpp.
struct Int8Row {
  float scale;
  float minus_norm;
  float minus_residual;
  std::int32_t bias;  // -128 * the sum of the integers
};

/// And with sixteen centers.
struct Int8Centers {
  float scale;
  float norm[group_lanes];
  float residual[group_lanes];
};

/// Kernels of 8-bit integers, where an instruction set has their dot product: signed ones of rows, in [-127, 127], and
/// unsigned ones of centers, 128 more than what they stand for.
struct Int8Kernels {
  /// Score: bound - norm of the row * residual of the center - residual of the row * norm of the center + scale of the
  /// row * scale of the center * the sum of the products.
  std::size_t (*score_group)(const GroupQuery<std::int8_t, std::uint8_t>& query, const Int8Row* about_rows,
                             const Int8Centers& about, const GroupAnswer& answer);
  /// @param placed (features, and zeros up to a multiple of 16) @param norm  an upper bound of its norm
  /// @param quantized [out] (features, up to a multiple of 16)
  Int8Row (*quantize)(const float* placed, std::size_t features, float norm, std::int8_t* quantized);
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

/// Take a row from a sum and add it to another, either of which may be nullptr; by number of limbs.
template <class Value>
struct MoveKernels {
  void (*by_limbs[3])(const Value* row, const double* magic, std::size_t features, std::int64_t* from,
                      std::int64_t* to);
};

/// Exact sums in limbs, (limbs + 1, features) with the lowest first.
struct LimbKernels {
  MoveKernels<float> move_float32;
  MoveKernels<double> move_float64;

  void (*carry)(std::int64_t* digits, std::size_t limbs, std::size_t features);

  /// The value of `count` carried sums times their factors, powers of two, rounded once; for one limb and for two.
  /// @param stride  from a limb to the next  @param sums [out] (count)
  void (*round[2])(const std::int64_t* digits, std::size_t stride, const double* factors, std::size_t count,
                   double* sums);

  const MoveKernels<float>& move(float) const { return move_float32; }
  const MoveKernels<double>& move(double) const { return move_float64; }
};

constexpr std::size_t int16_tile = 32;
constexpr std::size_t int16_panel = 8;

/// Centers in whole numbers, in panels of eight: score = start + sum over q of value[q] * row[q], exactly, where no
/// score leaves int32. Values come in pairs of features, an odd last one beside a zero.
struct Int16Centers {
  const std::int16_t* values;  // (panels, pairs, int16_panel, 2)
  const std::int32_t* starts;  // (panels, int16_panel), the largest int32 for padding
  const std::int32_t* names;   // (panels, int16_panel) what a center is called
  std::size_t panels;
  std::size_t pairs;
  std::int32_t margin;  // a center is certainly the nearest whose score is below all others by more than this
  std::int32_t floor;   // no center that is not here has a score below it
};

/// What is said of a tile. Bit l belongs to its row l.
struct Int16Verdict {
  std::uint32_t undecided;
  std::uint32_t moved;  // the center found is not the row's label
};

/// Rows and centers in whole numbers; all null where an instruction set has no use for them.
struct Int16Kernels {
  /// @param tiles (count, pairs, int16_tile, 2)  @param labels (count * int16_tile)  @param least [out] (count *
  /// int16_tile) the least score  @param found [out] (count * int16_tile) the name of its center, where decided
  /// @param verdicts [out] (count)
  void (*nearest)(const Int16Centers& centers, const std::int16_t* tiles, const std::int32_t* labels, std::size_t count,
                  std::int32_t* least, std::int32_t* found, Int16Verdict* verdicts);

  /// Names of the centers whose score of a row is at most `limit`. @param tile  that of the row  @param lane  the row's
  /// place in it  @param names [out] (panels * int16_panel)  @return how many
  std::size_t (*contenders)(const Int16Centers& centers, const std::int16_t* tile, std::size_t lane, std::int32_t limit,
                            std::int32_t* names);

  template <class Value>
  using Round = std::uint32_t (*)(const Value* const* rows, const double* origin, double factor, std::size_t features,
                                  std::int16_t* tile, double* norms);
  /// A tile of rows: (row - origin) * factor, rounded to a whole number at most 0.51 away. A row with a number beyond
  /// +-32767 becomes zeros. @param rows (int16_tile) pointers  @param origin (features), representable in the type of
  /// the rows  @param tile [out] (pairs, int16_tile, 2)  @param norms [out] (int16_tile) sums of squares of the whole
  /// numbers, exact below 2^53  @return bit l: row l has a number beyond
  Round<std::uint8_t> round_uint8;
  Round<float> round_float32;
  Round<double> round_float64;

  Round<std::uint8_t> round(std::uint8_t) const { return round_uint8; }
  Round<float> round(float) const { return round_float32; }
  Round<double> round(double) const { return round_float64; }
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
  /// Leave out centers that lose, by the exact distance, against another one all over the box.
  /// @param kept [out] those that are left, like query.list.centers  @return how many
  std::size_t (*candidates[max_box_features])(const BoxQuery& query, double* kept);

  /// The id of the nearest center of each point by the exact distance, the lowest at a tie.
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

constexpr std::size_t pair_tile = 8;      // rows in a tile
constexpr std::size_t most_pairs = 2048;  // other rows in a call, so that no sum of limbs leaves 64 bits

/// A tile of rows and some other rows, to measure the distance of each to each. Categories come after the numbers,
/// which are filled up with zeros to one, two or a multiple of four.
struct PairQuery {
  const double* tile;     // (numbers + categories, pair_tile)
  const double* rows;     // (count, numbers + categories)
  const double* weights;  // (count) or nullptr for ones
  std::size_t count;      // at most most_pairs
  std::size_t numbers;
  std::size_t categories;
  double mismatch;      // what a category adds that differs
  bool rooted;          // what is added is the root of the distance
  const double* magic;  // (limbs) 1.5 * 2^(52 + unit of the limb), the lowest first, each unit 2^51 times the one below
  std::size_t limbs;    // at least three
};

/// Add the exact distance (its root) times the weight of the other row, for all other rows, exactly: what is added
/// must be at most 2^50 units of the highest limb, and a multiple of the lowest unit; products with weights and what
/// they lose in rounding must neither overflow nor underflow.
/// @param sums [in, out] (limbs, pair_tile) each grows by less than 2^62
using AddPairs = void (*)(const PairQuery& query, std::int64_t* sums);

struct PairKernels {
  AddPairs squared;   // squared Euclidean distance, and categories
  AddPairs absolute;  // the sum of absolute differences
};

struct KernelTable {
  const char* name;  ///< as PYKMEANS_ISA names it
  FilterKernels<float> float32;
  FilterKernels<double> float64;
  Distances distances;
  DivideKernels divide;
  LimbKernels limbs;
  ScanKernels scan;
  SeedKernels seed;
  GroupKernels group;
  PlaceKernels place;
  Int16Kernels int16;
  BoxKernels boxes;
  GridKernels<float> grid_float32;
  GridKernels<double> grid_float64;
  PairKernels pairs;
  const Int8Kernels* int8 = nullptr;  ///< where the instruction set has them

  const GridKernels<float>& grid(float) const { return grid_float32; }
  const GridKernels<double>& grid(double) const { return grid_float64; }
};

extern const KernelTable baseline;
#ifdef PYKMEANS_X86_KERNELS
extern const KernelTable avx2;
extern const KernelTable avx512;
extern const Int8Kernels avxvnni;
extern const Int8Kernels avx512vnni;
extern const Int16Kernels avx512vnni_int16;
#endif

/// Names of what this CPU runs, the best first, a null pointer at the end.
const char* const* available();

/// The table in use: the best that this CPU runs, or the one that the environment variable PYKMEANS_ISA names. Decided
/// at the first call. Throws std::invalid_argument where the variable names none, or one that this CPU does not run.
const KernelTable& pick();

}  // namespace pykmeans::kernels
