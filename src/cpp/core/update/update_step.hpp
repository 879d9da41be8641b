// UpdateStep: what follows an assignment, in the one order that is right. The sums of the clusters say which of them
// changed since the last step; the objective and the centers both follow from that, and it is forgotten when both have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "../assign/assigner.hpp"
#include "../rows/check.hpp"
#include "centers.hpp"
#include "empty.hpp"
#include "objective.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

template <class T>
class UpdateStep {
 public:
  /// `points` and what poll refers to must outlive it.
  UpdateStep(const Points<T>& points, std::size_t n_clusters, const Poll& poll)
      : points_(points),
        poll_(poll),
        sums_(points.layout, n_clusters),
        objective_(points, n_clusters, poll),
        update_(traits(points.metric.distance).update->of(T())(points, n_clusters, poll)) {}

  /// The sums of the clusters, for the assignment that comes before.
  Partial& sums() { return sums_; }

  /// Measure the labels against the centers that they were found with, fill empty clusters, and move the centers.
  /// @param seen  the centers as distances see them  @param measured  called with the objective, before anything moves
  /// @param centers [in, out]  @return whether an empty cluster was filled
  template <class Measured>
  bool operator()(Assigner<T>& assigner, const Vector<double>& seen, const ExactDistance& exact,
                  Vector<double>& centers, const Measured& measured) {
    const auto labels = [&] { return assigner.labels(); };
    const auto all_distances = [&] { return assigner.distance_sums(seen.data(), exact, /*n_sums=*/1)[0]; };
    measured(objective_(seen.data(), exact, std::cref(all_distances), sums_));  // by reference: no memory is taken
    Vector<std::size_t> moved;
    if (any_empty(sums_)) moved = fill_empty_clusters(points_, seen.data(), exact, labels(), sums_, poll_);
    for (const std::size_t row : moved) assigner.label_changed(row);
    update_->move(sums_, labels, centers.data());
    check_finite(centers);
    objective_.forget_moved(sums_);
    for (std::size_t c = 0; c < sums_.clusters(); ++c) sums_.settle(c);
    return !moved.empty();
  }

 private:
  const Points<T>& points_;
  const Poll& poll_;
  Partial sums_;
  Objective<T> objective_;
  const std::unique_ptr<CenterUpdate<T>> update_;
};

}  // namespace pykmeans::detail
