// What a row counts for: exact numbers that add up in any order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "../exact/digits.hpp"
#include "../exact/two_words.hpp"
#include "../exact/wide_sum.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// A value that has its place among others: NaN, which somebody may write into X meanwhile, has none.
template <class T>
T ordered(T value) {
  return value == value ? value : T(0);
}

/// Without weights; for fewer than 2^32 rows.
template <class T>
class Ones {
 public:
  using Count = std::uint32_t;
  using Entry = T;  // a member in one column

  explicit Ones(const Points<T>&) {}
  Count operator()(std::size_t) const { return 1; }
  static bool fits(const Points<T>& points) { return !points.weights && points.rows() < 0xffffffffu; }
  static bool reaches_half(Count part, Count whole) { return part >= whole - part; }
  static Entry entry(T value, std::size_t) { return ordered(value); }

  /// The least value of some members, one at least, up to which they and `below` reach half of the whole.
  T middle(Vector<Entry>& members, bool sorted, Count below, Count whole) const {
    const std::size_t index = std::min<std::size_t>(whole - whole / 2 - 1 - below, members.size() - 1);
    const auto slot = members.begin() + static_cast<std::ptrdiff_t>(index);
    if (!sorted) std::nth_element(members.begin(), slot, members.end());
    return *slot;
  }
};

/// What they have in common: members are known with their rows.
template <class T, class Self, class Sum>
class Weighted {
 public:
  using Count = Sum;
  using Entry = std::pair<T, std::uint32_t>;

  static Entry entry(T value, std::size_t row) { return {ordered(value), static_cast<std::uint32_t>(row)}; }
  T middle(Vector<Entry>& members, bool sorted, Count below, const Count& whole) const {
    if (!sorted) std::sort(members.begin(), members.end());
    for (const Entry& member : members) {
      below += static_cast<const Self&>(*this)(member.second);
      if (Self::reaches_half(below, whole)) return member.first;
    }
    return members.back().first;
  }
};

/// Weights as whole numbers, in units of the lowest bit of any.
template <class T>
class WholeWeights : public Weighted<T, WholeWeights<T>, TwoWords> {
 public:
  using Count = TwoWords;

  explicit WholeWeights(const Points<T>& points) : weights_(points.weights), unit_(range_of_weights(points).unit) {}

  Count operator()(std::size_t row) const {
    const Split parts = split(weights_[row]);
    const int shift = std::clamp(parts.exponent - unit_, -63, 127);  // beyond, the weights have been changed since
    return shift >= 0 ? shifted(parts.significand, shift) : Count{parts.significand >> -shift, 0};
  }
  static bool fits(const Points<T>& points) {
    if (!points.weights || points.rows() >= 0xffffffffu) return false;
    const Range range = range_of_weights(points);
    return range.highest - range.unit <= 128 - 32 - 1;  // a sum of 2^32, twice
  }
  static bool reaches_half(const Count& part, const Count& whole) { return !(part + part < whole); }

 private:
  struct Range {
    int highest;  // all are below 2^highest
    int unit;     // and multiples of 2^unit
  };
  static Range range_of_weights(const Points<T>& points) {
    Range range{-1074, 1024};
    for (std::size_t i = 0; i < points.rows(); ++i) {
      Split parts = split(points.weights[i]);
      if (parts.significand == 0) continue;
      range.highest = std::max(range.highest, parts.exponent + 53);
      if (parts.exponent + 53 <= range.unit) range.unit = parts.exponent + 53;
      while (parts.exponent < range.unit && (parts.significand & 1) == 0) {
        parts.significand >>= 1;
        ++parts.exponent;
      }
      range.unit = std::min(range.unit, parts.exponent);
    }
    return range;
  }

  const double* weights_;
  int unit_;
};

/// Any weights, any number of rows; slow.
template <class T>
class AnyWeights {
 public:
  using Entry = std::pair<T, std::size_t>;
  /// As an integer adds up.
  struct Count {
    WideSum sum;
    Count& operator+=(const Count& other) {
      sum.add(other.sum);
      return *this;
    }
    friend bool operator<(const Count& a, const Count& b) { return a.sum.less(b.sum); }
  };

  explicit AnyWeights(const Points<T>& points) : points_(points) {}
  Count operator()(std::size_t row) const {
    Count count;
    count.sum.add(points_.weight(row));
    return count;
  }
  static Entry entry(T value, std::size_t row) { return {ordered(value), row}; }
  static bool reaches_half(Count part, const Count& whole) { return !((part += Count(part)) < whole); }

 private:
  const Points<T>& points_;
};

}  // namespace pykmeans::detail
