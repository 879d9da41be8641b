// Partial: exact sums of points by cluster, a commutative monoid.
//
// Each value is an integer multiple of a power of two that its feature fixes beforehand (SumLayout). It is added as
// integers, in limbs of 51 bits. Integers add up to the same total in any order, so the sum does not depend on threads,
// blocks, algorithm or instruction set, and a point that is subtracted leaves no trace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "workspace.hpp"

namespace pykmeans {

/// Exponents of the nonzero values of a column, as std::frexp has them: 2^(e-1) <= |v| < 2^e.
struct ValueRange {
  int highest = 0;     ///< exponent of the largest magnitude
  int lowest = 0;      ///< exponent of the smallest nonzero magnitude
  int precision = 53;  ///< bits of a significand: no value has a nonzero bit below 2^(lowest - precision)
  bool any = false;    ///< whether there is a nonzero value at all
};

/// A number with a 53-bit significand and an exponent without bounds: fraction * 2^exponent.
struct Rounded {
  double fraction = 0.0;  ///< 0, or of magnitude in [0.5, 1)
  int exponent = 0;
};

/// An unevaluated sum of two doubles, the second at most half a unit in the last place of the first.
struct Doubled {
  double high = 0.0;
  double low = 0.0;
};

/// How values become integers: the same for all Partials that are to be merged.
struct SumLayout {
  std::size_t features = 0;  ///< columns of X; with weights, one more that sums the weights themselves
  int limbs = 1;             ///< limbs per feature, without the one that takes the carries
  bool weighted = false;     ///< terms are w * x, as exact products
  bool integers = false;     ///< unweighted uint8: the values are the integers
  bool wide = false;         ///< range beyond three limbs or near the ends of double: added bit by bit, slower
  Vector<int> unit;          ///< (features) exponent of the lowest limb's unit
  Vector<double> magic;      ///< (limbs, features) 1.5 * 2^(52 + unit of the limb); empty where wide or integers
  Vector<double> factor;     ///< (features) 2^unit; empty where wide

  SumLayout() = default;

  /// @param columns   range of each column of X
  /// @param weights   range of the weights, or nullptr for weights of one
  /// @param integer_values   X holds small unsigned integers (uint8)
  SumLayout(const Vector<ValueRange>& columns, const ValueRange* weights, bool integer_values);

  /// The layout for another process or machine, which needs it to read the Partials that were made with it.
  std::vector<unsigned char> to_bytes() const;
  /// What to_bytes() wrote. Throws std::invalid_argument where the bytes are not those of a SumLayout, are of another
  /// version, truncated or damaged.
  static SumLayout from_bytes(const unsigned char* bytes, std::size_t size);

 private:
  bool must_be_wide() const;
  void set_factors();
};

/// Sums of w * x and of w by cluster. Several threads may call const functions at once.
class Partial {
 public:
  Partial() = default;
  /// `layout` must outlive the Partial.
  Partial(const SumLayout& layout, std::size_t clusters);
  Partial(const SumLayout&&, std::size_t) = delete;

  /// Add a point of positive weight (ignored where the layout is unweighted) to a cluster. @param row (columns of X)
  template <class T>
  void add(std::size_t cluster, const T* row, double weight);

  /// Take away a point that was added.
  template <class T>
  void subtract(std::size_t cluster, const T* row, double weight);

  /// Take a point away from one cluster and add it to another.
  template <class T>
  void move(std::size_t from, std::size_t to, const T* row, double weight);

  /// Add some copies of a point, or take them away where they are negative; unweighted uint8 only.
  template <class T>
  void add_copies(std::size_t cluster, const T* row, std::int64_t copies);

  /// Add all points of an unweighted table. @param columns (features, stride) of which the first `count` of each count
  template <class T>
  void add_columns(std::size_t cluster, const T* columns, std::size_t stride, std::size_t count);

  /// Add a cluster of another Partial of equal layout to a cluster of this one, or take it away.
  void add(std::size_t cluster, const Partial& other, std::size_t from) { combine<1>(cluster, other, from); }
  void subtract(std::size_t cluster, const Partial& other, std::size_t from) { combine<-1>(cluster, other, from); }

