// The other rows are packed segment by segment, cluster by cluster. All rows meet a segment in blocks of about a
// millisecond's work, tile by tile, where the cluster may matter to a row of the tile (near_clusters.hpp). A row keeps
// the exact sum of its distances to the cluster at hand, as a cluster may go on in the next segment. Where a cluster
// ends, its mean distance is a or may be b, and the sum starts anew.
#include "pairs.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../../kernels/table.hpp"
#include "../machine/large_array.hpp"
#include "../machine/parallel.hpp"
#include "../rows/row_block.hpp"
#include "near_clusters.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

using kernels::pair_tile;

/// A row as the kernel takes it: numbers, zeros up to a number of features that it knows, categories.
template <class T>
class PairPacker {
 public:
  PairPacker(const Points<T>& points, const ExactDistance& exact)
      : exact_(exact),
        numbers_(numeric_features(points.metric, points.columns())),
        categories_(points.columns() - numbers_),
        padded_(numbers_ <= 2 ? numbers_ : (numbers_ + 3) / 4 * 4) {}

  std::size_t numbers() const { return padded_; }
  std::size_t categories() const { return categories_; }
  std::size_t features() const { return padded_ + categories_; }

  /// @param stride  from a feature to the next
  void pack(const T* row, double* out, std::size_t stride) const {
    for (std::size_t j = 0; j < numbers_; ++j) out[j * stride] = exact_.scaled(static_cast<double>(row[j]));
    for (std::size_t j = numbers_; j < padded_; ++j) out[j * stride] = 0.0;
    for (std::size_t j = 0; j < categories_; ++j) out[(padded_ + j) * stride] = static_cast<double>(row[numbers_ + j]);
  }

 private:
  const ExactDistance& exact_;
  std::size_t numbers_, categories_, padded_;
};

template <class T>
class PairSilhouettes {
 public:
  PairSilhouettes(const Points<T>& points, const Clusters& clusters, const NearClusters& near,
                  const ExactDistance& exact, const DistanceLimbs& limbs, double* values)
      : points_(points),
        clusters_(clusters),
        near_(near),
        limbs_(limbs),
        packer_(points, exact),
        add_pairs_(traits(points.metric.distance).pairs()),
        own_(values),
        nearest_(points.rows(), std::numeric_limits<double>::infinity()),
        sums_((points.rows() + pair_tile - 1) / pair_tile * limbs.digits() * pair_tile) {
    std::fill_n(sums_.data(), sums_.size(), 0);
    std::fill_n(own_, points.rows(), 0.0);
    query_.numbers = packer_.numbers();
    query_.categories = packer_.categories();
    query_.mismatch = exact.mismatch();
    query_.rooted = traits(points.metric.distance).rooted;
    query_.magic = limbs.magic();
    query_.limbs = limbs.limbs();
  }

