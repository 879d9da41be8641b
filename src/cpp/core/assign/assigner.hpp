// Assigner: chooses among the ways to assign, for a fit and from one iteration to the next, and keeps the sums of the
// clusters in step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

#include "algorithm.hpp"
#include "bounds/bounds.hpp"
#include "lloyd/lloyd.hpp"
#include "pykmeans/options.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"
#include "thread_sums.hpp"

namespace pykmeans::detail {

template <class T>
class Assigner {
 public:
  /// `points`, `labels` (n_samples), all of which are written, and what poll refers to must outlive it.
  /// @param algorithm  a way that cannot work on these points is replaced by "lloyd"
  Assigner(const Points<T>& points, std::size_t n_clusters, Algorithm algorithm, std::int32_t* labels,
           const Poll& poll);

  /// See Way::assign. @param sums  of the labels, or nullptr
  std::size_t assign(const double* centers, const ExactDistance& exact, Partial* sums);

  /// The labels. They may be kept elsewhere until they are asked for here.
  std::int32_t* labels() {
    if (clever_) clever_->write_labels(labels_);
    return labels_;
  }

  /// Somebody else changed the label of a row in what labels() returned.
  void label_changed(std::size_t row) {
    if (clever_) clever_->label_changed(row);
  }

  /// The way of the last call.
  Algorithm used() const { return used_; }

 private:
  /// Bounds on 8-bit integers are the fastest full pass, too.
  bool best_full_pass() const { return name_ == Algorithm::bounds && kernels::pick().int8; }
  bool clever_is_better(const Assignment& pass) const;
  Way<T>& plain(const ExactDistance& exact);

  const Points<T>& points_;
  const std::size_t n_clusters_;
  std::int32_t* const labels_;
  const Poll& poll_;
  ThreadSums sums_;
  // "lloyd" in float32, and in 8-bit integers where they may be faster.
  Lloyd<T> brute_;
  std::unique_ptr<Bounds<T>> int8_;
  std::unique_ptr<Way<T>> clever_;         // a way that remembers, where one may pay
  Algorithm name_ = Algorithm::automatic;  // of clever_
  Algorithm used_ = Algorithm::lloyd;
  bool automatic_ = false;
  bool labelled_ = false;
  std::size_t changed_ = 0;   // by the last call
  std::size_t restless_ = 0;  // bounds wait while more rows than this change their label
};

}  // namespace pykmeans::detail
