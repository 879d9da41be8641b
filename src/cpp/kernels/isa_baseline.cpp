// What every 64-bit CPU runs. Eight accumulators, two points' vectors and a broadcast fit the sixteen registers of
// x86-64.
#include "boxes.inl.hpp"
#include "distances.inl.hpp"
#include "divide.inl.hpp"
#include "grid.inl.hpp"
#include "limbs.inl.hpp"
#include "nearest_score.inl.hpp"
#include "pair_sums.inl.hpp"
#include "scan.inl.hpp"
#include "score_group.inl.hpp"
#include "seed_blocks.inl.hpp"
#include "table.hpp"
#include "vec_portable.hpp"

namespace pykmeans::kernels {

constexpr KernelTable baseline = {"baseline",
                                  filter_kernels<PortableVector<float>, 2, 4>,
                                  filter_kernels<PortableVector<double>, 2, 4>,
                                  distance_kernels,
                                  divide_kernels,
                                  limb_kernels,
                                  scan_kernels<PortableVector<float>, PortableVector<double>>,
                                  seed_kernels<PortableVector<float>, PortableVector<float>>,
                                  group_kernels<PortableVector<float>, 2>,
                                  place_kernels,
                                  {},
                                  box_kernels<PortableVector<double>, 4>,
                                  grid_kernels<float>,
                                  grid_kernels<double>,
                                  pair_kernels<PortableVector<double>>};

}  // namespace pykmeans::kernels