  /// Add another Partial's cluster to the same cluster of this one.
  void merge(std::size_t cluster, const Partial& other) { add(cluster, other, cluster); }

  /// Whether anything was added to or taken from the cluster since clear() or settle().
  bool touched(std::size_t cluster) const { return touched_[cluster] != 0; }
  /// Forget that the cluster was touched; the sums stay.
  void settle(std::size_t cluster) { touched_[cluster] = 0; }
  /// Bring the limbs of a cluster into their ranges. This changes no sum, but makes reading faster: reading a cluster
  /// that is not carried carries a copy of it.
  void carry(std::size_t cluster);
  /// Set a cluster's sums to zero.
  void clear(std::size_t cluster);

  std::size_t clusters() const { return counts_.size(); }
  const SumLayout& layout() const { return *layout_; }

  /// Points in the cluster, all of positive weight.
  std::int64_t count(std::size_t cluster) const { return counts_[cluster]; }
  /// Exact sum of w * x over the cluster, rounded once.
  Rounded sum(std::size_t cluster, std::size_t feature) const;
  /// Exact sum of w over the cluster, rounded once.
  Rounded weight(std::size_t cluster) const;
  /// The exact sums of `count` features from `first` on, each rounded once. The layout must not be wide.
  void sums(std::size_t cluster, std::size_t first, std::size_t count, double* out) const;
  /// The exact sum of a feature; with weights, the last feature holds that of the weights. It is given as digits to the
  /// base 2^51 times 2^(layout().unit[feature]), lowest first; only the last may be negative. @param digits [out]
  void digits(std::size_t cluster, std::size_t feature, Vector<std::int64_t>& digits) const;
  /// The sum of a feature times 2^exponent as high + low, exact to 2^-100 of it. With weights the last feature holds
  /// the sum of the weights.
  Doubled sum_in_two(std::size_t cluster, std::size_t feature, int exponent) const;

  /// Sums and counts for another process or machine. Equal sums are equal bytes, in whatever order they were added.
  std::vector<unsigned char> to_bytes() const;
  /// What to_bytes() wrote; clusters whose count or sums are not zero are touched. Throws std::invalid_argument where
  /// the bytes are not those of a Partial, are of another layout or version, truncated or damaged. `layout` must outlive
  /// the Partial.
  static Partial from_bytes(const SumLayout& layout, const unsigned char* bytes, std::size_t size);
  static Partial from_bytes(const SumLayout&&, const unsigned char*, std::size_t) = delete;

 private:
  // A carried limb is below 2^51, and an addition changes a limb by less than 2^53 (two parts of 2^50 + 1, or three of
  // 2^51): below 2^51 + 2^63 / 2 in all.
  static constexpr std::uint32_t additions_per_carry = 512;

  template <int sign, class T>
  void accumulate(std::size_t cluster, const T* row, double weight);
  void count(std::size_t cluster, std::int64_t points) {
    counts_[cluster] += points;
    touched_[cluster] = 1;
    if (++pending_[cluster] == additions_per_carry) carry(cluster);
  }
  template <int sign, class T>
  void accumulate_wide(std::int64_t* limbs, const T* row, double weight) const;
  template <int sign>
  void combine(std::size_t cluster, const Partial& other, std::size_t from);
  template <class Use>
  auto with_digits(std::size_t cluster, std::size_t feature, const Use& use) const;
  const std::int64_t* carried(std::size_t cluster, Vector<std::int64_t>& scratch) const;
  std::int64_t* limbs_of(std::size_t cluster) { return limbs_.data() + cluster * stride_; }
  const std::int64_t* limbs_of(std::size_t cluster) const { return limbs_.data() + cluster * stride_; }

  const SumLayout* layout_ = nullptr;
  std::size_t stride_ = 0;         // 64-bit words per cluster
  Vector<std::int64_t> limbs_;     // (clusters, limbs + 1, features), lowest limb first
  Vector<std::uint32_t> pending_;  // additions to a cluster since its last carry
  Vector<std::int64_t> counts_;
  Vector<std::uint8_t> touched_;
};

}  // namespace pykmeans
