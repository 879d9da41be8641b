// Greedy k-means++ (D. Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding", 2007), with the
// random numbers given. Use when: nearly always. Cost: at most n k d n_local_trials multiply-adds, and about
// n log(k) n_local_trials distances of the referee.
//
// The value of a row is its squared distance to its nearest seed so far; a row is drawn in proportion to w * value, by
// exact prefix sums. Of the candidates of a step the one that leaves the least exact sum of w * value is kept.
//
// A filter finds the rows that a candidate may come nearer to; the referee decides among those. With u the unit
// roundoff of the filter's type, in which values and candidates are exact, its distances (by differences) have a
// relative error of at most (d + 3) u / (1 - (d + 3) u) + tiny absolute error where squares underflow; the referee's,
// much less. So a filter distance above value * (1 + 4 (d + 4) u) + 2^-140 (d + 1) proves a referee distance above the
// value. The triangle inequality spares most of that: a candidate at squared distance > 4 value (by a margin for the
// rounding) from the row's own seed cannot come nearer to the row than that seed.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../../kernels/table.hpp"
#include "../check.hpp"
#include "../exact/wide_sum.hpp"
#include "../float_environment.hpp"
#include "../parallel.hpp"
#include "../referee.hpp"
#include "prefix_sums.hpp"
#include "pykmeans/pykmeans.hpp"

namespace pykmeans {

namespace {

using detail::Referee;
using detail::WideSum;

template <class T>
class PlusPlus {
 public:
  PlusPlus(const Points<T>& points, std::size_t n_clusters, const Poll& poll)
      : points_(points),
        poll_(poll),
        referee_(points.range, points.values.columns, nullptr, 0),
        near_(kernels::pick().seed.of(T())),
        value_(points.values.rows, 1.0),
        seed_of_(points.values.rows, 0),
        sums_(points.values.rows, points.values.columns, value_.data(), points.weights),
        threads_(detail::useful_threads(points.n_threads, {points.values.rows, points.values.columns})),
        improvements_(sums_.chunks()),
        filter_works_(filter_works()) {
    seeds_.reserve(n_clusters * points.values.columns);
  }

  /// The first seed: a row in proportion to its weight.
  std::int64_t first(double uniform) {
    const auto sum_chunks = [&](std::size_t c, int) { sums_.sum_chunk(c); };
    detail::parallel_blocks(sums_.chunks(), threads_, poll_, sum_chunks);  // the values are ones
    sums_.update();
    const std::size_t row = sums_.find(uniform, /*or_equal=*/false);
    const std::vector<double> center = values_of({row});
    detail::parallel_blocks(sums_.chunks(), threads_, poll_, [&](std::size_t c, int) {
      for (std::size_t i = sums_.begin(c); i < sums_.end(c); ++i)
        value_[i] = referee_(points_.values.row(i), center.data());
      sums_.sum_chunk(c);
    });
    return keep(row, center.data());
  }

  /// A further seed, of one candidate for each random number.
  std::int64_t next(const double* uniforms, std::size_t n_candidates) {
    std::vector<std::size_t> candidates;
    for (std::size_t l = 0; l < n_candidates; ++l) candidates.push_back(sums_.find(uniforms[l], /*or_equal=*/true));
    const Candidates group(*this, values_of(candidates));
    const std::size_t best = best_of(group);
    take(group, best);
    return keep(candidates[best], group.centers.data() + best * points_.values.columns);
  }

 private:
  using Compute = std::conditional_t<std::is_same_v<T, double>, double, float>;
  static constexpr std::size_t at_once = kernels::candidates_at_once;

  /// A row that a candidate comes nearer to.
  struct Improvement {
    std::size_t row;
    std::size_t candidate;
    double value;
  };

  /// The candidates of a step, in groups of eight as the filter takes them.
  struct Candidates {
    std::vector<double> centers;  // (count, features)
    std::size_t count;
    std::vector<std::vector<Compute>> packed;  // of each group (features, at_once), the last candidate repeated
    std::vector<std::vector<Compute>>
        apart;  // of each group (seeds, at_once): squared distance to a seed / 4, less a margin

    Candidates(const PlusPlus& seeding, std::vector<double> rows)
        : centers(std::move(rows)), count(centers.size() / seeding.points_.values.columns) {
      const std::size_t d = seeding.points_.values.columns, seeds = seeding.seeds_.size() / d;
      packed.resize((count + at_once - 1) / at_once, std::vector<Compute>(d * at_once));
      apart.resize(packed.size(), std::vector<Compute>(seeds * at_once));
      const detail::Blocks blocks(seeds, packed.size() * at_once * d);
      const int threads = detail::useful_threads(seeding.threads_, {seeds, packed.size(), at_once, d});
      for (std::size_t l = 0; l < packed.size() * at_once; ++l)
        for (std::size_t q = 0; q < d; ++q)
          packed[l / at_once][q * at_once + l % at_once] = static_cast<Compute>(center(l, d)[q]);
      detail::parallel_blocks(blocks.count(), threads, seeding.poll_, [&](std::size_t block, int) {
        for (std::size_t s = blocks.begin(block); s < blocks.end(block); ++s)
          for (std::size_t l = 0; l < packed.size() * at_once; ++l) {
            const double distance = seeding.referee_(seeding.seeds_.data() + s * d, center(l, d));
            apart[l / at_once][s * at_once + l % at_once] = static_cast<Compute>(distance * 0.2499);
          }
      });
    }
    const double* center(std::size_t l, std::size_t d) const { return centers.data() + std::min(l, count - 1) * d; }
  };