  void run(const Poll& poll) {
    const std::size_t n = points_.rows(), members = clusters_.members().size(), d = packer_.features();
    const std::size_t length = std::min(members, std::max<std::size_t>((std::size_t{1} << 18) / (d + 16), 16));
    segment_ = LargeArray<double>(length * d);
    if (points_.weights) weights_.resize(length);
    const int threads = useful_threads(points_.n_threads, {n, members, d + 8});
    const Blocks blocks(n, length * (d + 16) / 4, threads, pair_tile);
    const std::size_t at_once = std::min(blocks.block_rows, most_at_once);
    Vector<Vector<double>> rooms(static_cast<std::size_t>(threads));
    for (std::size_t begin = 0; begin < members; begin += length) {
      const std::size_t end = std::min(members, begin + length);
      pack_segment(begin, end);
      parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int worker) {
        Vector<double>& scratch = rooms[static_cast<std::size_t>(worker)];
        scratch.resize(at_once * d);
        for (std::size_t i = blocks.begin(block); i < blocks.end(block); i += at_once)
          meet(i, std::min(i + at_once, blocks.end(block)), begin, end, scratch.data());
      });
    }
    for (std::size_t i = 0; i < n; ++i)
      own_[i] = silhouette_of(own_[i], nearest_[i], clusters_.alone(clusters_.label(i)));
  }

 private:
  static constexpr std::size_t most_at_once = 8 * pair_tile;

  void pack_segment(std::size_t begin, std::size_t end) {
    const RowReader<T> read(points_);
    for (std::size_t m = begin; m < end; ++m) {
      const std::size_t row = clusters_.members()[m];
      packer_.pack(read(row), segment_.data() + (m - begin) * packer_.features(), 1);
      if (points_.weights) weights_[m - begin] = points_.weights[row];
    }
  }

  /// Rows from place to place, and a segment. @param scratch  for the rows, in tiles
  void meet(std::size_t first, std::size_t last, std::size_t begin, std::size_t end, double* scratch) {
    const std::size_t d = packer_.features();
    const RowReader<T> read(points_);
    for (std::size_t i = first; i < last; ++i) {
      const std::size_t slot = i - first;
      packer_.pack(read(near_.row(i)), scratch + slot / pair_tile * (d * pair_tile) + slot % pair_tile, pair_tile);
    }
    // As many other rows as a first-level cache holds.
    const std::size_t step = std::clamp<std::size_t>(2048 / d, 4, kernels::most_pairs);
    for (std::size_t c = clusters_.of_member(begin); c < clusters_.count() && clusters_.begin(c) < end; ++c) {
      const std::size_t stop = std::min(clusters_.begin(c + 1), end);
      for (std::size_t m = std::max(clusters_.begin(c), begin); m < stop; m += step)
        for (std::size_t i = first; i < last; i += pair_tile)
          if (near_.may_matter(i / pair_tile, c))
            add_pairs(i, scratch + (i - first) * d, m - begin, std::min(step, stop - m));
      if (stop == clusters_.begin(c + 1) && !clusters_.empty(c))
        for (std::size_t i = first; i < last; i += pair_tile)
          if (near_.may_matter(i / pair_tile, c)) settle(i, std::min(i + pair_tile, last), c);
    }
  }

  /// @param place  of the first of a tile
  std::int64_t* sums_of(std::size_t slot) { return sums_.data() + slot * limbs_.digits(); }

  void add_pairs(std::size_t slot, const double* tile, std::size_t other, std::size_t count) {
    kernels::PairQuery query = query_;
    query.tile = tile;
    query.rows = segment_.data() + other * packer_.features();
    query.weights = points_.weights ? weights_.data() + other : nullptr;
    query.count = count;
    std::int64_t* sums = sums_of(slot);
    add_pairs_(query, sums);
    for (std::size_t l = 0; l < pair_tile; ++l) carry_digits<51>(sums + l, limbs_.digits(), pair_tile);
  }

  /// All of a cluster has been added to the rows of a tile.
  void settle(std::size_t first, std::size_t last, std::size_t cluster) {
    std::int64_t* sums = sums_of(first);
    std::int64_t digits[DistanceLimbs::most_digits];
    for (std::size_t i = first; i < last; ++i) {
      for (std::size_t q = 0; q < limbs_.digits(); ++q) digits[q] = sums[q * pair_tile + (i - first)];
      const Rounded sum = limbs_.rounded(digits);
      const std::size_t row = near_.row(i);
      if (cluster != clusters_.label(row))
        nearest_[row] = std::min(nearest_[row], clusters_.mean(sum, cluster));
      else if (!clusters_.alone(cluster))
        own_[row] = clusters_.mean_of_others(sum, cluster);
    }
    std::fill_n(sums, limbs_.digits() * pair_tile, 0);
  }

  const Points<T>& points_;
  const Clusters& clusters_;
  const NearClusters& near_;
  const DistanceLimbs& limbs_;
  const PairPacker<T> packer_;
  const kernels::AddPairs add_pairs_;
  kernels::PairQuery query_{};
  double* own_;                    // (n_samples) mean distance to the others of the own cluster, the silhouette at last
  Vector<double> nearest_;         // (n_samples) least mean distance to another cluster so far
  LargeArray<std::int64_t> sums_;  // (tiles, digits, pair_tile)
  LargeArray<double> segment_;     // (length, features) other rows, packed
  Vector<double> weights_;         // and their weights
};

}  // namespace

template <class T>
void silhouettes_by_pairs(const Points<T>& points, const Clusters& clusters, const ExactDistance& exact,
                          const ValueRange* weights, const DistanceLimbs& limbs, double* values, const Poll& poll) {
  const NearClusters near(points, clusters, exact, weights, poll);
  PairSilhouettes<T>(points, clusters, near, exact, limbs, values).run(poll);
}

template void silhouettes_by_pairs(const Points<std::uint8_t>&, const Clusters&, const ExactDistance&,
                                   const ValueRange*, const DistanceLimbs&, double*, const Poll&);
template void silhouettes_by_pairs(const Points<float>&, const Clusters&, const ExactDistance&, const ValueRange*,
                                   const DistanceLimbs&, double*, const Poll&);
template void silhouettes_by_pairs(const Points<double>&, const Clusters&, const ExactDistance&, const ValueRange*,
                                   const DistanceLimbs&, double*, const Poll&);

}  // namespace pykmeans::detail
