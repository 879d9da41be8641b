// Which clusters may be the nearest of a row, so that its distances to the members of the others need not be added up.
//
// Let m be the mean of a cluster's members y with weights w, W the sum of w, and M the mean of |x - y|. A norm is
// convex, so M >= |x - m|. For the Euclidean norm M^2 <= |x - m|^2 + V with V the mean of |y - m|^2, for any other
// M <= |x - m| + R with R the mean of |y - m|. The mean of |x - y|^2, which cosine takes, is |x - m|^2 + V. A cluster
// whose lower bound is above the upper bound of another one that is not the row's own is not the nearest.
//
// What is rounded: m is computed as m', from sums of doubles. With |x_q| <= A, each of its d coordinates is off by at
// most (2 n + 8) 2^-53 A: n products and n additions of numbers whose magnitudes add up to at most A W, n additions for
// W, and a division. So |m - m'| <= e = (2 n + 8) 2^-53 A d in either norm. About m', V is larger by |m - m'|^2 <= e^2,
// and the bound with R holds as it stands. Every other number here is made of positive ones by at most 2 n + d + 60
// roundings, those of the exact distance and of the mean distances included: it is within a factor of 1 +- (2 n + d +
// 64) 2^-52. Bounds are moved outwards by that factor, and by 2 e. Nothing must overflow or vanish: there is no
// scaling, and weights are within 2^+-100.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../distance/exact_distance.hpp"
#include "clusters.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// How much the bounds are moved outwards: m is off by at most e, and `less` and `more` are the factors.
struct MeanErrors {
  double e, less, more;
};

// See BoundMeans: of a norm, of the Euclidean norm where the exact distance is its square, and of that square.
void bound_mean_norms(const MeanErrors& errors, const double* distances, const double* spreads, std::size_t count,
                      double* low, double* high);
void bound_mean_roots(const MeanErrors& errors, const double* distances, const double* spreads, std::size_t count,
                      double* low, double* high);
void bound_mean_squares(const MeanErrors& errors, const double* distances, const double* spreads, std::size_t count,
                        double* low, double* high);

class NearClusters {
 public:
  /// @param weights  their range, or nullptr for ones
  template <class T>
  NearClusters(const Points<T>& points, const Clusters& clusters, const ExactDistance& exact, const ValueRange* weights,
               const Poll& poll);

  /// The row at a place, in an order in which rows of the same cluster and the same next one lie together.
  std::size_t row(std::size_t slot) const { return order_.empty() ? slot : order_[slot] & 0xffffffffu; }

  /// Whether the cluster is that of a row of a tile of this order, or may be the nearest other one.
  bool may_matter(std::size_t tile, std::size_t cluster) const {
    return order_.empty() || (bits_[tile * words_ + cluster / 64] >> (cluster % 64) & 1) != 0;
  }

 private:
  Vector<std::uint64_t> order_;  // the row in the lower half; empty where all clusters may matter to all rows
  Vector<std::uint64_t> bits_;   // (tiles, words)
  std::size_t words_ = 0;
};

}  // namespace pykmeans::detail
