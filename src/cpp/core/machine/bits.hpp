// Bits of a mask.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pykmeans::detail {

/// The number of the lowest bit that is set; there must be one.
inline std::size_t lowest_set_bit(std::uint32_t mask) {
  std::size_t bit = 0;
  for (; (mask & 1) == 0; mask >>= 1) ++bit;
  return bit;
}

}  // namespace pykmeans::detail
