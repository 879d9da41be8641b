// Centers in 16-bit integers for the filter of "tiles", and the proof that what it decides is what the exact distance
// decides.
//
// In the frame of codebook.hpp, y and z, a row is y = s a + delta and a center z = r b + gamma, with vectors a and b of
// 16-bit integers. With P >= |s a|, D >= |delta|, Q >= |z|, G >= |gamma|,
//     y.z = s r a.b + s a.gamma + delta.z,  so  |y.z - s r a.b| <= P G + D Q.
// By step 4 of codebook.hpp the exact distance, halved and less |y|^2 / 2, is within e (|y|^2 + |z|^2) + tau of
// |z|^2 / 2 - y.z, for e = (d / 16 + 9) 2^-53. So it differs from |z|^2 / 2 - s r a.b by at most
//     A = P G + D Q + e ((P + D)^2 + Q^2) + tau.
// The score of a center is the integer t = h - a.b, computed exactly, with h = (|z|^2 / 2 - A) / (s r) rounded
// down by at least 1 and less than 3. Hence, with R(c) for half the exact distance less |y|^2 / 2,
//     s r t(c) <= R(c) <= s r (t(c) + 3) + 2 A(c),
// and t(c) > t(b) + 3 + 2 A(b) / (s r) implies R(c) > R(b). The margin is the largest 3 + 2 A / (s r) of all centers,
// rounded up. If the second least score is within the margin of the least, the exact distance decides among the centers
// whose scores are within it.
//
// A far center, Q > 4 (P + D), would make r coarse for all, so it is in no panel. It has
//     R >= Q^2 / 2 - Q (P + D) - e (...) - tau > Q^2 / 5 - tau.
// The least of these is the `floor`: no far center is nearer than another whose t is below floor - margin.
//
// For a row that has a number beyond 16 bits, the exact distance looks at all centers.
//
// D: a number of a row is rounded to an integer at most 0.51 away (kernels/nearest_int16.hpp): D = 0.51 s sqrt(d). The
// 0.51 includes what the frame's own rounding adds.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../kernels/table.hpp"
#include "groups.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// What the proof needs to know of the rows.
struct Int16Rows {
  double step = 1.0;     // s
  double longest = 0.0;  // P
  double error = 0.0;    // D
};

class Int16Codebook {
 public:
  /// Of equal centers only that of the lowest index is kept.
  /// @param centers (count, features of origin)
  /// @param groups  of a panel each, or nullptr for panels of centers in their order
  /// @return false if 16-bit integers cannot tell these centers apart
  bool pack(const double* centers, std::size_t count, const Vector<double>& origin, int frame_exponent,
            const Int16Rows& rows, const Groups* groups = nullptr);

  kernels::Int16Centers view() const {
    return {values_.data(), starts_.data(), names_.data(), names_.size() / kernels::int16_panel,
            pairs_,         margin_,        floor_};
  }
  /// Whether the groups are the panels: all centers differ, and none is far.
  bool in_groups() const { return in_groups_; }
  /// r
  double step() const { return step_; }
  /// The largest Q.
  double longest() const { return longest_; }
  /// Indices of the far centers.
  const Vector<std::int32_t>& far() const { return far_; }

 private:
  std::size_t pairs_ = 0;
  Vector<std::int16_t> values_;  // see kernels::Int16Centers; -b
  Vector<std::int32_t> starts_;  // h
  Vector<std::int32_t> names_;   // index among all centers
  Vector<std::int32_t> far_;
  bool in_groups_ = false;
  double step_ = 1.0, longest_ = 0.0;
  std::int32_t margin_ = 0;  // the largest
  std::int32_t floor_ = 0;
};

}  // namespace pykmeans::detail
