#include "near_clusters.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../../kernels/table.hpp"
#include "../machine/parallel.hpp"
#include "../rows/row_block.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

using kernels::pair_tile;

constexpr std::size_t fewest_clusters = 3;
constexpr std::size_t most_clusters = 4096;  // so that there are at most 64 bytes of bits for each row
constexpr int highest_number = 480;
constexpr int highest_weight = 100;

/// How far a row is from a cluster's mean itself, by the norm between it and m'.
double nearest(const MeanErrors& by, double norm) {
  return std::max(0.0, by.less * norm - 2.0 * by.e);
}
double farthest(const MeanErrors& by, double norm) {
  return by.more * norm + 2.0 * by.e;
}

/// Of the mean of |x - y|^2.
double highest_square(const MeanErrors& by, double norm, double spread) {
  const double far = farthest(by, norm);
  return by.more * (far * far + by.more * spread);
}

/// The means of the clusters, and the bounds of the mean distances between a row and the clusters.
template <class T>
class MeanBounds {
 public:
  MeanBounds(const Points<T>& points, const Clusters& clusters, const ExactDistance& exact, const Poll& poll)
      : clusters_(clusters),
        exact_(exact),
        bound_(traits(points.metric.distance).bound_means),
        d_(points.columns()),
        means_(clusters.count() * d_),
        spread_(clusters.count()) {
    const double rows = static_cast<double>(points.rows()), columns = static_cast<double>(d_);
    errors_.e = (2.0 * rows + 8.0) * std::ldexp(columns, points.range.highest - 53);
    errors_.less = 1.0 - (2.0 * rows + columns + 64.0) * 0x1p-52;
    errors_.more = 1.0 + (2.0 * rows + columns + 64.0) * 0x1p-52;
    Vector<double> weights(clusters.count());
    each_member(points, poll, [&](const T* row, double weight, std::size_t c) {
      weights[c] += weight;
      for (std::size_t q = 0; q < d_; ++q) means_[c * d_ + q] += weight * static_cast<double>(row[q]);
    });
    for (std::size_t c = 0; c < clusters.count(); ++c)
      for (std::size_t q = 0; q < d_ && weights[c] > 0.0; ++q) means_[c * d_ + q] /= weights[c];
    each_member(points, poll, [&](const T* row, double weight, std::size_t c) {
      spread_[c] += weight / weights[c] * exact_(row, mean(c));
    });
  }

  /// Of a row and all clusters; they mean nothing for its own cluster and for those without members.
  struct Bounds {
    Vector<double> distances, low, high;

    explicit Bounds(std::size_t clusters) : distances(clusters), low(clusters), high(clusters) {}
  };

  void operator()(const T* row, std::size_t own, Bounds& bounds) const {
    const std::size_t k = clusters_.count();
    for (std::size_t c = 0; c < k; ++c)
      if (c != own && !clusters_.empty(c)) bounds.distances[c] = exact_(row, mean(c));
    bound_(errors_, bounds.distances.data(), spread_.data(), k, bounds.low.data(), bounds.high.data());
  }

 private:
  /// Call use(row, weight, cluster) for rows of positive weight, on this thread.
  template <class Use>
  void each_member(const Points<T>& points, const Poll& poll, const Use& use) const {
    const Vector<std::size_t>& members = clusters_.members();
    const Blocks blocks(members.size(), d_ + 16);
    parallel_blocks(blocks.count(), 1, poll, [&](std::size_t block, int) {
      const RowReader<T> read(points);
      for (std::size_t m = blocks.begin(block); m < blocks.end(block); ++m)
        use(read(members[m]), points.weight(members[m]), clusters_.label(members[m]));
    });
  }

  const double* mean(std::size_t cluster) const { return means_.data() + cluster * d_; }

  const Clusters& clusters_;
  const ExactDistance& exact_;
  const BoundMeans bound_;
  const std::size_t d_;
  Vector<double> means_;   // (clusters, features)
  Vector<double> spread_;  // the mean of the exact distance between the members and the mean: V or R
  MeanErrors errors_;
};

