// What a caller chooses. Plain structs with defaults.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>

#include "view.hpp"

namespace pykmeans {

/// How points find their nearest center. The choice changes the time, never the result. A way that cannot work on the
/// points at hand is replaced by lloyd.
enum class Algorithm {
  automatic,  ///< let the library choose
  lloyd,      ///< every point against every center; no memory beyond the labels and the sums
  bounds,  ///< "elkan": lower bounds on the distances to groups of centers spare most of them; memory up to half of X's
  tiles,   ///< every point against every center in whole numbers of 16 bits; memory of 2 bytes for each value of X
  boxes,   ///< whole regions at once; up to three features, memory about that of X and 16 bytes a row
};

/// All of them.
inline constexpr Algorithm algorithms[] = {Algorithm::automatic, Algorithm::lloyd, Algorithm::bounds, Algorithm::tiles,
                                           Algorithm::boxes};

/// The name of an algorithm, as Python knows it.
const char* to_string(Algorithm algorithm);

/// What a fit does after Lloyd's algorithm to end lower (docs/semantics.md, "Refinement").
enum class Refine {
  none,
  moves,   ///< single rows change their cluster while that lowers the inertia
  splits,  ///< rounds in which clusters are split and others dissolved, then moves
  swaps,   ///< trials in which one center moves to a row drawn at random, then moves
};

/// All but none.
inline constexpr Refine refinements[] = {Refine::moves, Refine::splits, Refine::swaps};

/// The name of a refinement, as Python knows it; that of Refine::none is empty.
const char* to_string(Refine refine);

/// Called now and then on the calling thread only, at most every few hundredths of a second; it stops the work by
/// throwing, and what it throws reaches the caller. It must not call a function of this library on the same points.
using Poll = std::function<void()>;

/// An iteration, as FitOptions::on_iteration sees it. What it refers to holds during the call only.
struct Iteration {
  std::size_t number;          ///< from 0
  double inertia;              ///< the objective of the labels against the centers
  MatrixView<double> centers;  ///< (n_clusters, n_features) that the labels were found with: init in the first one
  std::function<const std::int32_t*()> labels;  ///< (n_samples), before empty clusters are filled; made when asked for
};

/// An iteration when its centers have moved, or a step of the refinement, as FitOptions::on_update sees it.
struct Update {
  std::size_t number;  ///< of the iteration, from 0; steps of the refinement count on
  double inertia;      ///< as in Iteration; of a step, the inertia so far
  double shift;        ///< sum of the squared distances that the centers moved, what tol is about; of a step, 0
};

struct FitOptions {
  std::size_t max_iter = 300;  ///< iterations at most, at least 1
  double tol = 1e-4;           ///< stop when sum of squared shifts <= tol * mean variance of the features
  Algorithm algorithm = Algorithm::automatic;          ///< see Algorithm
  std::function<void(const Iteration&)> on_iteration;  ///< called when all rows have labels; may throw to stop
  std::function<bool(const Update&)> on_update;        ///< called after each iteration and step; true ends the fit
  /// Seconds after which no further iteration or step begins, >= 0; one is always made.
  double max_time = std::numeric_limits<double>::infinity();
  /// Bytes that it may keep beside X and its outputs; 0 for half of what the machine has free, or a cgroup, or what the
  /// process's own limits leave it. Algorithms are chosen among what fits, which changes the time and never the result.
  std::size_t max_memory = 0;
  Refine refine = Refine::none;  ///< where the metric is euclidean, or cosine but for Refine::moves
  std::size_t n_swaps = 0;       ///< trials of Refine::swaps; 0 for until ten in a row were in vain
  std::uint32_t seed = 0;        ///< of the random numbers of Refine::swaps
  Poll poll;                     ///< see Poll
};

}  // namespace pykmeans
