// Greedy k-means++ (D. Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding", 2007), with the
// random numbers given. Use when: nearly always. Cost: n k d (n_local_trials + 1) operations of the referee.
//
// d is the squared distance of a row to its nearest seed so far; a row is drawn in proportion to w d, by exact prefix
// sums. Of the candidates of a step the one that leaves the least exact sum of w d is kept.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "../check.hpp"
#include "../exact/wide_sum.hpp"
#include "../float_environment.hpp"
#include "../parallel.hpp"
#include "../referee.hpp"
#include "pykmeans/pykmeans.hpp"

namespace pykmeans {

namespace {

using detail::Referee;
using detail::WideSum;

template <class T>
class PlusPlus {
 public:
  PlusPlus(const Points<T>& points, const Poll& poll)
      : points_(points),
        poll_(poll),
        referee_(points.range, points.values.columns, nullptr, 0),
        nearest_(points.values.rows, 1.0),
        blocks_(points.values.rows, points.values.columns),
        threads_(detail::useful_threads(points.n_threads, points.values.rows * points.values.columns)) {
    // Enough chunks to find a prefix among few rows, few enough to keep an exact sum for each, and none so long that
    // Ctrl-C would have to wait.
    const std::size_t longest = std::max<std::size_t>(64, (std::size_t{1} << 24) / points.values.columns);
    chunk_rows_ = std::clamp<std::size_t>((points.values.rows + 255) / 256, 64, longest);
    chunks_.resize((points.values.rows + chunk_rows_ - 1) / chunk_rows_);
  }

  /// The first seed: a row in proportion to its weight.
  std::int64_t first(double uniform) {
    sum_chunks();  // nearest_ is all ones
    const std::size_t row = find(uniform, /*or_equal=*/false);
    take(row, /*first=*/true);
    return static_cast<std::int64_t>(row);
  }

  /// A further seed, of one candidate for each random number.
  std::int64_t next(const double* uniforms, std::size_t n_candidates) {
    std::vector<std::size_t> candidates;
    for (std::size_t l = 0; l < n_candidates; ++l) candidates.push_back(find(uniforms[l], /*or_equal=*/true));
    const std::size_t row = candidates[best_of(candidates)];
    take(row, /*first=*/false);
    return static_cast<std::int64_t>(row);
  }

 private:
  double weight(std::size_t row) const { return points_.weight(row); }

  void add_term(WideSum& sum, std::size_t row, double distance) const {
    if (points_.weights)
      sum.add(points_.weights[row], distance);
    else
      sum.add(distance);
  }

  WideSum sum_of(std::size_t begin, std::size_t end) const {
    WideSum sum;
    for (std::size_t i = begin; i < end; ++i) add_term(sum, i, nearest_[i]);
    return sum;
  }

  void sum_chunks() {
    detail::parallel_blocks(chunks_.size(), threads_, poll_, [&](std::size_t c, int) {
      chunks_[c] = sum_of(c * chunk_rows_, std::min(points_.values.rows, (c + 1) * chunk_rows_));
    });
    WideSum total;
    for (const WideSum& chunk : chunks_) total.add(chunk);
    total_ = total.rounded();
  }

  /// The first row of positive weight whose exact prefix sum is > (or >=) the double uniform * total; the last where
  /// the rounding of the total leaves none.
  std::size_t find(double uniform, bool or_equal) const {
    const Rounded threshold{uniform * total_.fraction, total_.exponent};
    const std::size_t n = points_.values.rows;
    WideSum prefix;
    std::size_t begin = 0, end = n;
    for (std::size_t c = 0; c < chunks_.size(); ++c) {
      WideSum with = prefix;
      with.add(chunks_[c]);
      if (with.exceeds(threshold, or_equal)) {
        begin = c * chunk_rows_;
        end = std::min(n, begin + chunk_rows_);
        break;
      }
      prefix = with;
      begin = end;
    }
    while (end - begin > 1) {  // prefix is that of [0, begin); the row is in [begin, end)
      const std::size_t middle = begin + (end - begin) / 2;
      WideSum with = prefix;
      with.add(sum_of(begin, middle));
      if (with.exceeds(threshold, or_equal)) {
        end = middle;
      } else {
        prefix = with;
        begin = middle;
      }
    }
    // A threshold of 0 is reached by the first row whatever its weight.
    while (begin < n && weight(begin) == 0.0) ++begin;
    if (begin >= n)
      for (begin = n - 1; weight(begin) == 0.0;) --begin;
    return begin;
  }

