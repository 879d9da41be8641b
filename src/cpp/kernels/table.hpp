// What an instruction set provides: a constant table of functions, of which cpu.cpp picks one. Each header that is
// included here declares the functions of one subject; the .inl.hpp of the same name defines them.
#pragma once

#include "boxes.hpp"
#include "distances.hpp"
#include "divide.hpp"
#include "grid.hpp"
#include "limbs.hpp"
#include "nearest_int16.hpp"
#include "nearest_score.hpp"
#include "pack.hpp"
#include "pair_sums.hpp"
#include "scan.hpp"
#include "score_group.hpp"
#include "score_int8.hpp"
#include "seed_blocks.hpp"

namespace pykmeans::kernels {

/// Filled by name in make_table.inl.hpp.
struct KernelTable {
  const char* name;  ///< as PYKMEANS_ISA names it
  FilterKernels<float> float32;
  FilterKernels<double> float64;
  Distances distances;
  DivideKernels divide;
  LimbKernels limbs;
  ScanKernels scan;
  SeedKernels seed;
  GroupKernels group;
  PlaceKernels place;
  Int16Kernels int16;
  BoxKernels boxes;
  GridKernels<float> grid_float32;
  GridKernels<double> grid_float64;
  PairKernels pairs;
  const Int8Kernels* int8;  ///< nullptr where an instruction set has none

  const GridKernels<float>& grid(float) const { return grid_float32; }
  const GridKernels<double>& grid(double) const { return grid_float64; }
};

extern const KernelTable baseline;
#ifdef PYKMEANS_X86_KERNELS
extern const KernelTable avx2;
extern const KernelTable avx512;
extern const Int8Kernels avx2_int8;
extern const Int8Kernels avxvnni_int8;
extern const Int8Kernels avx512_int8;
extern const Int8Kernels avx512vnni_int8;
extern const Int16Kernels avx512vnni_int16;
#endif

/// Names of the instruction sets that this CPU runs, the best first, a null pointer at the end.
const char* const* available();

/// The table in use: the best that this CPU runs, or the one that the environment variable PYKMEANS_ISA names. Decided
/// at the first call. Throws std::invalid_argument if the variable names none, or one that this CPU does not run.
const KernelTable& pick();

}  // namespace pykmeans::kernels
