// Greedy k-means++ (D. Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding", 2007), with the
// random numbers given. Use when: nearly always. Cost: at most n k d n_local_trials multiply-adds, and about n log(k)
// exact distances.
//
// The value of a row is its distance to its nearest seed so far, by the metric (Euclidean: squared); a row is drawn in
// proportion to w * value, by exact prefix sums. Of the candidates of a step the one that leaves the least exact sum of
// w * value is kept.
//
// The values are exact distances, and kept for the seeds that were picked. A filter estimates what a candidate would
// change, with an error bound (neighborhoods.hpp). Only where two candidates are closer to each other than that, their
// changes are measured by the exact distance, and exact sums decide. With many features, another filter takes over after
// the first steps (int8_nearby.hpp): it finds the rows that a candidate may change, and the rest is exact.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "../distance/exact_distance.hpp"
#include "../exact/wide_sum.hpp"
#include "../machine/float_environment.hpp"
#include "../machine/parallel.hpp"
#include "../measure/distance_to.hpp"
#include "../rows/check.hpp"
#include "../rows/row_block.hpp"
#include "nearby_filters.hpp"
#include "prefix_sums.hpp"
#include "pykmeans/pykmeans.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans {

namespace {

using detail::ExactDistance;
using detail::MemoryLimit;
using detail::Nearby;
using detail::NearbyFilters;
using detail::WideSum;

template <class T>
class PlusPlus {
 public:
  /// Bytes that it keeps at least: the value of each row.
  static std::size_t least_bytes(const Points<T>& points) { return points.rows() * sizeof(double); }

  PlusPlus(const Points<T>& points, std::size_t n_clusters, std::size_t n_candidates, const MemoryLimit& limit,
           const Poll& poll)
      : points_(points),
        poll_(poll),
        exact_(detail::distance_to(points, nullptr, 0)),
        value_(points.rows()),
        sums_(points.rows(), value_.data(), points.weights, points.source->counted(), points.n_threads, poll),
        threads_(detail::useful_threads(points.n_threads, {points.rows(), points.columns()})),
        nearby_(points, exact_, n_clusters, n_candidates, limit, least_bytes(points), poll) {}

  /// The first seed: a row in proportion to its weight.
  std::int64_t first(double uniform) {
    const std::size_t row = first_row(uniform);
    const Vector<double> center = values_of(row);
    const detail::PassPlan plan(threads_, detail::Blocks(points_.rows(), points_.columns() + 16),
                                detail::some_slots(points_.columns()));
    detail::for_each_block(points_, plan, poll_, [&](const detail::RowBlock<T>& block, int) {
      block.in_views([&](std::size_t i, const MatrixView<T>& view) {
        exact_.to_labels(view, center.data(), nullptr, value_.data() + block.first + i);
      });
    });
    sums_.reset();
    nearby_.begin(value_.data());
    return static_cast<std::int64_t>(row);
  }

  /// A further seed, of one candidate for each random number.
  std::int64_t next(const double* uniforms, std::size_t n_candidates) {
    Vector<std::size_t> rows;
    Vector<double> centers;
    for (std::size_t l = 0; l < n_candidates; ++l) {
      const std::size_t row = sums_.find(uniforms[l], /*or_equal=*/true);
      // A candidate like an earlier one leaves the same sum, and the first wins.
      const Vector<double> center = values_of(row);
      bool known = false;
      for (std::size_t i = 0; i < rows.size() && !known; ++i)
        known = std::equal(center.begin(), center.end(), centers.data() + i * center.size());
      if (known) continue;
      rows.push_back(row);
      centers.insert(centers.end(), center.begin(), center.end());
    }
    const std::size_t best = best_of(centers, rows.size());
    take(best, centers.data() + best * points_.columns());
    return static_cast<std::int64_t>(rows[best]);
  }

 private:
  std::size_t first_row(double uniform) const {
    const DistinctRows* table = points_.source->counted();
    const std::size_t n = table ? table->rows.rows : points_.rows();
    if (!points_.weights || table) {  // the first i with i + 1 > u n
      const std::size_t slot = std::min(n - 1, static_cast<std::size_t>(uniform * static_cast<double>(n)));
      return table ? (*table)[slot] : slot;
    }
    detail::PrefixSums weights(n, nullptr, points_.weights, nullptr, points_.n_threads, poll_);
    weights.reset();
    return weights.find(uniform, /*or_equal=*/false);
  }

  Vector<double> values_of(std::size_t row) const {
    const detail::RowReader<T> read(points_);
    const T* values = read(row);
    return Vector<double>(values, values + points_.columns());
  }