  /// The candidate that leaves the least exact sum of w * distance to the nearest seed, the first at a tie.
  std::size_t best_of(const std::vector<std::size_t>& candidates) {
    if (candidates.size() == 1) return 0;
    const std::size_t trials = candidates.size();
    const std::vector<double> centers = values_of(candidates);
    std::vector<std::vector<WideSum>> gains(static_cast<std::size_t>(threads_), std::vector<WideSum>(trials));
    detail::parallel_blocks(blocks_.count(), threads_, poll_, [&](std::size_t block, int worker) {
      std::vector<WideSum>& mine = gains[static_cast<std::size_t>(worker)];
      for (std::size_t i = blocks_.begin(block); i < blocks_.end(block); ++i) {
        const double nearest = nearest_[i];
        if (nearest == 0.0 || weight(i) == 0.0) continue;
        for (std::size_t l = 0; l < trials; ++l) {
          const double distance = referee_(points_.values.row(i), centers.data() + l * points_.values.columns);
          if (distance >= nearest) continue;
          subtract_gain(mine[l], i, nearest, distance);
        }
      }
    });
    // The sum that a candidate leaves is the present one plus its (negative) gain: the least gain is best.
    for (std::size_t w = 1; w < gains.size(); ++w)
      for (std::size_t l = 0; l < trials; ++l) gains[0][l].add(gains[w][l]);
    std::size_t best = 0;
    for (std::size_t l = 1; l < trials; ++l)
      if (gains[0][l].less(gains[0][best])) best = l;
    return best;
  }

  void subtract_gain(WideSum& sum, std::size_t row, double nearest, double distance) const {
    if (points_.weights) {
      sum.add(points_.weights[row], distance);
      sum.subtract(points_.weights[row], nearest);
    } else {
      sum.add(distance);
      sum.subtract(nearest);
    }
  }

  std::vector<double> values_of(const std::vector<std::size_t>& chosen) const {
    std::vector<double> values;
    for (const std::size_t row : chosen)
      values.insert(values.end(), points_.values.row(row), points_.values.row(row) + points_.values.columns);
    return values;
  }

  /// Make a row a seed: distances and chunk sums follow.
  void take(std::size_t row, bool first) {
    const std::vector<double> center = values_of({row});
    detail::parallel_blocks(chunks_.size(), threads_, poll_, [&](std::size_t c, int) {
      const std::size_t begin = c * chunk_rows_, end = std::min(points_.values.rows, begin + chunk_rows_);
      for (std::size_t i = begin; i < end; ++i) {
        const double distance = referee_(points_.values.row(i), center.data());
        if (first || distance < nearest_[i]) nearest_[i] = distance;
      }
      chunks_[c] = sum_of(begin, end);
    });
    WideSum total;
    for (const WideSum& chunk : chunks_) total.add(chunk);
    total_ = total.rounded();
  }

  const Points<T>& points_;
  const Poll& poll_;
  const Referee referee_;
  std::vector<double> nearest_;  // (n_samples) squared distance to the nearest seed, in the referee's scale
  const detail::Blocks blocks_;
  const int threads_;
  std::size_t chunk_rows_ = 0;
  std::vector<WideSum> chunks_;  // exact sums of w * nearest by chunk of rows
  Rounded total_;
};

}  // namespace

template <class T>
std::vector<std::int64_t> plus_plus(const Points<T>& points, std::size_t n_clusters,
                                    const std::vector<double>& uniforms, std::size_t n_local_trials, const Poll& poll) {
  const detail::FloatEnvironment environment;
  detail::check_finite(points);
  if (n_clusters < 1 || n_clusters > points.values.rows)
    throw std::invalid_argument("n_clusters=" + std::to_string(n_clusters) +
                                " must be >= 1 and <= n_samples=" + std::to_string(points.values.rows));
  if (n_local_trials < 1) throw std::invalid_argument("n_local_trials=0 must be >= 1");
  const std::size_t wanted = 1 + (n_clusters - 1) * n_local_trials;
  if (uniforms.size() != wanted)
    throw std::invalid_argument("uniforms of " + std::to_string(uniforms.size()) + " numbers must hold " +
                                std::to_string(wanted) + ": 1 + (n_clusters - 1) * n_local_trials");
  for (const double uniform : uniforms)
    if (!(uniform >= 0.0 && uniform < 1.0))
      throw std::invalid_argument("uniforms must be in [0, 1), not " + std::to_string(uniform));
  PlusPlus<T> seeding(points, poll);
  std::vector<std::int64_t> seeds{seeding.first(uniforms[0])};
  for (std::size_t c = 1; c < n_clusters; ++c)
    seeds.push_back(seeding.next(uniforms.data() + 1 + (c - 1) * n_local_trials, n_local_trials));
  return seeds;
}

template <class T>
std::vector<double> rows(const Points<T>& points, const std::vector<std::int64_t>& indices) {
  std::vector<double> values;
  for (const std::int64_t index : indices) {
    if (index < 0 || static_cast<std::size_t>(index) >= points.values.rows)
      throw std::invalid_argument("indices must be in [0, n_samples=" + std::to_string(points.values.rows) + "), not " +
                                  std::to_string(index));
    const T* row = points.values.row(static_cast<std::size_t>(index));
    values.insert(values.end(), row, row + points.values.columns);
  }
  return values;
}

#define PYKMEANS_INSTANTIATE(T)                                                                                        \
  template std::vector<std::int64_t> plus_plus(const Points<T>&, std::size_t, const std::vector<double>&, std::size_t, \
                                               const Poll&);                                                           \
  template std::vector<double> rows(const Points<T>&, const std::vector<std::int64_t>&)

PYKMEANS_INSTANTIATE(std::uint8_t);
PYKMEANS_INSTANTIATE(float);
PYKMEANS_INSTANTIATE(double);

#undef PYKMEANS_INSTANTIATE

}  // namespace pykmeans
