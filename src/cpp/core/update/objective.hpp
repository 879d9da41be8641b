// The objective of each assignment. Where distances are squared Euclidean ones (and cosine's are half of those), from
// the sums: no pass over the points. Elsewhere the exact distance measures every row.
//
// With W and S the weight and the sum of a cluster, both taken about an origin,
//     sum of w |x - c|^2 = sum of w |x|^2 + (W |c|^2 - 2 c.S),
// and the first sum does not depend on the assignment. So the change of the objective between two assignments is the
// change of the second term, summed over the clusters. One assignment is measured by the exact distance (the base); the
// others follow from it. The terms are added up in float64 as long as their rounding cannot be seen. Where they are
// much larger than what is left of them, it can: then a new base is measured, and from there on they are added up in
// twice the precision. Where an objective falls to a small part of its base, the exact distance measures again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "../distance/exact_distance.hpp"
#include "../exact/doubled.hpp"
#include "../exact/wide_sum.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

template <class T>
class Objective {
 public:
  Objective(const Points<T>& points, std::size_t n_clusters, const Poll& poll);

  /// Adds up the exact distances of all points to the centers of their labels, where that is needed.
  using Measure = std::function<WideSum()>;

  /// Of the labels against the centers, with the sums of those labels.
  double operator()(const double* centers, const ExactDistance& exact, const Measure& measured, const Partial& sums);

  /// To be called when centers have moved: their terms are computed anew next time.
  void forget_moved(const Partial& sums);

 private:
  /// W |c|^2 - 2 c.S of a cluster, and what was added up for it in magnitude.
  struct Term {
    Doubled value;
    double magnitude = 0.0;
  };
  Term plain_term(const double* center, const Partial& sums, std::size_t cluster) const;
  Term doubled_term(const double* center, const Partial& sums, std::size_t cluster) const;
  /// The terms of all clusters, of which those that may have changed are computed anew.
  template <class MakeTerm>
  Term add_terms(const Partial& sums, std::size_t cost, MakeTerm make_term);

  double from_sums(const double* centers, const ExactDistance& exact, const Measure& measured, const Partial& sums);
  /// @param value [out]  @return whether the rounding is invisible
  bool plain(const double* centers, const ExactDistance& exact, const Measure& measured, const Partial& sums,
             double& value);
  double doubled(const double* centers, const ExactDistance& exact, const Measure& measured, const Partial& sums);
  void set_unit(const ExactDistance& exact, const Partial& sums);
  /// Measured by the exact distance. It is the base from now on.
  double measure(const Measure& measured, const Term& terms);

  const Points<T>& points_;
  const Poll& poll_;
  Vector<double> origin_;
  Vector<Term> terms_;
  Vector<std::uint8_t> stale_;
  bool plain_ = true;  // float64 has been precise enough so far
  int scale_ = 0;      // the exact distance's scale, in the terms
  int exponent_ = 0;   // the terms are divided by 2^exponent, so that large weights cannot overflow
  bool has_base_ = false;
  double base_ = 0.0;  // in the unit of the terms
  Term base_terms_;
};

}  // namespace pykmeans::detail
