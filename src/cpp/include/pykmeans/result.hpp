// What a fit returns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "options.hpp"

namespace pykmeans {

enum class StopReason {
  labels,    ///< the labels are those of the iteration before
  centers,   ///< the centers moved by no more than the tolerance
  max_iter,  ///< the iterations were used up
  callback,  ///< on_update said so
  max_time,  ///< the time was used up
};

/// The name of a reason, as Python shows it.
const char* to_string(StopReason reason);

/// Arrays that the caller provides and fit() fills.
struct FitArrays {
  std::int32_t* labels = nullptr;     ///< (n_samples)
  double* centers = nullptr;          ///< (n_clusters, n_features); float32-representable where X is float32
  double* cluster_inertia = nullptr;  ///< (n_clusters)
  double* cluster_sizes = nullptr;    ///< (n_clusters), sums of weights
  double* inertia_history =
      nullptr;  ///< (max_iter), of which n_iter are filled; nullptr for FitSummary::inertia_history
};

/// The rest of what fit() found.
struct FitSummary {
  double inertia = 0.0;
  std::vector<double> inertia_history;  ///< (n_iter), the objective of each assignment; empty where FitArrays has it
  std::size_t n_iter = 0;
  StopReason stop_reason = StopReason::max_iter;
  double shift = 0.0;  ///< sum of the squared shifts of the centers in the last iteration, as in Update
  Algorithm algorithm = Algorithm::lloyd;  ///< the one that was used last
  double tolerance = 0.0;                  ///< what the shift was compared with
  double unrefined_inertia = 0.0;          ///< before the refinement; inertia, where there was none
  std::size_t n_swaps = 0;                 ///< trials of Refine::swaps
  std::size_t n_accepted_swaps = 0;        ///< and those that were kept
  std::size_t n_moves = 0;                 ///< rows that changed their cluster one by one
  std::vector<double> refinement_history;  ///< the inertia before the refinement, and after each of its steps
};

/// A fit that owns its arrays.
struct FitResult : FitSummary {
  std::vector<std::int32_t> labels;
  std::vector<double> centers;
  std::vector<double> cluster_inertia;
  std::vector<double> cluster_sizes;
};

}  // namespace pykmeans
