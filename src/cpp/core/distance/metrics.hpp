// What a metric is: a row of functions and facts, which everything else asks. Each row is a file of metrics/, and
// metrics.cpp is the table of them.
//
// Where a row has a null pointer for one of its filters, the exact distance decides alone: slower, never wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "../../kernels/table.hpp"
#include "pykmeans/metric.hpp"
#include "pykmeans/options.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans {

template <class T>
class Points;
struct ValueRange;

namespace detail {

struct FilterFrame;
template <class Float>
struct FilterError;
template <class Float>
struct PackedCenter;
struct MeanErrors;
template <class T>
class CenterUpdate;

/// How the exact distance keeps clear of both ends of double: values are multiplied by 2^scale first.
struct Scaling {
  int scale = 0;
  int highest = 0;        // the distance is then at most 2^highest
  int lowest = 0;         // and a multiple of 2^lowest
  double mismatch = 1.0;  // what a category adds to it that differs
};

/// A filter of Lloyd in one type: which scores, and what they may be off by. codebook.hpp says what a proof must show.
template <class Float>
struct ScoreFilter {
  const kernels::ScoreKernels<Float>& (*kernels)(const kernels::FilterKernels<Float>& all);
  /// Of these centers. @param centers (count, features)
  FilterError<Float> (*error)(const FilterFrame& frame, const double* centers, std::size_t count, int distance_scale);
  /// The numbers of a center; categories stay what they are.
  /// @param packed [out] (numbers), each value `stride` after the one before
  PackedCenter<Float> (*pack_center)(const double* center, const Vector<double>& origin, int frame_exponent,
                                     double epsilon, Float* packed, std::size_t stride);
  /// 2 B of some points, rounded up. @param norms (count) sums of squares of their numbers in the frame
  /// @param row_errors [out] (count)
  void (*row_errors)(const FilterError<Float>& error, std::size_t features, const Float* norms, std::size_t count,
                     Float* row_errors);
};

struct LloydFilter {
  ScoreFilter<float> float32;
  ScoreFilter<double> float64;
  bool scales;      // the proof knows of exact distances that are scaled
  bool seeks_grid;  // it gains where all numbers are small whole ones in the frame
  void (*fit_frame)(const Metric& metric, FilterFrame& frame);  // what the frame needs besides, or nullptr

  const ScoreFilter<float>& of(float) const { return float32; }
  const ScoreFilter<double>& of(double) const { return float64; }
};

/// The filter of k-means++; its proof is neighborhoods.hpp.
struct SeedFilter {
  const kernels::SeedMetric& (*kernels)();
  /// What the rounding of a place may change a distance by. @param norm  sum of squares of the placed numbers
  float (*row_error)(float norm, std::size_t features);
  bool counts;  // distances are small whole numbers: nothing is rounded
};

/// Bounds of the mean distances (or their roots, where they are rooted) between a row and some clusters, by the exact
/// distances to the clusters' means; near_clusters.hpp has the proof. @param distances (count) of the row to the means
/// @param spreads (count) mean distances of the members to them  @param low, high [out] (count)
using BoundMeans = void (*)(const MeanErrors& errors, const double* distances, const double* spreads, std::size_t count,
                            double* low, double* high);

/// What makes the update step of a fit.
struct CenterUpdates {
  template <class T>
  using Make = std::unique_ptr<CenterUpdate<T>> (*)(const Points<T>& points, std::size_t n_clusters, const Poll& poll);

  Make<std::uint8_t> of_uint8;
  Make<float> of_float32;
  Make<double> of_float64;

  Make<std::uint8_t> of(std::uint8_t) const { return of_uint8; }
  Make<float> of(float) const { return of_float32; }
  Make<double> of(double) const { return of_float64; }
};

struct MetricTraits {
  const char* name = nullptr;
  const char* center_name = nullptr;

  /// Of `features`, how many leading ones are numbers (the others are categories), and whose sums make the centers.
  std::size_t (*numeric)(const Metric& metric, std::size_t features) = nullptr;
  std::size_t (*summed)(const Metric& metric, std::size_t features) = nullptr;
  /// Throw std::invalid_argument where a metric's own arguments do not fit; or nullptr: it has none.
  void (*check)(const Metric& metric, std::size_t features) = nullptr;

  /// The exact distance: of all features, or, where categories add to it what they add, of the numbers.
  const kernels::TypedDistances& (*distance)() = nullptr;
  const kernels::TypedDistances& (*categories)() = nullptr;
  Scaling (*scaling)(const Metric& metric, const ValueRange& range, std::size_t features) = nullptr;
  int degree = 0;                  // the power of a factor that it grows with when all numbers are multiplied
  bool halved = false;             // what is shown is half of it
  bool rooted = false;             // what transform and silhouettes show is its root
  bool normalized = false;         // rows and centers are divided by their lengths
  bool squared_euclidean = false;  // it is the squared Euclidean distance of all features: what algorithms other than
                                   // lloyd, and the objective from sums, are made for

  const CenterUpdates* update = nullptr;

  // The filters, each of which may be missing.
  const LloydFilter* filter = nullptr;
  const SeedFilter* seeds = nullptr;
  kernels::AddPairs (*pairs)() = nullptr;  // silhouettes
  BoundMeans bound_means = nullptr;        // of the same: which clusters may be the nearest
};

const MetricTraits& traits(Distance distance);

/// The leading features that are numbers; the others are categories.
inline std::size_t numeric_features(const Metric& metric, std::size_t features) {
  return traits(metric.distance).numeric(metric, features);
}

/// The leading features whose sums make the centers.
inline std::size_t summed_features(const Metric& metric, std::size_t features) {
  return traits(metric.distance).summed(metric, features);
}

// What the rows have in common.
constexpr std::size_t all_features(const Metric&, std::size_t features) {
  return features;
}
constexpr std::size_t no_features(const Metric&, std::size_t) {
  return 0;
}

}  // namespace detail
}  // namespace pykmeans
