// Centers packed for the dot-product filter, and the proof that what the filter decides is what the exact distance
// decides.
//
// The filter works in a frame of its own: y = (x - o) * 2^-e and z = (c - o) * 2^-e for an origin o and exponent e near
// the bulk of the data (any choice is right; a good one decides more). With score(c) = |z|^2 / 2 - y.z,
//     |y - z|^2 / 2 = |y|^2 / 2 + score(c),
// so the nearest center has the least score. Write u for the unit roundoff of the filter's type, P = |y|, Q = |z|.
//
//   1. y and z are rounded componentwise: relative error at most u + 2^-53 each (the subtraction in double, then the
//      rounding). That changes y.z by at most 2 (u + 2^-53)(1 + u) P Q.
//   2. h + sum of products, in any order, with or without fused multiply-add, has the error of at most d + 1 roundings:
//      (d + 1) u / (1 - (d + 1) u) times (|h| + P Q), with |h| <= Q^2 / 2 + A.
//   3. |z|^2 / 2 is summed in double: relative error (d + 2) 2^-53; h itself is rounded to the filter's type: u |h|.
//   4. The exact distance has relative error at most r = (d / 16 + 9) 2^-53, so half of it, in this frame, is
//      within r (P^2 + Q^2) of |y - z|^2 / 2.
//   5. P Q <= (P^2 + Q^2) / 2.
//   6. What a score is compared with, s(b) + center error + row error, is added up in the filter's type: two roundings,
//      together at most 2.01 u (|s(b)| + center error + row error), with |s(b)| <= Q^2 + P^2 / 2 but for second-order
//      terms.
//
// Together, for the constant
//     epsilon = 1.03 ((d + 10) u + (d + 2) 2^-53 + 2 r)
// (1.03 covers the second-order terms while (d + 1) u <= 0.01, P^2 being summed in the filter's type, and the rounding
// of the bounds' own arithmetic) the score and half the exact distance minus |y|^2 / 2 differ by at most A + B,
// where A = epsilon Q^2 belongs to the center and B = epsilon P^2 / 2 + tau to the point; tau is what underflow can
// add. Each center's own error is folded into what its score starts from, h = |z|^2 / 2 - A: so the filter's scores are
// lower bounds up to B, and
//     score(c) > score(b) + 2 A(b) + 2 B   implies   exact(c) > exact(b).
// One far center or point thus spoils nothing for the others. Where the implication does not decide, the centers that
// it leaves go to the exact distance.
//
// tau: a value that underflows is off by at most 2^-149 (float32; 2^-1074 in float64) and multiplies at most 2^43; and
// where the exact distance scales by 2^s, what vanishes there is less than (d + 2) 2^-585 of its units.
//
// A point with P^2 > 2^80 gets B = infinity: everything about it is undecided. A center with Q^2 > 2^86 is packed as
// zeros with h = Q^2 / 5, at most 2^120: below its score for every point with P^2 <= 2^80, since then Q^2 / 2 - P Q >=
// Q^2 (1/2 - 2^-3); and with A = infinity.
//
// Distances with categories have more to prove: mixed.hpp. Sums of absolute differences have a proof of their own:
// l1.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../kernels/table.hpp"
#include "../distance/metrics.hpp"
#include "filter_frame.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// The bound of codebook.hpp as numbers.
template <class Float>
struct FilterError {
  double epsilon = 0.0;
  double tau = 0.0;

  FilterError() = default;
  FilterError(std::size_t features, int frame_exponent, int distance_scale);

  /// 2 B of a point, rounded up. @param norm  P^2
  Float row_error(Float norm) const;
};

/// ScoreFilter::row_errors by that bound.
template <class Float>
void row_errors_of_products(const FilterError<Float>& error, std::size_t features, const Float* norms,
                            std::size_t count, Float* row_errors);

/// Most features for which the bound of the float32 filter holds; float64 has no such limit in practice.
constexpr std::size_t max_float_features = 100000;

/// A center in the frame. Its values are written elsewhere; this is the rest.
template <class Float>
struct PackedCenter {
  Float start;          // h
  double center_error;  // 2 A
};

/// @param packed [out] -z, each value `stride` after the one before
template <class Float>
PackedCenter<Float> pack_center(const double* center, const Vector<double>& origin, int frame_exponent, double epsilon,
                                Float* packed, std::size_t stride);

/// Of squared Euclidean distances.
extern const LloydFilter product_filter;

template <class Float>
class Codebook {
 public:
  /// Pack centers; of equal ones only that of the lowest index.
  /// @param centers (count, features)  @param frame  one that has a filter; must outlive it  @param widest  panel
  void pack(const double* centers, std::size_t count, const FilterFrame& frame, int distance_scale, std::size_t widest);

  kernels::PanelView<Float> panels() const {
    return {values_.data(),
            starts_.data(),
            names_.data(),
            center_errors_.data(),
            features_,
            n_panels_,
            width_,
            frame_->categories(),
            static_cast<Float>(frame_->mismatch)};
  }

  /// 2 B of some points. @param norms (count) sums of squares of their numbers  @param row_errors [out] (count)
  void row_errors(const Float* norms, std::size_t count, Float* row_errors) const;
  /// Row errors depend on the centers by tau alone: with the same tau they are the same.
  double tau() const { return error_.tau; }

  /// Packed centers, and slots for them: padding fills the last panel.
  std::size_t size() const { return size_; }
  std::size_t slots() const { return n_panels_ * width_; }
  /// The slots that there would be if no two centers were equal.
  std::size_t most_slots() const { return most_slots_; }
  /// Index of a packed center among all centers; ascending.
  std::int32_t original(std::size_t packed) const { return names_[packed]; }
  /// Twice what a packed center's score may be off by.
  double center_error(std::size_t packed) const {
    return static_cast<double>(center_errors_[static_cast<std::size_t>(names_[packed])]);
  }

 private:
  PackedCenter<Float> pack_one(const double* center, Float* packed);
  void place(const double* centers, std::size_t widest);
  bool drop_equal(const double* centers);

  const FilterFrame* frame_ = nullptr;
  const ScoreFilter<Float>* filter_ = nullptr;  // the frame's
  std::size_t features_ = 0, size_ = 0, n_panels_ = 0, width_ = 1, most_slots_ = 0;
  Vector<Float> values_;         // (panels, features, width)
  Vector<Float> starts_;         // (panels * width), h; infinity for padding
  Vector<std::int32_t> names_;   // (panels * width)
  Vector<Float> center_errors_;  // (count), by name
  Vector<std::int32_t> order_;   // (size) scratch
  FilterError<Float> error_;
};

}  // namespace pykmeans::detail
