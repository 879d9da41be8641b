// Sums of distances that several threads add up, exactly, before they are rounded.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

#include "../distance/exact_distance.hpp"
#include "../exact/doubled.hpp"
#include "../exact/unit_sum.hpp"
#include "../exact/wide_sum.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// Distances that one thread adds up, and moves to the sums of all threads from time to time.
class DistanceSums {
 public:
  DistanceSums(const UnitSum::Units& units, Vector<WideSum>& sums, std::mutex& mutex)
      : units_(units), sums_(sums), mutex_(mutex), mine_(sums.size()) {}

  /// Add distances, each to the sum of its label, or all to the only sum. @param weights (count) or nullptr for ones
  void add(const double* distances, const double* weights, const std::int32_t* labels, std::size_t count) {
    if (!units_.usable)
      for (std::size_t i = 0; i < count; ++i) add_slowly(sum_of(labels, i), distances[i], weights ? weights[i] : 1.0);
    else if (weights)
      add_weighted(distances, weights, labels, count);
    else
      add_unweighted(distances, labels, count);
  }

  /// Add each distance as often as there are copies.
  void add_copies(const double* distances, const std::uint32_t* copies, const std::int32_t* labels, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t sum = sum_of(labels, i);
      double rest = distances[i];
      if (units_.usable && copies[i] <= UnitSum::most_additions) {
        make_space(copies[i]);
        rest = mine_[sum].add(units_, rest, copies[i]);
      }
      if (rest != 0.0) add_slowly(sum, rest, copies[i]);
    }
  }

  /// Move all that was added to the sums of all threads.
  void finish() {
    if (!units_.usable) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    for (std::size_t c = 0; c < mine_.size(); ++c) mine_[c].move_to(units_, sums_[c]);
    added_ = 0;
  }

 private:
  static std::size_t sum_of(const std::int32_t* labels, std::size_t i) {
    return labels ? static_cast<std::size_t>(labels[i]) : 0;
  }

  void add_unweighted(const double* distances, const std::int32_t* labels, std::size_t count) {
    make_space(count);
    UnitSum parts[4];  // of the only sum, so that no addition waits for the one before
    for (std::size_t i = 0; i < count; ++i) {
      const double rest = (labels ? mine_[sum_of(labels, i)] : parts[i % 4]).add(units_, distances[i]);
      if (rest != 0.0) add_slowly(sum_of(labels, i), rest, 1.0);
    }
    if (!labels)
      for (const UnitSum& part : parts) mine_[0].add(part);
  }

  void add_weighted(const double* distances, const double* weights, const std::int32_t* labels, std::size_t count) {
    make_space(2 * count);
    for (std::size_t i = 0; i < count; ++i) {
      if (distances[i] == 0.0 || weights[i] == 0.0) continue;
      const std::size_t sum = sum_of(labels, i);
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

/// The sums of all threads of a pass.
class SharedDistanceSums {
 public:
  /// @param weights (rows) or nullptr for ones
  SharedDistanceSums(const ExactDistance& exact, const double* weights, std::size_t rows, std::size_t n_sums,
                     int threads)
      : units_(exact.highest() + largest_exponent(weights, rows)),
        sums_(n_sums),
        of_threads_(static_cast<std::size_t>(threads), DistanceSums(units_, sums_, mutex_)) {}

  DistanceSums& of(int worker) { return of_threads_[static_cast<std::size_t>(worker)]; }

  /// The sums, once every thread has added its distances.
  Vector<WideSum> finish() {
    for (DistanceSums& mine : of_threads_) mine.finish();
    return std::move(sums_);
  }

 private:
  /// Weights are at most two to it.
  static int largest_exponent(const double* weights, std::size_t rows) {
    int exponent = 0;
    if (weights) std::frexp(*std::max_element(weights, weights + rows), &exponent);
    return exponent;
  }

  const UnitSum::Units units_;
  Vector<WideSum> sums_;
  std::mutex mutex_;
  Vector<DistanceSums> of_threads_;
};

}  // namespace pykmeans::detail
