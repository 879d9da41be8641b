#include "prefix_sums.hpp"

#include <cmath>

#include "../machine/parallel.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

/// The power of two that brings the largest magnitude below 1, unless that takes more than 2^900.
double to_one(double largest) {
  int exponent = 0;
  std::frexp(largest, &exponent);
  return std::ldexp(1.0, std::min(-exponent, 900));
}

}  // namespace

PrefixSums::PrefixSums(std::size_t n_rows, const double* values, const double* weights, const DistinctRows* occurrences,
                       int n_threads, const Poll& poll)
    : n_rows_(n_rows),
      values_(values),
      weights_(occurrences ? nullptr : weights),
      occurrences_(occurrences),
      n_places_(occurrences ? occurrences->rows.rows : n_rows),
      threads_(useful_threads(n_threads, {n_places_, 8})),
      poll_(poll),
      // Few rows to search in a chunk, few chunks to add up at every step.
      chunk_rows_(std::clamp<std::size_t>((n_places_ + 511) / 512, 64, 4096)),
      sums_((n_places_ + chunk_rows_ - 1) / chunk_rows_),
      prefixes_(sums_.size()) {
  double largest = 0.0;
  if (weights_)
    for (std::size_t i = 0; i < n_rows_; ++i) largest = std::max(largest, weights_[i]);
  if (weights_) weight_factor_ = to_one(largest);
  if (occurrences_) find_places();
}

/// The chunks of each row's places.
void PrefixSums::find_places() {
  places_of_.resize(n_rows_ + 1);
  Vector<std::atomic<std::uint32_t>> next(n_rows_);
  for (std::size_t row = 0; row < n_rows_; ++row) {
    next[row].store(places_of_[row], std::memory_order_relaxed);
    places_of_[row + 1] = places_of_[row] + static_cast<std::uint32_t>(occurrences_->counts[row]);
  }
  chunk_of_place_ = LargeArray<std::uint16_t>(n_places_);
  std::fill_n(chunk_of_place_.data(), n_places_, std::uint16_t{0});
  each_chunk([&](std::size_t c) {
    for (std::size_t slot = begin(c); slot < end(c); ++slot) {
      const std::size_t row = row_at(slot);
      const std::uint32_t at = next[row].fetch_add(1, std::memory_order_relaxed);
      // As many as were counted, unless somebody has changed the others since.
      if (at < places_of_[row + 1]) chunk_of_place_[at] = static_cast<std::uint16_t>(c);
    }
  });
}

template <class Body>
void PrefixSums::each_chunk(const Body& body) {
  const Blocks blocks(chunks(), chunk_rows_ * 64);
  parallel_blocks(blocks.count(), threads_, poll_, [&](std::size_t block, int) {
    for (std::size_t c = blocks.begin(block); c < blocks.end(block); ++c) body(c);
  });
}

void PrefixSums::reset() {
  exact_.clear();
  each_chunk([&](std::size_t c) {
    double largest = 0.0;
    for (std::size_t i = begin(c); i < end(c); ++i) largest = value(i) > largest ? value(i) : largest;
    prefixes_[c] = largest;
  });
  const double one = to_one(*std::max_element(prefixes_.begin(), prefixes_.end()));
  value_factor_ = one * std::ldexp(1.0, term_bits);
  each_chunk([&](std::size_t c) {
    std::int64_t sum = 0;
    for (std::size_t i = begin(c); i < end(c); ++i) sum += term(i, value(i));
    sums_[c].store(sum, std::memory_order_relaxed);
  });
  add_up();
  total_at_reset_ = prefixes_.back();
}

void PrefixSums::update() {
  if (changed_.exchange(false, std::memory_order_relaxed)) exact_.clear();
  add_up();
  if (prefixes_.back() < total_at_reset_ * 0x1p-8) reset();  // a finer unit
}

