// What silhouettes need to know of the clusters: their weights and members, and how two mean distances are compared.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "../exact/wide_sum.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// a / b, rounded to 53 bits and then to double: twice where it is subnormal, unlike quotient() of exact/quotient.hpp.
inline double twice_rounded_quotient(const Rounded& a, const Rounded& b) {
  return std::ldexp(a.fraction / b.fraction, a.exponent - b.exponent);
}

/// The silhouette of a row: a is its distance to its own cluster, b that to the nearest other one (infinite where there
/// is none). @param alone  whether nothing else is in its own cluster
inline double silhouette_of(double a, double b, bool alone) {
  if (b == std::numeric_limits<double>::infinity()) return std::numeric_limits<double>::quiet_NaN();
  if (a == std::numeric_limits<double>::infinity()) return -1.0;  // the others have next to no weight, and are far away
  const double larger = a < b ? b : a;
  return alone || larger == 0.0 ? 0.0 : (b - a) / larger;
}

class Clusters {
 public:
  /// @param labels (n_samples) in [0, n_clusters)
  template <class T>
  Clusters(const Points<T>& points, const std::int32_t* labels, std::size_t n_clusters)
      : labels_(labels), whole_(n_clusters), others_(n_clusters), alone_(n_clusters), begins_(n_clusters + 1) {
    const std::size_t n = points.rows();
    Vector<WideSum> weights(n_clusters);
    for (std::size_t i = 0; i < n; ++i)
      if (points.weight(i) > 0.0) {
        weights[label(i)].add(points.weight(i));
        ++begins_[label(i) + 1];
      }
    const Rounded one{0.5, 1};
    for (std::size_t c = 0; c < n_clusters; ++c) {
      whole_[c] = weights[c].rounded();
      alone_[c] = !weights[c].exceeds(one, false);
      weights[c].subtract(1.0);
      others_[c] = weights[c].rounded();
      begins_[c + 1] += begins_[c];
    }
    members_.resize(begins_[n_clusters]);
    Vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
    for (std::size_t i = 0; i < n; ++i)  // as many as were counted, unless somebody has changed the weights since
      if (points.weight(i) > 0.0 && next[label(i)] != begins_[label(i) + 1]) members_[next[label(i)]++] = i;
  }

  std::size_t count() const { return whole_.size(); }
  std::size_t label(std::size_t row) const { return static_cast<std::size_t>(labels_[row]); }

  /// Rows of positive weight, cluster by cluster.
  const Vector<std::size_t>& members() const { return members_; }
  /// The place where those of a cluster begin; that of count() is the end of all.
  std::size_t begin(std::size_t cluster) const { return begins_[cluster]; }
  /// The cluster of a place among the members.
  std::size_t of_member(std::size_t slot) const { return label(members_[slot]); }
  bool empty(std::size_t cluster) const { return begins_[cluster] == begins_[cluster + 1]; }

  /// Whether a row of the cluster has no other beside it: its weight is at most 1.
  bool alone(std::size_t cluster) const { return alone_[cluster] != 0; }

  /// The mean distance to a cluster that is not the row's own. @param sum  of w * distance, rounded once
  double mean(const Rounded& sum, std::size_t cluster) const { return twice_rounded_quotient(sum, whole_[cluster]); }
  /// To the others of the row's own cluster, which is not alone.
  double mean_of_others(const Rounded& sum, std::size_t cluster) const {
    return twice_rounded_quotient(sum, others_[cluster]);
  }

 private:
  const std::int32_t* labels_;
  Vector<Rounded> whole_;   // the weight of each cluster
  Vector<Rounded> others_;  // and less 1
  Vector<std::uint8_t> alone_;
  Vector<std::size_t> begins_;
  Vector<std::size_t> members_;
};

}  // namespace pykmeans::detail