  /// Rows of a part that a candidate is nearer to, and their distances to it.
  struct Improvements {
    Vector<Nearby::Near> rows;
    Vector<double> values;
  };
  void improvements(std::size_t part, std::size_t candidate, const double* center, Improvements& found) const {
    nearby_->near(part, candidate, found.rows);
    found.values.clear();
    const detail::RowReader<T> read(points_);
    std::size_t kept = 0;
    for (const Nearby::Near& at : found.rows) {
      const double distance = exact_(read(at.row), center);
      if (!(distance < value_[at.row])) continue;
      found.rows[kept++] = at;
      found.values.push_back(distance);
    }
    found.rows.resize(kept);
  }

  /// The candidate that leaves the least exact sum of w * value, the first at a tie.
  std::size_t best_of(const Vector<double>& centers, std::size_t count) {
    const auto gains = nearby_->estimate(centers.data(), count);
    double sure = -std::numeric_limits<double>::infinity();
    for (std::size_t l = 0; l < count; ++l) sure = std::max(sure, gains.gain[l] - gains.error[l]);
    Vector<std::size_t> contenders;
    for (std::size_t l = 0; l < count; ++l)
      if (gains.gain[l] + gains.error[l] >= sure) contenders.push_back(l);
    if (contenders.size() == 1) return contenders[0];
    if (contenders.empty()) return 0;  // gains are NaN where somebody has written NaN into X meanwhile
    Vector<WideSum> changes = exact_changes(centers, contenders);
    std::size_t best = 0;
    for (std::size_t c = 1; c < contenders.size(); ++c)
      if (changes[c].less(changes[best])) best = c;
    return contenders[best];
  }

  /// What some candidates would add to the exact sum of w * value.
  Vector<WideSum> exact_changes(const Vector<double>& centers, const Vector<std::size_t>& which) const {
    Vector<Vector<WideSum>> changes(static_cast<std::size_t>(threads_), Vector<WideSum>(which.size()));
    detail::parallel_blocks(nearby_->parts(), threads_, poll_, [&](std::size_t part, int worker) {
      Improvements found;
      for (std::size_t c = 0; c < which.size(); ++c) {
        WideSum& change = changes[static_cast<std::size_t>(worker)][c];
        improvements(part, which[c], centers.data() + which[c] * points_.columns(), found);
        for (std::size_t i = 0; i < found.rows.size(); ++i) {
          const std::size_t row = found.rows[i].row;
          if (points_.weights) {
            change.add(points_.weights[row], found.values[i]);
            change.subtract(points_.weights[row], value_[row]);
          } else {
            change.add(found.values[i]);
            change.subtract(value_[row]);
          }
        }
      }
    });
    for (std::size_t w = 1; w < changes.size(); ++w)
      for (std::size_t c = 0; c < which.size(); ++c) changes[0][c].add(changes[w][c]);
    return std::move(changes[0]);
  }

  /// Make a candidate a seed, and bring values and sums up to date.
  void take(std::size_t candidate, const double* center) {
    Vector<std::size_t> gained(static_cast<std::size_t>(threads_));
    detail::parallel_blocks(nearby_->parts(), threads_, poll_, [&](std::size_t part, int worker) {
      Improvements found;
      improvements(part, candidate, center, found);
      detail::PrefixSums::Changes changes(sums_);
      for (std::size_t i = 0; i < found.rows.size(); ++i) {
        const std::size_t row = found.rows[i].row;
        changes.add(row, found.values[i]);
        value_[row] = found.values[i];
      }
      nearby_->improve(found.rows, value_.data());
      gained[static_cast<std::size_t>(worker)] += found.rows.size();
    });
    sums_.update();
    nearby_.next(std::accumulate(gained.begin(), gained.end(), std::size_t{0}), value_.data());
  }