void PrefixSums::add_up() {
  double prefix = 0.0;
  for (std::size_t c = 0; c < chunks(); ++c) {
    prefix += static_cast<double>(sums_[c].load(std::memory_order_relaxed));
    prefixes_[c] = prefix;
  }
}

std::size_t PrefixSums::find(double uniform, bool or_equal) {
  const std::size_t slot = certain_place(uniform);
  return row_at(slot < n_places_ ? slot : exact_place(uniform, or_equal));
}

/// The place, or n_places where the margin leaves it open.
std::size_t PrefixSums::certain_place(double uniform) const {
  // A prefix is within 2 units a place of the exact one, and the roundings of its additions; the threshold, within the
  // same and two roundings more. In all below three times:
  const double total = prefixes_.back();
  const double margin =
      3.0 * (2.0 * static_cast<double>(n_places_) + static_cast<double>(chunks() + 8) * 0x1p-52 * total);
  const double threshold = uniform * total;
  const auto chunk =
      static_cast<std::size_t>(std::lower_bound(prefixes_.begin(), prefixes_.end(), threshold) - prefixes_.begin());
  if (chunk == chunks()) return n_places_;
  const double before = chunk == 0 ? 0.0 : prefixes_[chunk - 1];
  std::int64_t sum = 0, previous = 0;
  const auto wanted = static_cast<std::int64_t>(threshold - before);
  for (std::size_t slot = begin(chunk); slot < end(chunk); ++slot) {
    previous = sum;
    sum += term(slot, value(slot));
    if (sum <= wanted) continue;
    const bool reached = before + static_cast<double>(sum) - threshold > margin;
    const bool not_before = slot == 0 || threshold - (before + static_cast<double>(previous)) > margin;
    return reached && not_before ? slot : n_places_;
  }
  return n_places_;
}

std::size_t PrefixSums::exact_place(double uniform, bool or_equal) {
  if (exact_.empty()) add_exactly();
  int shift = 0;
  const double fraction = std::frexp(uniform * exact_total_.fraction, &shift);
  const Rounded threshold{fraction, exact_total_.exponent + shift};
  const auto reaches = [&](const WideSum& prefix) { return prefix.exceeds(threshold, or_equal); };
  const auto chunk = static_cast<std::size_t>(
      std::partition_point(exact_.begin(), exact_.end(), [&](const WideSum& p) { return !reaches(p); }) -
      exact_.begin());
  std::size_t slot = n_places_;
  if (chunk < chunks()) {
    WideSum prefix = chunk == 0 ? WideSum() : exact_[chunk - 1];  // of the places before `place`
    slot = begin(chunk);
    for (std::size_t after = end(chunk); after - slot > 1;) {  // it is in [place, after)
      const std::size_t middle = slot + (after - slot) / 2;
      WideSum with = prefix;
      with.add(sum_of(slot, middle));
      if (reaches(with)) {
        after = middle;
      } else {
        prefix = with;
        slot = middle;
      }
    }
  }
  if (!weights_) return std::min(slot, n_places_ - 1);
  // A threshold of 0 is reached by the first row whatever its weight.
  while (slot < n_places_ && weights_[slot] == 0.0) ++slot;
  if (slot == n_places_) do
      --slot;
    while (slot > 0 && weights_[slot] == 0.0);
  return slot;
}

void PrefixSums::add_exactly() {
  exact_.resize(chunks());
  each_chunk([&](std::size_t c) { exact_[c] = sum_of(begin(c), end(c)); });
  for (std::size_t c = 1; c < chunks(); ++c) exact_[c].add(exact_[c - 1]);
  exact_total_ = exact_.back().rounded();
}

WideSum PrefixSums::sum_of(std::size_t begin, std::size_t end) const {
  WideSum sum;
  for (std::size_t i = begin; i < end; ++i) {
    if (weights_)
      sum.add(weights_[i], value(i));
    else
      sum.add(value(i));
  }
  return sum;
}

}  // namespace pykmeans::detail
