// pykmeans, from C++: exact k-means. Standard C++17 only; link the CMake target pykmeans::core.
//
//   pykmeans::Points<float> points({data, n_samples, n_features});
//   auto seeds = pykmeans::plus_plus(points, n_clusters, uniforms, n_local_trials);
//   auto result = pykmeans::fit(points, pykmeans::rows(points, seeds), pykmeans::FitOptions{});
//
// Everything that is wrong with an argument is a std::invalid_argument that names it, its value and the rule.
// T is std::uint8_t, float or double throughout. Centers are double, and float32-representable where T is float.
// Distances and centers are those of points.metric; where it is cosine, centers are normalized before they are
// compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "distinct_rows.hpp"
#include "metric.hpp"
#include "options.hpp"
#include "partial.hpp"
#include "points.hpp"
#include "result.hpp"
#include "row_facts.hpp"
#include "row_source.hpp"
#include "view.hpp"
#include "workspace.hpp"

namespace pykmeans {

/// Lloyd's algorithm (S. P. Lloyd, "Least squares quantization in PCM", 1982) from given centers, by the points'
/// metric.
/// @param init   (n_clusters, n_features) finite; rounded to float32 where T is float
/// @param out    arrays of the caller, all filled; the centers may lie where init does
template <class T>
FitSummary fit(const Points<T>& points, MatrixView<double> init, const FitOptions& options, FitArrays out);

/// The same into arrays of its own. @param init (n_clusters * n_features)
template <class T>
FitResult fit(const Points<T>& points, const std::vector<double>& init, const FitOptions& options);

/// Greedy k-means++ (Arthur and Vassilvitskii, 2007). @return rows of the seeds, (n_clusters)
/// @param uniforms   (1 + (n_clusters - 1) * n_local_trials) random numbers in [0, 1)
/// @param n_local_trials   candidates a step, of which the best is kept; 1 for plain k-means++
/// @param max_memory   as FitOptions::max_memory
template <class T>
std::vector<std::int64_t> plus_plus(const Points<T>& points, std::size_t n_clusters,
                                    const std::vector<double>& uniforms, std::size_t n_local_trials,
                                    const Poll& poll = {}, std::size_t max_memory = 0);

/// The same into an array of the caller. @param uniforms  as many as above  @param seeds[out] (n_clusters)
template <class T>
void plus_plus(const Points<T>& points, std::size_t n_clusters, const double* uniforms, std::size_t n_local_trials,
               std::int64_t* seeds, const Poll& poll = {}, std::size_t max_memory = 0);

/// The values of some rows, as centers to start from. @return (rows * n_features)
template <class T>
std::vector<double> rows(const Points<T>& points, const std::vector<std::int64_t>& indices);

/// The same into an array of the caller. @param indices (count)  @param values[out] (count, n_features)
template <class T>
void rows(const Points<T>& points, const std::int64_t* indices, std::size_t count, double* values);

/// Nearest center of each row, the lowest index at a tie. @param labels[out] (n_samples)
template <class T>
void nearest(const Points<T>& points, MatrixView<double> centers, std::int32_t* labels, const Poll& poll = {});

/// Distance of each row to the center of its label, as inertia adds it up (squared where the metric is euclidean).
/// @param labels (n_samples) @param distances[out] (n_samples)
template <class T>
void distances_to_labels(const Points<T>& points, MatrixView<double> centers, const std::int32_t* labels,
                         double* distances, const Poll& poll = {});

/// Distance of each row to each center; the root of the squared one where the metric is euclidean.
/// @param distances[out] (n_samples, n_clusters)
template <class T, class Out>
void transform(const Points<T>& points, MatrixView<double> centers, Out* distances, const Poll& poll = {});

/// Exact sum of w * distance to the center of its label (squared where the metric is euclidean), rounded once; by
/// cluster too where that is not null.
/// @param labels (n_samples)  @param cluster_inertia[out] (n_clusters) or nullptr
template <class T>
double inertia(const Points<T>& points, MatrixView<double> centers, const std::int32_t* labels,
               double* cluster_inertia = nullptr, const Poll& poll = {});

/// The row of each cluster that is nearest to its center, of those with positive weight, the first at a tie; -1 where
/// there is none. @param labels (n_samples) @return (n_clusters)
template <class T>
std::vector<std::int64_t> medoids(const Points<T>& points, MatrixView<double> centers, const std::int32_t* labels,
                                  const Poll& poll = {});

/// The silhouette of each row by the distances that transform shows (P. J. Rousseeuw, 1987): (b - a) / max(a, b), a
/// being the mean distance to the others of its cluster and b the least mean distance to another cluster. A weight of w
/// counts as w copies. 0 where the weight of its cluster is at most 1, NaN where there is no other cluster. The sums of
/// w * distance are exact and rounded once. Takes n_samples^2 distances, and memory for a few numbers a row.
/// @param labels (n_samples)  @param values[out] (n_samples)
template <class T>
void silhouette(const Points<T>& points, const std::int32_t* labels, std::size_t n_clusters, double* values,
                const Poll& poll = {});

/// The same with the distances to the centers in place of the mean distances to the clusters. Centers of clusters
/// without weight are left out. @param labels (n_samples)  @param values[out] (n_samples)
template <class T>
void simplified_silhouette(const Points<T>& points, MatrixView<double> centers, const std::int32_t* labels,
                           double* values, const Poll& poll = {});

/// The exact sum of w * value over that of w, each rounded once. @param weights (count) not all zero, or nullptr for
/// ones
double weighted_mean(const double* values, const double* weights, std::size_t count);

/// The rows as one cluster: their mean, and the mean of their squared distances to it. Of one column, that is its
/// variance.
struct Moments {
  std::vector<double> mean;  ///< (n_features) the exact sum of w * x over that of w, rounded to double
  double variance = 0.0;     ///< the exact sum of w * distance to that mean over that of w, each rounded once
};

/// By the metric euclidean, with the weights. Throws std::invalid_argument where the sum of w * distance is beyond the
/// largest double.
template <class T>
Moments moments(const Points<T>& points, const Poll& poll = {});

/// float32 centers as doubles, exactly, whatever floating-point state the calling thread is in. @return (rows *
/// columns)
std::vector<double> widened(MatrixView<float> values);

/// The other way, rounded to nearest. @param result[out] (count)
void narrow(const double* values, std::size_t count, float* result);

/// Threads that the machine grants: the least of affinity mask, cgroup quota and OMP_NUM_THREADS; 1 without OpenMP.
int granted_threads();

/// Whether the core was built with OpenMP.
bool has_openmp();

/// Name of the instruction set whose kernels are in use.
std::string instruction_set();

/// Names of all that this CPU runs and PYKMEANS_ISA may name, the best first.
std::vector<std::string> instruction_sets();

}  // namespace pykmeans
