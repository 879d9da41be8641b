// Bits of a mask. In an unnamed namespace, as all that files for an instruction set share with others.
#pragma once

#include <cstddef>

namespace pykmeans::kernels {
namespace {

/// @param bits  not 0
inline std::size_t lowest_bit(unsigned bits) {
#if defined(__GNUC__)
  return static_cast<std::size_t>(__builtin_ctz(bits));
#else
  std::size_t bit = 0;
  for (; (bits & 1) == 0; bits >>= 1) ++bit;
  return bit;
#endif
}

}  // namespace
}  // namespace pykmeans::kernels
