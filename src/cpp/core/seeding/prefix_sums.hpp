// Drawing a row in proportion to w * value, by exact prefix sums.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "../exact/wide_sum.hpp"

namespace pykmeans::detail {

/// Exact sums of w * value by chunk of rows, kept up to date by whoever changes the values.
class PrefixSums {
 public:
  /// @param values (n_rows), >= 0, to be read later  @param weights (n_rows) or nullptr for ones
  PrefixSums(std::size_t n_rows, std::size_t features, const double* values, const double* weights)
      : n_rows_(n_rows), values_(values), weights_(weights) {
    // Enough chunks to find a prefix among few rows, few enough to keep an exact sum for each, and none so long that
    // Ctrl-C would have to wait.
    const std::size_t longest = std::max<std::size_t>(64, (std::size_t{1} << 24) / features);
    chunk_rows_ = std::clamp<std::size_t>((n_rows + 255) / 256, 64, longest);
    sums_.resize((n_rows + chunk_rows_ - 1) / chunk_rows_);
  }

  std::size_t chunks() const { return sums_.size(); }
  std::size_t chunk_rows() const { return chunk_rows_; }
  std::size_t begin(std::size_t chunk) const { return chunk * chunk_rows_; }
  std::size_t end(std::size_t chunk) const { return std::min(n_rows_, begin(chunk) + chunk_rows_); }

  /// Add a chunk's values anew.
  void sum_chunk(std::size_t chunk) { sums_[chunk] = sum_of(begin(chunk), end(chunk)); }
  /// A row's value is about to change.
  void change(std::size_t chunk, std::size_t row, double to) { add_change(sums_[chunk], row, to); }
  /// Add to `sum` what changing a row's value would.
  void add_change(WideSum& sum, std::size_t row, double to) const {
    if (weights_) {
      sum.add(weights_[row], to);
      sum.subtract(weights_[row], values_[row]);
    } else {
      sum.add(to);
      sum.subtract(values_[row]);
    }
  }

  /// To be called when values have changed, before find().
  void update();

  /// The first row of positive weight whose exact prefix sum is > (or >=) the double uniform * total; the last such row
  /// where the rounding of the total leaves none.
  std::size_t find(double uniform, bool or_equal) const;

 private:
  WideSum sum_of(std::size_t begin, std::size_t end) const;

  std::size_t n_rows_;
  const double* values_;
  const double* weights_;
  std::size_t chunk_rows_ = 0;
  std::vector<WideSum> sums_;      // of each chunk
  std::vector<WideSum> prefixes_;  // up to the end of each chunk
  Rounded total_;
};

}  // namespace pykmeans::detail
