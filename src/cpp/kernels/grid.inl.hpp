// The cells that points lie in. Any rounding will do, since cells only decide the order of points. These are plain
// loops, which the compiler vectorizes for the instruction set. Included by the isa_*.cpp files only (see
// nearest_score.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "grid.hpp"

namespace pykmeans::kernels {
namespace {

/// Move bit b to bit b * features, for up to 10 bits.
template <std::size_t features>
inline std::uint32_t spread_bits(std::uint32_t v) {
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

template <std::size_t features, class Value>
void grid_cells(const Value* rows, std::size_t count, const Grid<Value>& grid, std::uint16_t* cells) {
  const Grid<Value> own = grid;  // a copy, so that the compiler knows that no store changes it
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t code = 0;
    for (std::size_t q = 0; q < features; ++q) {
      Value slot = (rows[i * features + q] - own.low[q]) * own.scale[q];
      slot = slot > Value(0) ? slot : Value(0);  // NaN too
      slot = slot < own.last ? slot : own.last;
      code |= spread_bits<features>(static_cast<std::uint32_t>(static_cast<std::int32_t>(slot))) << q;
    }
    cells[i] = static_cast<std::uint16_t>(code);
  }
}

template <std::size_t features, class Value>
void extremes(const Value* rows, std::size_t count, Value* low, Value* high) {
  constexpr std::size_t together = 16, width = together * features;
  for (std::size_t q = 0; q < features; ++q) low[q] = high[q] = rows[q];
  std::size_t i = 0;
  if (count >= together) {
    Value lows[width], highs[width];
    for (std::size_t l = 0; l < width; ++l) lows[l] = highs[l] = rows[l];
    for (; i + together <= count; i += together)
      for (std::size_t l = 0; l < width; ++l) {
        const Value value = rows[i * features + l];
        lows[l] = value < lows[l] ? value : lows[l];
        highs[l] = value > highs[l] ? value : highs[l];
      }
    for (std::size_t l = 0; l < width; ++l) {
      low[l % features] = lows[l] < low[l % features] ? lows[l] : low[l % features];
      high[l % features] = highs[l] > high[l % features] ? highs[l] : high[l % features];
    }
  }
  for (; i < count; ++i)
    for (std::size_t q = 0; q < features; ++q) {
      const Value value = rows[i * features + q];
      low[q] = value < low[q] ? value : low[q];
      high[q] = value > high[q] ? value : high[q];
    }
}

template <class Value>
constexpr GridKernels<Value> grid_kernels() {
  return {{grid_cells<1, Value>, grid_cells<2, Value>, grid_cells<3, Value>},
          {extremes<1, Value>, extremes<2, Value>, extremes<3, Value>}};
}

}  // namespace
}  // namespace pykmeans::kernels
