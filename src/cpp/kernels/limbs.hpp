// Exact sums in limbs: integers, (limbs + 1, features) with the lowest first (core/exact/partial.cpp).
#pragma once

#include <cstddef>
#include <cstdint>

namespace pykmeans::kernels {

template <class Value>
struct MoveKernels {
  /// Take a row from a sum and add it to another; either may be nullptr. Entry i is for i + 1 limbs.
  void (*by_limbs[3])(const Value* row, const double* magic, std::size_t features, std::int64_t* from,
                      std::int64_t* to);
};

struct LimbKernels {
  MoveKernels<float> move_float32;
  MoveKernels<double> move_float64;

  /// All limbs but the last into [0, 2^51).
  void (*carry)(std::int64_t* digits, std::size_t limbs, std::size_t features);

  /// The values of `count` carried sums times their factors, which are powers of two, rounded once.
  /// Entry i is for i + 1 limbs.
  /// @param stride  from a limb to the next  @param sums [out] (count)
  void (*round[2])(const std::int64_t* digits, std::size_t stride, const double* factors, std::size_t count,
                   double* sums);

  const MoveKernels<float>& move(float) const { return move_float32; }
  const MoveKernels<double>& move(double) const { return move_float64; }
};

}  // namespace pykmeans::kernels
