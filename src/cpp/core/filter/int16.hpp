// Centers in whole numbers for the filter of "tiles", and the proof that what it decides is what the exact distance
// decides.
//
// In the frame of codebook.hpp, y and z, a row is y = s a + delta and a center z = r b + gamma, with vectors a and b of
// whole numbers of 16 bits. With P >= |s a|, D >= |delta|, Q >= |z|, G >= |gamma|,
//     y.z = s r a.b + s a.gamma + delta.z,  so  |y.z - s r a.b| <= P G + D Q.
// By step 4 of codebook.hpp the exact distance, halved and less |y|^2 / 2, is within e (|y|^2 + |z|^2) + tau of
// |z|^2 / 2 - y.z, for e = (d / 16 + 9) 2^-53. So it differs from |z|^2 / 2 - s r a.b by at most
//     A = P G + D Q + e ((P + D)^2 + Q^2) + tau.
// The score of a center is the whole number t = h - a.b, computed exactly, with h = (|z|^2 / 2 - A) / (s r) rounded
// down by at least 1 and less than 3. Hence, with R(c) for the exact distance's part,
//     s r t(c) <= R(c) <= s r (t(c) + 3) + 2 A(c),
// and t(c) > t(b) + 3 + 2 A(b) / (s r) implies R(c) > R(b). The margin is the largest 3 + 2 A / (s r) of all centers,
// rounded up. Where the second least score is within the margin of the least, the exact distance decides among the
// centers that are.
//
// A far center, Q > 4 (P + D), would make r coarse for all. It has R >= Q^2 / 2 - Q (P + D) - e (...) - tau > Q^2 / 5 -
// tau. The least of these is the `floor`: no far center is nearer than another whose t is below floor - margin.
//
// A row that has a number beyond 16 bits does not fit into 16 bits: the exact distance looks at all centers for it.
//
// D: a number of a row is rounded to a whole number at most 0.51 away (kernels/table.hpp): D = 0.51 s sqrt(d). What the
// frame's own rounding adds is in these 0.51.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../kernels/table.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// The rows that are rounded, as far as the proof needs to know them.
struct Int16Rows {
  double step = 1.0;     // s
  double longest = 0.0;  // P
  double error = 0.0;    // D
};

class Int16Codebook {
 public:
  /// Of equal centers only that of the lowest index is kept.
  /// @param centers (count, features of origin)
  /// @return false where whole numbers of 16 bits cannot tell these centers apart
  bool pack(const double* centers, std::size_t count, const Vector<double>& origin, int frame_exponent,
            const Int16Rows& rows);

  kernels::Int16Centers view() const {
    return {values_.data(), starts_.data(), names_.data(), names_.size() / kernels::int16_panel,
            pairs_,         margin_,        floor_};
  }
  /// Indices of the far centers.
  const Vector<std::int32_t>& far() const { return far_; }

 private:
  std::size_t pairs_ = 0;
  Vector<std::int16_t> values_;  // see kernels::Int16Centers; -b
  Vector<std::int32_t> starts_;  // h
  Vector<std::int32_t> names_;   // index among all centers
  Vector<std::int32_t> far_;
  std::int32_t margin_ = 0;  // the largest
  std::int32_t floor_ = 0;
};

}  // namespace pykmeans::detail
