// Way: a way to give every row the label of its nearest center, by the exact distance. Every way gives the same labels.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../distance/exact_distance.hpp"
#include "pykmeans/workspace.hpp"
#include "thread_sums.hpp"

namespace pykmeans::detail {

/// One pass: what to label, and where what changed goes.
struct Assignment {
  const double* centers;  // (n_clusters, n_features)
  std::size_t n_clusters;
  const ExactDistance& exact;
  std::int32_t* labels;  // (n_samples), negative where there is none yet
  ThreadSums& sums;      // prepared for `threads`
  int threads;
};

template <class T>
class Way : public Pooled {
 public:
  virtual ~Way() = default;

  /// Whether every row must have a label already, of some pass.
  virtual bool needs_labels() const { return true; }

  /// Whether labels stay with it until write_labels().
  virtual bool keeps_labels() const { return false; }

  /// Whether it can work on the centers of this pass; asked right before assign().
  virtual bool takes(const Assignment&) { return true; }

  /// Label all rows. Where sums are wanted, rows of positive weight whose label changed move there from the old label's
  /// cluster (none where it is negative) to the new one's.
  /// @return rows of positive weight whose label changed
  virtual std::size_t assign(const Assignment& pass) = 0;

  /// Write the labels that assign() kept to itself, if it does so.
  virtual void write_labels(std::int32_t*) {}

  /// The labels were written, and somebody else changed that of a row.
  virtual void label_changed(std::size_t) {}

  /// What was learnt from earlier passes holds no longer.
  virtual void forget() {}

  /// The share of the work that the last assign() was spared, by what it knew from earlier ones or otherwise; 1 where
  /// it cannot tell.
  virtual double spared() const { return 1.0; }
};

}  // namespace pykmeans::detail
