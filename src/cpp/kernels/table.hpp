// What an instruction set provides. A constant table per set; cpu.cpp picks one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pykmeans::kernels {

/// Scores of points against centers: score = bound[c] + sum over q of point[q] * center[c][q], in any order of
/// operations, with or without fused multiply-add. Whoever calls accounts for the rounding (core/assign/codebook.hpp).
///
/// points:  tiles of `tile` points, each (features, tile)
/// centers: panels of `panel` centers, each (features, panel)
/// bounds:  (panels * panel)
template <class Float>
struct DotKernels {
  std::size_t tile;
  std::size_t panel;

  /// For each point of each tile the least score, its center (the first, in order of the centers, that has it) and the
  /// least score of the others. @param best, second, index [out] (tiles * tile)
  void (*nearest)(const Float* points, const Float* centers, const Float* bounds, std::size_t features,
                  std::size_t panels, std::size_t tiles, Float* best, Float* second, std::int32_t* index);

  /// All scores of one tile. @param scores [out] (panels * panel, tile)
  void (*scores)(const Float* points, const Float* centers, const Float* bounds, std::size_t features,
                 std::size_t panels, Float* scores);
};

struct KernelTable {
  const char* name;  ///< as PYKMEANS_ISA will name it
  DotKernels<float> float32;
  DotKernels<double> float64;
};

extern const KernelTable baseline;

/// The table in use.
const KernelTable& pick();

}  // namespace pykmeans::kernels
