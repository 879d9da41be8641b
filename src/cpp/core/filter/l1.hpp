// The filter of sums of absolute differences, and the proof that what it decides is what the exact distance decides.
//
// In the frame of codebook.hpp, y and z, with |y - z| = 2 max(y, z) - y - z in each feature and sums over the features,
//     sum |y - z| / 2 = score(c) - sum y / 2,    score(c) = sum max(y, z) - sum z / 2,
// so the nearest center has the least score: two operations a value, and no sign to take off. Write u for the unit
// roundoff of the filter's type, P = sum |y|, Q = sum |z|.
//
//   1. y and z are rounded componentwise: relative error at most u + 2^-53 each. A maximum moves by no more than the
//      farther of its arguments: in sum at most (u + 2^-53)(1 + u)(P + Q).
//   2. h + sum of maxima, in any order: d additions, so at most d u / (1 - d u) times |h| + P + Q, as
//      |max(y, z)| <= |y| + |z|, with |h| <= Q / 2 + A.
//   3. sum z / 2 is summed in double: error at most (d + 2) 2^-53 Q / 2; h is rounded to the filter's type: u |h|.
//   4. The exact distance has relative error at most r = (d / 16 + 9) 2^-53, and is at most 2^e (P + Q): half
//      of it, in this frame, is within r (P + Q) / 2.
//   5. What a score is compared with, s(b) + center error + row error: two roundings, together at most 2.01 u (|s(b)| +
//      center error + row error), with |s(b)| <= 1.5 Q + P but for second-order terms.
//
// Together, for the constant
//     epsilon = 1.03 ((d + 3) u + (d + 2) 2^-53 + r)
// (1.03 covers the second-order terms while (d + 10) u <= 0.01, P being taken from a sum of squares in the filter's
// type, and the rounding of the bounds' own arithmetic) the score and half the exact distance plus sum y / 2
// differ by at most A + B, where A = 1.5 epsilon Q belongs to the center and B = epsilon P + tau to the point. As in
// codebook.hpp A is folded into what the score starts from, h = -sum z / 2 - A, and
//     score(c) > score(b) + 2 A(b) + 2 B   implies   exact(c) > exact(b).
//
// P is at most sqrt(d sum y^2) (Cauchy-Schwarz), which the packing has.
//
// tau: a value that underflows is off by at most 2^-149 (float32; 2^-1074 in float64). A square that does makes P too
// small by at most 2^-74 (2^-536) for its value. The exact distance loses nothing to underflow, as sums and differences
// do not.
//
// A point with P > 2^40 gets B = infinity: everything about it is undecided. A center with Q > 2^43 is packed as zeros
// with h = Q / 5, at most 2^100: its score is then sum max(y, 0) + h = sum y / 2 + P / 2 + h, and half its distance is
// at least (Q - P) / 2 >= P / 2 + 3 Q / 8 for every point with P <= 2^40; and with A = infinity.
//
// Whole numbers. Where all y and z are whole numbers, or whole multiples of the frame's power of two, with P <= 2^21
// and Q <= 2^22, every sum above is a multiple of 1/2 below 2^23: exact in float32, and exact in the exact distance,
// too. Then A = 0 and B = -1/8: equal scores are decided too. The first center wins, as it does by the exact distance.
#pragma once

#include "../distance/metrics.hpp"

namespace pykmeans::detail {

constexpr double most_whole_length = 0x1p21;  // P of all rows, where they are whole

extern const LloydFilter l1_filter;

}  // namespace pykmeans::detail
