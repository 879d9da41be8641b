// Drawing a row in proportion to w * value, by exact prefix sums.
//
// Most draws need no exact sum. Each term is cut to an integer, as a multiple of a unit that is the same for all rows;
// the integers add up exactly in any order, and the sum of m terms is within 2 m units of theirs. So a prefix sum is
// known to a margin, and a threshold that falls farther than that from the sums before and after a row draws that row.
// Where one falls nearer, the prefix sums are added up exactly.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../exact/wide_sum.hpp"
#include "pykmeans/options.hpp"

namespace pykmeans::detail {

class PrefixSums {
 public:
  /// @param values (n_rows), >= 0, to be read later, or nullptr for ones  @param weights (n_rows) or nullptr for ones
  PrefixSums(std::size_t n_rows, const double* values, const double* weights, int n_threads, const Poll& poll);

  /// Values have changed that change() was not told of.
  void reset();

  /// Changes to values, gathered by one thread: rows near each other are cheapest.
  class Changes {
   public:
    explicit Changes(PrefixSums& sums) : sums_(sums) {}
    Changes(const Changes&) = delete;
    Changes& operator=(const Changes&) = delete;
    ~Changes() {
      flush();
      if (any_) sums_.changed_.store(true, std::memory_order_relaxed);
    }
    /// A row's value is about to change.
    void add(std::size_t row, double to) {
      const std::size_t chunk = row / sums_.chunk_rows_;
      if (chunk != chunk_) flush();
      chunk_ = chunk;
      any_ = true;
      change_ += sums_.term(row, to) - sums_.term(row, sums_.values_[row]);
    }

   private:
    void flush() {
      if (change_ != 0) sums_.sums_[chunk_].fetch_add(change_, std::memory_order_relaxed);
      change_ = 0;
    }
    PrefixSums& sums_;
    std::size_t chunk_ = 0;
    std::int64_t change_ = 0;
    bool any_ = false;
  };

  /// To be called when changes were made, before find().
  void update();

  /// The first row of positive weight whose exact prefix sum is > (or >=) the double uniform * total; the last such row
  /// where the rounding of the total leaves none.
  std::size_t find(double uniform, bool or_equal);

 private:
  static constexpr int term_bits = 50;  // a term is below 2^50 units, and a chunk's sum below 2^62

  std::size_t chunks() const { return sums_.size(); }
  std::size_t begin(std::size_t chunk) const { return chunk * chunk_rows_; }
  std::size_t end(std::size_t chunk) const { return std::min(n_rows_, begin(chunk) + chunk_rows_); }
  double value(std::size_t row) const { return values_ ? values_[row] : 1.0; }

  /// A row's term in units, were its value `value`. The factors are powers of two, and the product's rounding is less
  /// than 2^-2 units.
  std::int64_t term(std::size_t row, double value) const {
    const double scaled = value * value_factor_;
    return static_cast<std::int64_t>(weights_ ? weights_[row] * weight_factor_ * scaled : scaled);
  }

  template <class Body>
  void each_chunk(const Body& body);
  std::size_t certain_row(double uniform) const;
  std::size_t exact_row(double uniform, bool or_equal);
  void add_exactly();
  WideSum sum_of(std::size_t begin, std::size_t end) const;

  const std::size_t n_rows_;
  const double* const values_;
  const double* const weights_;
  const int threads_;
  const Poll& poll_;
  std::size_t chunk_rows_ = 0;
  double value_factor_ = 1.0;
  double weight_factor_ = 1.0;
  std::vector<std::atomic<std::int64_t>> sums_;  // of each chunk, in units
  std::vector<double> prefixes_;                 // up to the end of each chunk, in units, rounded
  double total_at_reset_ = 0.0;
  std::atomic<bool> changed_{false};

  std::vector<WideSum> exact_;  // up to the end of each chunk; empty until they are needed
  Rounded exact_total_;
};

}  // namespace pykmeans::detail
