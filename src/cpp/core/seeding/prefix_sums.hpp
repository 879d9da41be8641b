// Drawing a row in proportion to w * value, by exact prefix sums.
//
// Most draws need no exact sum. Each term is cut to an integer, as a multiple of a unit that is the same for all rows;
// the integers add up exactly in any order, and the sum of m terms is within 2 m units of theirs. So a prefix sum is
// known to a margin, and a threshold that falls farther than that from the sums before and after a row draws that row.
// Where a threshold is nearer than that, the prefix sums are added up exactly.
//
// Where each row stands for several others (DistinctRows), those are drawn from, in their own order. They are called
// places here; else each row has one. For each row the chunks of its places are kept, 2 bytes a place, so that changes
// cost no pass over all.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "../exact/wide_sum.hpp"
#include "../machine/large_array.hpp"
#include "pykmeans/distinct_rows.hpp"
#include "pykmeans/options.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

class PrefixSums {
 public:
  /// @param values (n_rows), >= 0, to be read later, or nullptr for ones  @param weights (n_rows) or nullptr for ones
  /// @param occurrences  what the rows stand for, their weights being its counts; or nullptr
  PrefixSums(std::size_t n_rows, const double* values, const double* weights, const DistinctRows* occurrences,
             int n_threads, const Poll& poll);

  /// Values have changed that Changes do not know of.
  void reset();

  /// Changes to values, gathered by one thread: rows near each other are cheapest.
  class Changes {
   public:
    explicit Changes(PrefixSums& sums) : sums_(sums), of_chunks_(sums.occurrences_ ? sums.chunks() : 0) {}
    Changes(const Changes&) = delete;
    Changes& operator=(const Changes&) = delete;
    ~Changes() {
      flush();
      for (chunk_ = 0; chunk_ < of_chunks_.size(); ++chunk_) {
        change_ = of_chunks_[chunk_];
        flush();
      }
      if (any_) sums_.changed_.store(true, std::memory_order_relaxed);
    }
    /// A row's value is about to change.
    void add(std::size_t row, double to) {
      any_ = true;
      if (sums_.occurrences_) return add_to_places(row, sums_.term(row, to) - sums_.term(row, sums_.values_[row]));
      const std::size_t chunk = row / sums_.chunk_rows_;
      if (chunk != chunk_) flush();
      chunk_ = chunk;
      change_ += sums_.term(row, to) - sums_.term(row, sums_.values_[row]);
    }

   private:
    void add_to_places(std::size_t row, std::int64_t change) {
      for (std::size_t i = sums_.places_of_[row]; i < sums_.places_of_[row + 1]; ++i)
        of_chunks_[sums_.chunk_of_place_[i]] += change;
    }
    void flush() {
      if (change_ != 0) sums_.sums_[chunk_].fetch_add(change_, std::memory_order_relaxed);
      change_ = 0;
    }
    PrefixSums& sums_;
    std::size_t chunk_ = 0;
    std::int64_t change_ = 0;
    Vector<std::int64_t> of_chunks_;  // (chunks) where rows have several places, else empty
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
  std::size_t end(std::size_t chunk) const { return std::min(n_places_, begin(chunk) + chunk_rows_); }
  std::size_t row_at(std::size_t slot) const { return occurrences_ ? (*occurrences_)[slot] : slot; }
  double value(std::size_t slot) const { return values_ ? values_[row_at(slot)] : 1.0; }

  /// The term of a row, or of each of its places, in units, if its value were `value`. The factors are powers of two,
  /// and the product's rounding is less than 2^-2 units.
  std::int64_t term(std::size_t row, double value) const {
    const double scaled = value * value_factor_;
    return static_cast<std::int64_t>(weights_ ? weights_[row] * weight_factor_ * scaled : scaled);
  }

  template <class Body>
  void each_chunk(const Body& body);
  void find_places();
  void add_up();
  std::size_t certain_place(double uniform) const;
  std::size_t exact_place(double uniform, bool or_equal);
  void add_exactly();
  WideSum sum_of(std::size_t begin, std::size_t end) const;

  const std::size_t n_rows_;
  const double* const values_;
  const double* const weights_;  // null where there are occurrences: each place counts once
  const DistinctRows* const occurrences_;
  const std::size_t n_places_;
  const int threads_;
  const Poll& poll_;
  std::size_t chunk_rows_ = 0;  // places of a chunk
  double value_factor_ = 1.0;
  double weight_factor_ = 1.0;
  Vector<std::atomic<std::int64_t>> sums_;  // of each chunk, in units
  Vector<double> prefixes_;                 // up to the end of each chunk, in units, rounded
  Vector<std::uint32_t>
      places_of_;  // (n_rows + 1) where the places of each row begin; only where there are occurrences
  LargeArray<std::uint16_t> chunk_of_place_;  // (n_places), in any order within a row
  double total_at_reset_ = 0.0;
  std::atomic<bool> changed_{false};

  Vector<WideSum> exact_;  // up to the end of each chunk; empty until they are needed
  Rounded exact_total_;
};

}  // namespace pykmeans::detail
