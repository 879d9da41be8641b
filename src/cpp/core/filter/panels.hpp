// Panels of sixteen centers that chosen rows of a block are scored against, in float32 or in 8-bit integers.
//
// Both kinds give scores s(c) that are lower bounds as in codebook.hpp: for a row y and a center z in the filter's
// frame, score(c) = |z|^2 / 2 - y.z, and s(c) is at most score(c) + B, B = epsilon |y|^2 / 2 + tau.
//
// In 8-bit integers: let u = 2^-24. The row in float32, y' (see 1. in codebook.hpp), is s Y + r with integers Y; a center
// z' is t Z + q, where t belongs to the panel. Then
//     y'.z' = s t (Y.Z) + (s Y).q + r.z',      |y'.z' - s t (Y.Z)| <= |s Y| |q| + |r| |z'|     (Cauchy-Schwarz).
// The instruction set chooses s and t such that it computes D = Y.Z exactly (score_int8.inl.hpp). 32 bits are enough:
// 127 * 383 d < 2^31 for d <= max_int8_features. The score is
//     s(c) = h + s t D - p |q| - |r| |z'|,      p an upper bound of |s Y| <= |y'| + |r|
// (Z and q being those of -z', as packed). All four of p, |q|, |r|, |z'| are computed with relative errors far below
// 2^-19, and then multiplied by at least 1 + 2^-19 = 1 + 32 u, which covers:
//   - the residual r as computed in float32: s Y is off by u |s Y|, the subtraction by u: below 2^-21 |y'| in all, and
//     values below 2^-75, whose squares vanish: below 2^-70 d;
//   - in the multiply-adds, the roundings of p |q| and |r| |z'|: 4 u of each.
// What remains is the rounding of h (3 u |h|) and of s t D (D to float32, s t, and the additions: 5 u |s t D|), where
// |s t D| <= p (|z'| + |q|) <= 2 |y'| |z'| + p |q|, as |r| <= |y'|; the part with |q| is covered like the above. That
// is less than 12 u (|y'|^2 + |z'|^2) / 2 + 3 u |h| in all, which is within the (d + 1) u of step 2 in codebook.hpp
// since d >= least_int8_features. s t may underflow, which costs less than 2^-118 in s t D: see tau.
//
// The least h + s t D of a panel, minus p max |q| and |r| max |z'|, is not above any s(c) of the panel: the operations and
// their order are the same, what is subtracted is no smaller, and rounding is monotonic. So if it is above a row's limit,
// the panel has no contender.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../kernels/table.hpp"
#include "codebook.hpp"
#include "groups.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

constexpr std::size_t least_int8_features = 24;
constexpr std::size_t max_int8_features = 32768;

class FloatPanels {
 public:
  using Query = kernels::GroupQuery<float>;
  void pack(const double* centers, const Groups& groups, const RowFrame& frame, int threads, const Poll& poll);
  /// Space for panels without centers, and one center in its slot.
  void make_space(std::size_t panels, const RowFrame& frame);
  void pack(std::size_t slot, const double* center, const RowFrame& frame);
  const FilterError<float>& error() const { return error_; }
  const float* packed(std::size_t panel) const { return values_.data() + panel * features_ * Groups::lanes; }
  const float* starts(std::size_t panel) const { return starts_.data() + panel * Groups::lanes; }

  /// Rows of a block in the frame.
  class Rows {
   public:
    Rows(std::size_t rows, std::size_t features) : features_(features), values_(rows * features) {}
    /// @return the sum of squares, right to `epsilon` of it
    template <class T>
    float place(std::size_t i, const T* row, const RowFrame& frame);

   private:
    friend FloatPanels;
    std::size_t features_;
    Vector<float> values_;
  };

  /// See kernels::ScoreGroup. @param query  without rows and centers
  std::size_t score(std::size_t panel, const Rows& rows, Query query, const kernels::GroupAnswer& answer) const;

 private:
  void pack_panel(std::size_t panel, const double* centers, const Groups& groups, const RowFrame& frame);

  std::size_t features_ = 0;
  FilterError<float> error_;
  Vector<float> values_;  // (panels, features, 16), -z
  Vector<float> starts_;  // (panels, 16), h; infinity for none
};

/// Whether this CPU has the kernels, and their proof holds for so many features.
inline bool int8_serves(std::size_t features) {
  return kernels::pick().int8 && features >= least_int8_features && features <= max_int8_features;
}

/// Rows in 8-bit integers, to be scored against panels.
class Int8Rows {
 public:
  Int8Rows(std::size_t rows, std::size_t features);
  /// @return the sum of squares, right to `epsilon` of it
  template <class T>
  float place(std::size_t i, const T* row, const RowFrame& frame);

 private:
  friend class Int8Values;
  std::size_t stride_;
  Vector<float> placed_;        // (features), and zeros up to a multiple of 16
  Vector<std::int8_t> values_;  // (rows, stride)
  Vector<kernels::Int8Row> about_;
};

/// Panels in 8-bit integers, without the values that their scores start from.
class Int8Values {
 public:
  using Query = kernels::GroupQuery<std::int8_t, std::uint8_t>;

  // It may be moved. A copy would lie at another offset from a multiple of 64.
  Int8Values() = default;
  Int8Values(Int8Values&&) = default;
  Int8Values& operator=(Int8Values&&) = default;

  void resize(std::size_t panels, std::size_t features);
  /// @param values (features, 16), negated
  void pack(std::size_t panel, const float* values);
  /// See kernels::ScoreGroup. @param query  without rows and centers
  std::size_t score(std::size_t panel, const Int8Rows& rows, Query query, const kernels::GroupAnswer& answer) const;

  static std::size_t bytes(std::size_t panels, std::size_t features);

 private:
  static constexpr std::size_t line = 64;  // panels begin here, so that no load straddles two cache lines

  std::size_t offset(std::size_t panel) const;

  const kernels::Int8Kernels* kernels_ = kernels::pick().int8;
  std::size_t features_ = 0, panel_bytes_ = 0;
  Vector<std::uint8_t> values_;  // (panels, panel_bytes) from a multiple of 64 on
  Vector<kernels::Int8Centers> about_;
};

class Int8Panels {
 public:
  using Query = Int8Values::Query;
  using Rows = Int8Rows;
  void pack(const double* centers, const Groups& groups, const RowFrame& frame, int threads, const Poll& poll);
  const FilterError<float>& error() const { return floats_.error(); }
  std::size_t score(std::size_t panel, const Rows& rows, Query query, const kernels::GroupAnswer& answer) const;

 private:
  FloatPanels floats_;
  Int8Values values_;
};

}  // namespace pykmeans::detail