  /// Whether the filter's arithmetic neither overflows nor is scaled otherwise than the referee's.
  bool filter_works() const {
    int bits = 0;
    while ((points_.values.columns >> bits) != 0) ++bits;
    const int largest_sum = 2 * (points_.range.highest + 1) + bits;
    const bool exact_enough = points_.values.columns <= 100000;
    return referee_.scale() == 0 && (std::is_same_v<Compute, double> || (largest_sum < 126 && exact_enough));
  }

  std::vector<double> values_of(const std::vector<std::size_t>& chosen) const {
    std::vector<double> values;
    for (const std::size_t row : chosen)
      values.insert(values.end(), points_.values.row(row), points_.values.row(row) + points_.values.columns);
    return values;
  }

  /// Call found(row, candidate, distance) for each row of a chunk and candidate of `group` nearer to it than its seed.
  template <class Found>
  void improve_chunk(std::size_t chunk, const Candidates& candidates, std::size_t group, Found&& found) const {
    constexpr std::size_t strip = 256;
    const std::size_t d = points_.values.columns;
    const double u = 0.5 * static_cast<double>(std::numeric_limits<Compute>::epsilon());
    const double slack = 1.0 + 4.0 * static_cast<double>(d + 4) * u;
    const double tiny = 0x1p-140 * static_cast<double>(d + 1);
    std::uint8_t masks[strip];
    const std::size_t in_group = std::min(at_once, candidates.count - group * at_once);
    const unsigned real = (1u << in_group) - 1;
    for (std::size_t begin = sums_.begin(chunk), end = sums_.end(chunk); begin < end; begin += strip) {
      const std::size_t rows = std::min(strip, end - begin);
      if (filter_works_)
        near_({points_.values.row(begin), points_.values.row_stride, rows, d, candidates.packed[group].data(),
               value_.data() + begin, seed_of_.data() + begin, candidates.apart[group].data(), slack, tiny},
              masks);
      else
        std::fill_n(masks, rows, std::uint8_t{0xff});
      for (std::size_t i = 0; i < rows; ++i)
        for (unsigned mask = masks[i] & real; mask != 0; mask &= mask - 1) {
          const std::size_t row = begin + i, l = group * at_once + lowest_bit(mask);
          if (points_.weight(row) == 0.0) break;
          const double distance = referee_(points_.values.row(row), candidates.center(l, d));
          if (distance < value_[row]) found(row, l, distance);
        }
    }
  }

  static std::size_t lowest_bit(unsigned mask) {
    std::size_t bit = 0;
    for (; (mask & 1) == 0; mask >>= 1) ++bit;
    return bit;
  }

  /// The candidate that leaves the least exact sum of w * value, the first at a tie. What it finds is kept for take().
  std::size_t best_of(const Candidates& candidates) {
    std::vector<std::vector<WideSum>> changes(static_cast<std::size_t>(threads_),
                                              std::vector<WideSum>(candidates.count));
    detail::parallel_blocks(sums_.chunks(), threads_, poll_, [&](std::size_t c, int worker) {
      std::vector<WideSum>& mine = changes[static_cast<std::size_t>(worker)];
      Kept& kept = improvements_[c];
      kept.list.clear();
      kept.whole = true;
      for (std::size_t group = 0; group < candidates.packed.size(); ++group)
        improve_chunk(c, candidates, group, [&](std::size_t row, std::size_t candidate, double value) {
          sums_.add_change(mine[candidate], row, value);
          if (kept.list.size() * 4 < sums_.chunk_rows())
            kept.list.push_back({row, candidate, value});
          else
            kept.whole = false;
        });
    });
    for (std::size_t w = 1; w < changes.size(); ++w)
      for (std::size_t l = 0; l < candidates.count; ++l) changes[0][l].add(changes[w][l]);
    // What a candidate leaves is the present sum plus its change: the least change is best.
    std::size_t best = 0;
    for (std::size_t l = 1; l < candidates.count; ++l)
      if (changes[0][l].less(changes[0][best])) best = l;
    return best;
  }

  /// Make a candidate a seed: values and sums follow.
  void take(const Candidates& candidates, std::size_t best) {
    const std::size_t d = points_.values.columns;
    const auto number = static_cast<std::int32_t>(seeds_.size() / d);
    const auto improve = [&](std::size_t chunk, std::size_t row, double value) {
      sums_.change(chunk, row, value);
      value_[row] = value;
      seed_of_[row] = number;
    };
    detail::parallel_blocks(sums_.chunks(), threads_, poll_, [&](std::size_t c, int) {
      if (improvements_[c].whole) {
        for (const Improvement& found : improvements_[c].list)
          if (found.candidate == best) improve(c, found.row, found.value);
      } else {
        improve_chunk(c, candidates, best / at_once, [&](std::size_t row, std::size_t candidate, double value) {
          if (candidate == best) improve(c, row, value);
        });
      }
    });
  }

  std::int64_t keep(std::size_t row, const double* center) {
    seeds_.insert(seeds_.end(), center, center + points_.values.columns);
    sums_.update();
    return static_cast<std::int64_t>(row);
  }

  /// Improvements of a chunk, unless there were too many to keep.
  struct Kept {
    std::vector<Improvement> list;
    bool whole = true;
  };

  const Points<T>& points_;
  const Poll& poll_;
  const Referee referee_;
  const kernels::SeedKernels::Near<T, Compute> near_;
  std::vector<double> value_;          // (n_samples) squared distance to the nearest seed, in the referee's scale
  std::vector<std::int32_t> seed_of_;  // (n_samples) that seed
  detail::PrefixSums sums_;
  const int threads_;
  std::vector<double> seeds_;  // (seeds so far, features)
  std::vector<Kept> improvements_;
  const bool filter_works_;
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
  PlusPlus<T> seeding(points, n_clusters, poll);
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
