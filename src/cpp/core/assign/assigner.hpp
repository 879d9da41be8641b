// Assigner: gives every row the label of its nearest center, by the referee's word, and keeps the sums of the clusters
// in step. It chooses among the ways to do it; every one gives the same labels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

#include "../referee.hpp"
#include "bounds.hpp"
#include "brute.hpp"
#include "pykmeans/options.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"
#include "thread_sums.hpp"

namespace pykmeans::detail {

template <class T>
class Assigner {
 public:
  /// `points` and what poll refers to must outlive it.
  Assigner(const Points<T>& points, std::size_t n_clusters, Algorithm algorithm, const Poll& poll)
      : points_(points), n_clusters_(n_clusters), poll_(poll), brute_(points, n_clusters, poll) {
    const bool automatic = algorithm == Algorithm::automatic;
    const std::size_t d = points.values.columns;
    const bool possible = d <= max_float_features && d * sizeof(T) >= 2 * sizeof(float);  // within half of X's size
    if ((algorithm == Algorithm::bounds && possible) || (automatic && BoundsAssigner<T>::pays(points, n_clusters)))
      bounds_ = std::make_unique<BoundsAssigner<T>>(points, n_clusters, poll);
    if (automatic) restless_ = points.values.rows / 4;
  }

  /// Label all rows. Where `sums` is given, rows of positive weight whose label changed move there from the old label's
  /// cluster (none where it is negative) to the new one's.
  /// @param centers (n_clusters, n_features)  @param labels [in, out] (n_samples)  @return rows of positive weight
  /// whose label changed
  std::size_t assign(const double* centers, const Referee& referee, std::int32_t* labels, Partial* sums) {
    const int threads = useful_threads(points_.n_threads, {points_.values.rows, n_clusters_, points_.values.columns});
    sums_.prepare(sums, threads);
    // Bounds spare little while centers still move far, which shows in how many rows change their label.
    const bool bounded = bounds_ && labelled_ && referee.scale() == 0 && changed_ <= restless_;
    if (bounded) {
      changed_ = bounds_->assign(centers, referee, labels, sums_, threads);
      if (bounds_->spared() < 0.3 && restless_ != always) {
        restless_ = changed_ / 2;
        forget();
      }
    } else {
      forget();
      changed_ = brute_.assign(centers, referee, labels, sums_, threads);
    }
    labelled_ = true;
    sums_.merge(points_.values.columns, threads, poll_);
    return changed_;
  }

  /// Labels were changed by somebody else.
  void forget() {
    if (bounds_) bounds_->forget();
  }

 private:
  const Points<T>& points_;
  const std::size_t n_clusters_;
  const Poll& poll_;
  ThreadSums sums_;
  BruteAssigner<T> brute_;
  std::unique_ptr<BoundsAssigner<T>> bounds_;  // where they pay
  static constexpr std::size_t always = std::numeric_limits<std::size_t>::max();
  bool labelled_ = false;
  std::size_t changed_ = 0;        // by the last call
  std::size_t restless_ = always;  // bounds wait while more rows than this change their label
};

}  // namespace pykmeans::detail