  const Points<T>& points_;
  const Poll& poll_;
  const ExactDistance exact_;
  Vector<double> value_;  // (n_samples) distance to the nearest seed, in the exact distance's scale
  detail::PrefixSums sums_;
  const int threads_;
  NearbyFilters<T> nearby_;
};

/// @return how many random numbers so many seeds take
template <class T>
std::size_t checked_draws(const Points<T>& points, std::size_t n_clusters, std::size_t n_local_trials) {
  detail::check_finite(points);
  if (n_clusters < 1 || n_clusters > points.rows())
    throw std::invalid_argument("n_clusters=" + std::to_string(n_clusters) +
                                " must be >= 1 and <= n_samples=" + std::to_string(points.rows()));
  if (n_local_trials < 1) throw std::invalid_argument("n_local_trials=0 must be >= 1");
  // More than any array holds, where the product is beyond what a size can hold.
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  if (n_local_trials > (most - 1) / n_clusters) return most;
  return 1 + (n_clusters - 1) * n_local_trials;
}

template <class T>
void draw(const Points<T>& points, std::size_t n_clusters, const double* uniforms, std::size_t n_uniforms,
          std::size_t n_local_trials, std::int64_t* seeds, const Poll& poll, std::size_t max_memory) {
  const detail::FloatEnvironment environment;
  const MemoryLimit limit(max_memory);
  if (const std::size_t least = PlusPlus<T>::least_bytes(points); limit.is_set() && !limit.allows(least))
    throw std::invalid_argument("max_memory=" + std::to_string(max_memory) + " must be at least " +
                                std::to_string(least) + ", which init=k-means++ takes here");
  for (std::size_t i = 0; i < n_uniforms; ++i)
    if (!(uniforms[i] >= 0.0 && uniforms[i] < 1.0))
      throw std::invalid_argument("uniforms must be in [0, 1), not " + std::to_string(uniforms[i]));
  PlusPlus<T> seeding(points, n_clusters, n_local_trials, limit, poll);
  seeds[0] = seeding.first(uniforms[0]);
  for (std::size_t c = 1; c < n_clusters; ++c)
    seeds[c] = seeding.next(uniforms + 1 + (c - 1) * n_local_trials, n_local_trials);
}

}  // namespace

template <class T>
void plus_plus(const Points<T>& points, std::size_t n_clusters, const double* uniforms, std::size_t n_local_trials,
               std::int64_t* seeds, const Poll& poll, std::size_t max_memory) {
  const std::size_t n_uniforms = checked_draws(points, n_clusters, n_local_trials);
  draw(points, n_clusters, uniforms, n_uniforms, n_local_trials, seeds, poll, max_memory);
}

template <class T>
std::vector<std::int64_t> plus_plus(const Points<T>& points, std::size_t n_clusters,
                                    const std::vector<double>& uniforms, std::size_t n_local_trials, const Poll& poll,
                                    std::size_t max_memory) {
  if (uniforms.size() != checked_draws(points, n_clusters, n_local_trials))
    throw std::invalid_argument("uniforms of " + std::to_string(uniforms.size()) +
                                " numbers must hold 1 + (n_clusters - 1) * n_local_trials, n_clusters being " +
                                std::to_string(n_clusters) + " and n_local_trials " + std::to_string(n_local_trials));
  std::vector<std::int64_t> seeds(n_clusters);
  draw(points, n_clusters, uniforms.data(), uniforms.size(), n_local_trials, seeds.data(), poll, max_memory);
  return seeds;
}

template <class T>
void rows(const Points<T>& points, const std::int64_t* indices, std::size_t count, double* values) {
  const detail::FloatEnvironment environment;  // or subnormal values might become 0
  const detail::RowReader<T> read(points);
  for (std::size_t i = 0; i < count; ++i) {
    if (indices[i] < 0 || static_cast<std::size_t>(indices[i]) >= points.rows())
      throw std::invalid_argument("indices must be in [0, n_samples=" + std::to_string(points.rows()) + "), not " +
                                  std::to_string(indices[i]));
    values = std::copy_n(read(static_cast<std::size_t>(indices[i])), points.columns(), values);
  }
}

template <class T>
std::vector<double> rows(const Points<T>& points, const std::vector<std::int64_t>& indices) {
  std::vector<double> values(indices.size() * points.columns());
  rows(points, indices.data(), indices.size(), values.data());
  return values;
}

#define PYKMEANS_INSTANTIATE(T)                                                                                        \
  template void plus_plus(const Points<T>&, std::size_t, const double*, std::size_t, std::int64_t*, const Poll&,       \
                          std::size_t);                                                                                \
  template std::vector<std::int64_t> plus_plus(const Points<T>&, std::size_t, const std::vector<double>&, std::size_t, \
                                               const Poll&, std::size_t);                                              \
  template void rows(const Points<T>&, const std::int64_t*, std::size_t, double*);                                     \
  template std::vector<double> rows(const Points<T>&, const std::vector<std::int64_t>&)

PYKMEANS_INSTANTIATE(std::uint8_t);
PYKMEANS_INSTANTIATE(float);
PYKMEANS_INSTANTIATE(double);

#undef PYKMEANS_INSTANTIATE

}  // namespace pykmeans
