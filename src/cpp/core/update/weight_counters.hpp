// What a row counts for: exact numbers that add up in any order. UnitWeights where there are no weights, WholeWeights
// for weights that are whole numbers of a common unit, as most are; AnyWeights for all others.
//
// Each has Count, a sum of weights, and Member, what it needs to know of a member in one column.
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

/// A value that can be sorted: somebody may write NaN into X meanwhile.
template <class T>
T sortable(T value) {
  return value == value ? value : T(0);
}

/// For fewer than 2^32 rows.
template <class T>
class UnitWeights {
 public:
  using Count = std::uint32_t;
  using Member = T;

  explicit UnitWeights(const Points<T>&) {}
  static bool fit(const Points<T>& points) { return !points.weights && points.rows() < 0xffffffffu; }
  static bool reaches_half(Count part, Count whole) { return part >= whole - part; }

  Count operator()(std::size_t) const { return 1; }
  static Member member(T value, std::size_t) { return sortable(value); }
  static T value(Member member) { return member; }
  static Count weight(Member) { return 1; }

  /// The least value up to which some members, one at least, and `below` together reach half of the whole.
  static T median(Vector<Member>& members, Count below, Count whole) {
    const auto slot = members.begin() + index_of_median(members, below, whole);
    std::nth_element(members.begin(), slot, members.end());
    return *slot;
  }
  static T median_of_sorted(const Vector<Member>& members, Count below, Count whole) {
    return *(members.begin() + index_of_median(members, below, whole));
  }

 private:
  static std::ptrdiff_t index_of_median(const Vector<Member>& members, Count below, Count whole) {
    // Beyond the last where X has been changed since the members were counted.
    return static_cast<std::ptrdiff_t>(std::min<std::size_t>(whole - whole / 2 - 1 - below, members.size() - 1));
  }
};

/// What the others have in common: a member is its value and its row.
template <class T, class Row, class Self, class Sum>
class Weighted {
 public:
  using Count = Sum;
  using Member = std::pair<T, Row>;

  static Member member(T value, std::size_t row) { return {sortable(value), static_cast<Row>(row)}; }
  static T value(const Member& member) { return member.first; }
  Count weight(const Member& member) const { return static_cast<const Self&>(*this)(member.second); }

  /// As above. Members of no weight are never the first to reach it, so they may be among the others.
  T median(Vector<Member>& members, const Count& below, const Count& whole) const {
    std::sort(members.begin(), members.end());
    return median_of_sorted(members, below, whole);
  }
  T median_of_sorted(const Vector<Member>& members, Count below, const Count& whole) const {
    for (const Member& member : members) {
      below += weight(member);
      if (Self::reaches_half(below, whole)) return member.first;
    }
    return members.back().first;
  }
};

/// Weights as whole numbers, in units of the lowest bit of any.
template <class T>
class WholeWeights : public Weighted<T, std::uint32_t, WholeWeights<T>, TwoWords> {
 public:
  using Count = TwoWords;

  explicit WholeWeights(const Points<T>& points) : weights_(points.weights), unit_(range_of_weights(points).unit) {}
  static bool fit(const Points<T>& points) {
    if (!points.weights || points.rows() >= 0xffffffffu) return false;
    const Range range = range_of_weights(points);
    return range.highest - range.unit <= 128 - 32 - 1;  // a sum of 2^32, twice
  }
  static bool reaches_half(const Count& part, const Count& whole) { return !(part + part < whole); }

  Count operator()(std::size_t row) const {
    const Split parts = split(weights_[row]);
    const int shift = std::clamp(parts.exponent - unit_, -63, 127);  // beyond, the weights have been changed since
    return shift >= 0 ? shifted(parts.significand, shift) : Count{parts.significand >> -shift, 0};
  }

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

/// An exact sum that adds up as an integer does.
struct WideCount {
  WideSum sum;
  WideCount& operator+=(const WideCount& other) {
    sum.add(other.sum);
    return *this;
  }
  friend bool operator<(const WideCount& a, const WideCount& b) { return a.sum.less(b.sum); }
};

/// Any weights, any number of rows; slow.
template <class T>
class AnyWeights : public Weighted<T, std::size_t, AnyWeights<T>, WideCount> {
 public:
  using Count = WideCount;

  explicit AnyWeights(const Points<T>& points) : points_(points) {}
  static bool reaches_half(Count part, const Count& whole) { return !((part += Count(part)) < whole); }

  Count operator()(std::size_t row) const {
    Count count;
    count.sum.add(points_.weight(row));
    return count;
  }

 private:
  const Points<T>& points_;
};

}  // namespace pykmeans::detail
