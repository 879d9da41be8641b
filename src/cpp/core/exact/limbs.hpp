// How a double becomes an integer in limbs: each limb takes the value's multiple of its unit, the highest limb first.
//
// kernels/limbs.inl.hpp cuts values in the same way, with code of its own: files that are compiled for an instruction
// set share no functions with the others, or the linker could take the one that not every CPU can run.
#pragma once

#include <cstdint>
#include <cstring>

namespace pykmeans::detail {

/// Bits of a limb of a Partial.
constexpr int limb_bits = 51;

inline std::int64_t bits_of(double value) {
  std::int64_t word;
  std::memcpy(&word, &value, sizeof word);
  return word;
}

/// Take from `value` its nearest multiple of a unit. @param magic  1.5 * 2^52 units  @return how many units that is
inline std::int64_t cut(double& value, double magic) {
  const double shifted = value + magic;  // rounds to a multiple of the unit
  const std::int64_t units = bits_of(shifted) - bits_of(magic);
  value -= shifted - magic;  // exact
  return units;
}

}  // namespace pykmeans::detail
