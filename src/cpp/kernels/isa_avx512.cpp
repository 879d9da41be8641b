// AVX-512. Sixteen accumulators of thirty-two registers; more would only add padding where centers are few.
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
#include "vec_avx512.hpp"

namespace pykmeans::kernels {

constexpr KernelTable avx512 = {"avx512",
                                filter_kernels<Avx512Vector<float>, 2, 8>,
                                filter_kernels<Avx512Vector<double>, 2, 8>,
                                distance_kernels,
                                divide_kernels,
                                limb_kernels,
                                scan_kernels<Avx512Vector<float>, Avx512Vector<double>>,
                                seed_kernels<Avx512Vector<float>, Avx2Vector<float>>,
                                group_kernels<Avx512Vector<float>, 12>,
                                place_kernels,
                                int16_kernels<Avx512Pairs, Avx2Pairs, 2, 8>,
                                box_kernels<Avx512Vector<double>, 2>,
                                grid_kernels<float>,
                                grid_kernels<double>,
                                pair_kernels<Avx512Vector<double>>};

}  // namespace pykmeans::kernels
