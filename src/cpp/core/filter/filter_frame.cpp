#include "filter_frame.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <type_traits>

#include "../distance/metrics.hpp"
#include "../exact/digits.hpp"
#include "../rows/row_block.hpp"
#include "codebook.hpp"
#include "l1.hpp"

namespace pykmeans::detail {

namespace {

/// The largest power of two that divides all values of a few rows; of whole numbers, 1. @return its exponent
template <class T>
int unit_of_sample(const Points<T>& points) {
  if constexpr (!std::is_floating_point_v<T>) return 0;
  constexpr std::size_t most = 15;
  const std::size_t n = points.rows(), sampled = std::min(n, most);
  int lowest = std::numeric_limits<int>::max();
  const RowReader<T> read(points);
  for (std::size_t s = 0; s < sampled; ++s) {
    const T* row = read(s * (n - 1) / std::max<std::size_t>(1, sampled - 1));
    for (std::size_t q = 0; q < points.columns(); ++q)
      if (row[q] != T(0)) lowest = std::min(lowest, exponent_of_last_bit(split(static_cast<double>(row[q]))));
  }
  return lowest;
}

/// Whether all values are multiples of 2^exponent; all are below most_whole_length times that.
template <class T>
bool all_multiples(const Points<T>& points, int exponent, const Poll& poll) {
  if constexpr (std::is_floating_point_v<T>) {
    // Added to a value, it leaves no room for bits below the exponent.
    const T shift = std::ldexp(T(1.5), std::numeric_limits<T>::digits - 1 + exponent);
    std::atomic<bool> all{true};
    const std::size_t d = points.columns();
    for_each_block(points, PassPlan(points, d, d * 4), poll, [&](const RowBlock<T>& block, int) {
      for (std::size_t i = 0; i < block.count; ++i) {
        if (!all.load(std::memory_order_relaxed)) return;
        const T* row = block.row(i);
        unsigned mismatches = 0;
        for (std::size_t q = 0; q < d; ++q) mismatches |= static_cast<unsigned>((row[q] + shift) - shift != row[q]);
        if (mismatches != 0) all.store(false, std::memory_order_relaxed);
      }
    });
    return all;
  }
  return true;
}

/// Put the numbers on the coarsest grid of a power of two that a few rows show, if all lie on it and are few steps from
/// zero: ratings, counts and pixels, where distances often tie. Other data show in their first rows that they do not.
template <class T>
void look_for_grid(const Points<T>& points, FilterFrame& frame, const Poll& poll) {
  const int exponent = points.range.any ? unit_of_sample(points) : 0;
  if (exponent == std::numeric_limits<int>::max() || std::abs(exponent) > 90) return;
  const double farthest = points.range.any ? std::ldexp(1.0, points.range.highest + 1 - exponent) : 0.0;
  if (!(farthest * static_cast<double>(points.columns()) <= most_whole_length)) return;
  if (!all_multiples(points, exponent, poll)) return;
  frame.whole = true;
  frame.exponent = exponent;
}

}  // namespace

template <class T>
FilterFrame frame_of(const Points<T>& points, const Poll& poll) {
  FilterFrame frame;
  const std::size_t d = points.columns(), numbers = numeric_features(points.metric, d), categories = d - numbers;
  frame.origin.assign(points.frame.origin.begin(), points.frame.origin.begin() + static_cast<std::ptrdiff_t>(numbers));
  frame.category_origin.assign(categories, 0.0);
  frame.exponent = points.frame.spread_exponent;
  frame.float_suffices = d <= max_float_features;
  frame.filter = traits(points.metric.distance).filter;
  if (frame.filter->seeks_grid) look_for_grid(points, frame, poll);
  if (frame.filter->fit_frame) frame.filter->fit_frame(points.metric, frame);
  for (std::size_t q = numbers; q < d; ++q)
    if (std::is_same_v<T, double> && points.facts.columns[q].any && points.facts.columns[q].highest > 24)
      frame.float_suffices = false;
  return frame;
}

template FilterFrame frame_of(const Points<std::uint8_t>&, const Poll&);
template FilterFrame frame_of(const Points<float>&, const Poll&);
template FilterFrame frame_of(const Points<double>&, const Poll&);

}  // namespace pykmeans::detail
