// The table of an instruction set, made from its vector types. Each member is filled by its name, so that a new one
// cannot shift the others. Included by the isa_*.cpp files only (see nearest_score.inl.hpp).
#pragma once

#include <cstddef>
#include <type_traits>

#include "boxes.inl.hpp"
#include "distances.inl.hpp"
#include "divide.inl.hpp"
#include "grid.inl.hpp"
#include "limbs.inl.hpp"
#include "nearest_score.inl.hpp"
#include "pack.inl.hpp"
#include "pair_sums.inl.hpp"
#include "scan.inl.hpp"
#include "score_group.inl.hpp"
#include "seed_blocks.inl.hpp"
#include "table.hpp"
#include "vector_types.hpp"

namespace pykmeans::kernels {
namespace {

/// @tparam Set  what differs from one instruction set to another:
///   name           as PYKMEANS_ISA names it
///   Float, Double  its vectors (vector_types.hpp)
///   UpTo8          a vector of float with at most eight lanes, one for each candidate of a seed
///   tile_vectors   vectors of points in a tile
///   widest_panel   most centers in a panel; tile_vectors * widest_panel accumulators must fit the registers
///   group_rows     rows that are scored at once against sixteen centers; their accumulators must fit the registers
///   box_vectors    vectors of points at once for the few centers of a box
///   int16          its kernels of 16-bit integers, or {}
template <class Set>
constexpr KernelTable make_table() {
  using Float = typename Set::Float;
  using Double = typename Set::Double;
  static_assert(std::is_same_v<typename Float::Scalar, float> && is_vector<Float>());
  static_assert(std::is_same_v<typename Double::Scalar, double> && is_vector<Double>());

  KernelTable table{};
  table.name = Set::name;
  table.float32 = filter_kernels<Float, Set::tile_vectors, Set::widest_panel>();
  table.float64 = filter_kernels<Double, Set::tile_vectors, Set::widest_panel>();
  table.distances = distance_kernels();
  table.divide = divide_kernels();
  table.limbs = limb_kernels();
  table.scan = scan_kernels<Float, Double>();
  table.seed = seed_kernels<Float, typename Set::UpTo8>();
  table.group = group_kernels<Float, Set::group_rows>();
  table.place = place_kernels();
  table.int16 = Set::int16;
  table.boxes = box_kernels<Double, Set::box_vectors>();
  table.grid_float32 = grid_kernels<float>();
  table.grid_float64 = grid_kernels<double>();
  table.pairs = pair_kernels<Double>();
  table.int8 = nullptr;  // cpu.cpp adds those of the CPUs that have them
  return table;
}

}  // namespace
}  // namespace pykmeans::kernels
