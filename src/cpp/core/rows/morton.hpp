// The Z-shaped curve of G. M. Morton (1966): the bits of the coordinates, taken in turn.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pykmeans::detail {

/// Up to 10 bits, bit b moved to bit b * features, for one to three features.
template <std::size_t features>
constexpr std::uint32_t spread_bits(std::uint32_t v) {
  if constexpr (features == 2) {
    v = (v | v << 8) & 0x00ff00ffu;
    v = (v | v << 4) & 0x0f0f0f0fu;
    v = (v | v << 2) & 0x33333333u;
    v = (v | v << 1) & 0x55555555u;
  } else if constexpr (features == 3) {
    v = (v | v << 16) & 0x030000ffu;
    v = (v | v << 8) & 0x0300f00fu;
    v = (v | v << 4) & 0x030c30c3u;
    v = (v | v << 2) & 0x09249249u;
  }
  return v;
}

/// The other way.
template <std::size_t features>
constexpr std::uint32_t gather_bits(std::uint32_t v) {
  if constexpr (features == 2) {
    v &= 0x55555555u;
    v = (v | v >> 1) & 0x33333333u;
    v = (v | v >> 2) & 0x0f0f0f0fu;
    v = (v | v >> 4) & 0x00ff00ffu;
    v = (v | v >> 8) & 0x0000ffffu;
  } else if constexpr (features == 3) {
    v &= 0x09249249u;
    v = (v | v >> 2) & 0x030c30c3u;
    v = (v | v >> 4) & 0x0300f00fu;
    v = (v | v >> 8) & 0x030000ffu;
    v = (v | v >> 16) & 0x000003ffu;
  }
  return v;
}

}  // namespace pykmeans::detail
