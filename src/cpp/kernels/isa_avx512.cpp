// AVX-512. Sixteen accumulators of thirty-two registers; more would only add padding where centers are few.
#include "boxes.inl.hpp"
#include "grid.inl.hpp"
#include "near_candidates.inl.hpp"
#include "nearest_dot.inl.hpp"
#include "score_group.inl.hpp"
#include "squared_distance.inl.hpp"
#include "table.hpp"
#include "vec_avx2.hpp"
#include "vec_avx512.hpp"

namespace pykmeans::kernels {

constexpr KernelTable avx512 = {"avx512",
                                NearestDot<Avx512Vector<float>, 2, 8>::kernels(),
                                NearestDot<Avx512Vector<double>, 2, 8>::kernels(),
                                referee_kernels,
                                seed_kernels<Avx2Vector<float>, Avx512Vector<double>>,
                                group_kernels<Avx512Vector<float>, 12>,
                                place_kernels,
                                box_kernels<Avx512Vector<double>, 2>,
                                grid_kernels<float>,
                                grid_kernels<double>};

}  // namespace pykmeans::kernels
