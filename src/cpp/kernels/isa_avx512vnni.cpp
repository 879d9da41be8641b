// AVX-512 with 8-bit dot products (VNNI). What differs from AVX-512 without.
#include "score_eight.inl.hpp"
#include "table.hpp"
#include "vec_avx512.hpp"
#include "vec_avx512vnni.hpp"

namespace pykmeans::kernels {

constexpr EightKernels avx512vnni = eight_kernels<Avx512Vector<float>, Avx512Eight, 12>;

}  // namespace pykmeans::kernels