template <class T>
bool worth_it(const Points<T>& points, const Clusters& clusters, const ExactDistance& exact,
              const ValueRange* weights) {
  const std::size_t k = clusters.count();
  return traits(points.metric.distance).bound_means && k >= fewest_clusters && k <= most_clusters &&
         exact.scale() == 0 && points.range.highest <= highest_number &&
         (!weights || (weights->highest <= highest_weight && weights->lowest >= -highest_weight)) &&
         points.rows() < (std::size_t{1} << 32);
}

}  // namespace

void bound_mean_norms(const MeanErrors& by, const double* distances, const double* spreads, std::size_t count,
                      double* low, double* high) {
  for (std::size_t c = 0; c < count; ++c) {
    low[c] = by.less * nearest(by, distances[c]);
    high[c] = by.more * (farthest(by, distances[c]) + spreads[c]);
  }
}

void bound_mean_roots(const MeanErrors& by, const double* distances, const double* spreads, std::size_t count,
                      double* low, double* high) {
  for (std::size_t c = 0; c < count; ++c) {
    const double norm = std::sqrt(distances[c]);
    low[c] = by.less * nearest(by, norm);
    high[c] = by.more * std::sqrt(highest_square(by, norm, spreads[c]));
  }
}

void bound_mean_squares(const MeanErrors& by, const double* distances, const double* spreads, std::size_t count,
                        double* low, double* high) {
  for (std::size_t c = 0; c < count; ++c) {
    const double norm = std::sqrt(distances[c]), near = nearest(by, norm);
    low[c] = by.less * (near * near + std::max(0.0, by.less * spreads[c] - 2.0 * by.e * by.e));
    high[c] = highest_square(by, norm, spreads[c]);
  }
}

template <class T>
NearClusters::NearClusters(const Points<T>& points, const Clusters& clusters, const ExactDistance& exact,
                           const ValueRange* weights, const Poll& poll) {
  if (!worth_it(points, clusters, exact, weights)) return;
  const std::size_t n = points.rows(), k = clusters.count();
  const MeanBounds<T> bound(points, clusters, exact, poll);
  const int threads = useful_threads(points.n_threads, {n, k, points.columns() + 8});
  const Blocks blocks(n, k * (points.columns() + 16), threads, pair_tile);

  order_.resize(n);
  parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int) {
    const RowReader<T> read(points);
    typename MeanBounds<T>::Bounds bounds(k);
    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i) {
      bound(read(i), clusters.label(i), bounds);
      std::size_t next = 0;
      double least = std::numeric_limits<double>::infinity();
      for (std::size_t c = 0; c < k; ++c) {
        if (c == clusters.label(i) || clusters.empty(c)) continue;
        if (bounds.high[c] < least) {
          least = bounds.high[c];
          next = c;
        }
      }
      order_[i] = static_cast<std::uint64_t>(clusters.label(i) * k + next) << 32 | i;
    }
  });
  std::sort(order_.begin(), order_.end());

  words_ = (k + 63) / 64;
  bits_.resize((n + pair_tile - 1) / pair_tile * words_);
  parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int) {
    const RowReader<T> read(points);
    typename MeanBounds<T>::Bounds bounds(k);
    for (std::size_t slot = blocks.begin(block); slot < blocks.end(block); ++slot) {
      const std::size_t i = row(slot), own = clusters.label(i);
      std::uint64_t* bits = bits_.data() + slot / pair_tile * words_;
      bound(read(i), own, bounds);
      double least = std::numeric_limits<double>::infinity();
      for (std::size_t c = 0; c < k; ++c)
        if (c != own && !clusters.empty(c)) least = std::min(least, bounds.high[c]);
      for (std::size_t c = 0; c < k; ++c)
        if (!clusters.empty(c) && (c == own || !(bounds.low[c] > least))) bits[c / 64] |= std::uint64_t{1} << (c % 64);
    }
  });
}

template NearClusters::NearClusters(const Points<std::uint8_t>&, const Clusters&, const ExactDistance&,
                                    const ValueRange*, const Poll&);
template NearClusters::NearClusters(const Points<float>&, const Clusters&, const ExactDistance&, const ValueRange*,
                                    const Poll&);
template NearClusters::NearClusters(const Points<double>&, const Clusters&, const ExactDistance&, const ValueRange*,
                                    const Poll&);

}  // namespace pykmeans::detail
