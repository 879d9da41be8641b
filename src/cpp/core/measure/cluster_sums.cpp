#include "cluster_sums.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <stdexcept>

#include "../exact/doubled.hpp"
#include "../exact/unit_sum.hpp"
#include "../machine/parallel.hpp"
#include "../rows/row_block.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

/// Distances that one thread adds up, and moves to the sums of all threads from time to time.
class DistanceSums {
 public:
  DistanceSums(const UnitSum::Units& units, Vector<WideSum>& sums, std::mutex& mutex)
      : units_(units), sums_(sums), mutex_(mutex), mine_(sums.size()) {}

  /// Add distances, each to the sum of its label, or all to the only sum.
  void add(const double* distances, const std::int32_t* labels, std::size_t count) {
    make_space(count);
    UnitSum parts[4];  // of the only sum, so that no addition waits for the one before
    for (std::size_t i = 0; i < count; ++i) {
      const double rest =
          (labels ? mine_[static_cast<std::size_t>(labels[i])] : parts[i % 4]).add(units_, distances[i]);
      if (rest != 0.0) add_slowly(labels ? static_cast<std::size_t>(labels[i]) : 0, rest, 1.0);
    }
    if (!labels)
      for (const UnitSum& part : parts) mine_[0].add(part);
  }

  void add_weighted(const double* distances, const double* weights, const std::int32_t* labels, std::size_t count) {
    make_space(2 * count);
    for (std::size_t i = 0; i < count; ++i) {
      if (distances[i] == 0.0 || weights[i] == 0.0) continue;
      const std::size_t sum = labels ? static_cast<std::size_t>(labels[i]) : 0;
      // The error of the product could underflow, or the splitting of a factor overflow.
      if (distances[i] * weights[i] < 0x1p-900 || weights[i] > 0x1p900 || weights[i] < 0x1p-900) {
        add_slowly(sum, distances[i], weights[i]);
        continue;
      }
      const Doubled product = two_product(distances[i], weights[i]);
      UnitSum both;
      for (const double part : {product.high, product.low})
        if (const double rest = both.add(units_, part); rest != 0.0) add_slowly(sum, rest, 1.0);
      mine_[sum].add(both);
    }
  }

  void add_slowly(std::size_t sum, double distance, double weight) {
    const std::lock_guard<std::mutex> lock(mutex_);
    sums_[sum].add(distance, weight);
  }

  /// Move all that was added to the sums of all threads.
  void finish() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (std::size_t c = 0; c < mine_.size(); ++c) mine_[c].move_to(units_, sums_[c]);
    added_ = 0;
  }

 private:
  void make_space(std::size_t count) {
    if (added_ + count > UnitSum::most_additions) finish();
    added_ += count;
  }

  const UnitSum::Units& units_;
  Vector<WideSum>& sums_;
  std::mutex& mutex_;
  Vector<UnitSum> mine_;
  std::size_t added_ = 0;
};

}  // namespace

double checked_inertia(double inertia) {
  if (!(inertia <= std::numeric_limits<double>::max()))
    throw std::invalid_argument(
        "the inertia of X is beyond the largest float64 (1.8e308); scale X or sample_weight down");
  return inertia;
}

template <class T>
Vector<WideSum> cluster_sums(const Points<T>& points, const double* weights, const double* centers, std::size_t n_sums,
                             const std::int32_t* labels, const ExactDistance& exact, const Poll& poll) {
  const std::size_t n = points.rows(), d = points.columns();
  int highest = exact.highest(), exponent = 0;
  if (weights) std::frexp(*std::max_element(weights, weights + n), &exponent);
  const UnitSum::Units units(highest + exponent);
  const PassPlan plan(points, d + 4, d + 4, some_slots(d));
  Vector<WideSum> sums(n_sums);
  std::mutex mutex;
  Vector<DistanceSums> of_threads(static_cast<std::size_t>(plan.threads), DistanceSums(units, sums, mutex));
  for_each_block(*points.source, weights, plan, poll, [&](const RowBlock<T>& block, int worker) {
    DistanceSums& mine = of_threads[static_cast<std::size_t>(worker)];
    constexpr std::size_t at_once = 512;
    double distances[at_once];
    for (std::size_t begin = 0; begin < block.count; begin += at_once) {
      const RowBlock<T> part = block.part(begin, std::min(block.count, begin + at_once));
      const std::int32_t* of_rows = labels ? labels + part.first : nullptr;
      part.in_views([&](std::size_t i, const MatrixView<T>& view) {
        exact.to_labels(view, centers, of_rows ? of_rows + i : nullptr, distances + i);
      });
      const std::int32_t* which = n_sums == 1 ? nullptr : of_rows;
      if (!units.usable)
        for (std::size_t i = 0; i < part.count; ++i)
          mine.add_slowly(which ? static_cast<std::size_t>(which[i]) : 0, distances[i], part.weight(i));
      else if (weights)
        mine.add_weighted(distances, part.weights, which, part.count);
      else
        mine.add(distances, which, part.count);
    }
  });
  if (units.usable)
    for (DistanceSums& mine : of_threads) mine.finish();
  return sums;
}

template Vector<WideSum> cluster_sums(const Points<std::uint8_t>&, const double*, const double*, std::size_t,
                                      const std::int32_t*, const ExactDistance&, const Poll&);
template Vector<WideSum> cluster_sums(const Points<float>&, const double*, const double*, std::size_t,
                                      const std::int32_t*, const ExactDistance&, const Poll&);
template Vector<WideSum> cluster_sums(const Points<double>&, const double*, const double*, std::size_t,
                                      const std::int32_t*, const ExactDistance&, const Poll&);

}  // namespace pykmeans::detail
