#include "prefix_sums.hpp"

#include <cmath>

namespace pykmeans::detail {

WideSum PrefixSums::sum_of(std::size_t begin, std::size_t end) const {
  WideSum sum;
  for (std::size_t i = begin; i < end; ++i) {
    if (weights_)
      sum.add(weights_[i], values_[i]);
    else
      sum.add(values_[i]);
  }
  return sum;
}

void PrefixSums::update() {
  prefixes_ = sums_;
  for (std::size_t c = 1; c < prefixes_.size(); ++c) prefixes_[c].add(prefixes_[c - 1]);
  total_ = prefixes_.back().rounded();
}

std::size_t PrefixSums::find(double uniform, bool or_equal) const {
  int shift = 0;
  const double fraction = std::frexp(uniform * total_.fraction, &shift);
  const Rounded threshold{fraction, total_.exponent + shift};
  const auto reaches = [&](const WideSum& prefix) { return prefix.exceeds(threshold, or_equal); };
  const auto chunk = static_cast<std::size_t>(
      std::partition_point(prefixes_.begin(), prefixes_.end(), [&](const WideSum& p) { return !reaches(p); }) -
      prefixes_.begin());
  std::size_t row = n_rows_;
  if (chunk < prefixes_.size()) {
    WideSum prefix = chunk == 0 ? WideSum() : prefixes_[chunk - 1];  // of the rows before `row`
    row = begin(chunk);
    for (std::size_t after = end(chunk); after - row > 1;) {  // the row is in [row, after)
      const std::size_t middle = row + (after - row) / 2;
      WideSum with = prefix;
      with.add(sum_of(row, middle));
      if (reaches(with)) {
        after = middle;
      } else {
        prefix = with;
        row = middle;
      }
    }
  }
  if (!weights_) return std::min(row, n_rows_ - 1);
  // A threshold of 0 is reached by the first row whatever its weight.
  while (row < n_rows_ && weights_[row] == 0.0) ++row;
  if (row == n_rows_) do
      --row;
    while (weights_[row] == 0.0);
  return row;
}

}  // namespace pykmeans::detail
