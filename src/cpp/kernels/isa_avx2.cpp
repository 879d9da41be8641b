// AVX2 and FMA. Eight accumulators keep both multiply-add pipes busy.
#include "boxes.inl.hpp"
#include "distances.inl.hpp"
#include "divide.inl.hpp"
#include "grid.inl.hpp"
#include "limbs.inl.hpp"
#include "nearest_int16.inl.hpp"
#include "nearest_score.inl.hpp"
#include "pair_sums.inl.hpp"
#include "scan.inl.hpp"
#include "score_group.inl.hpp"
#include "seed_blocks.inl.hpp"
#include "table.hpp"
#include "vec_avx2.hpp"

namespace pykmeans::kernels {

constexpr KernelTable avx2 = {"avx2",
                              filter_kernels<Avx2Vector<float>, 2, 4>,
                              filter_kernels<Avx2Vector<double>, 2, 4>,
                              distance_kernels,
                              divide_kernels,
                              limb_kernels,
                              scan_kernels<Avx2Vector<float>, Avx2Vector<double>>,
                              seed_kernels<Avx2Vector<float>, Avx2Vector<float>>,
                              group_kernels<Avx2Vector<float>, 4>,
                              place_kernels,
                              int16_kernels<Avx2Pairs, Avx2Pairs, 2, 4>,
                              box_kernels<Avx2Vector<double>, 2>,
                              grid_kernels<float>,
                              grid_kernels<double>,
                              pair_kernels<Avx2Vector<double>>};

}  // namespace pykmeans::kernels
