// AVX-512 with dot products of 8 and 16 bits (VNNI). What differs from AVX-512 without.
#include "nearest_whole.inl.hpp"
#include "score_eight.inl.hpp"
#include "table.hpp"
#include "vec_avx512.hpp"
#include "vec_avx512vnni.hpp"

namespace pykmeans::kernels {

constexpr EightKernels avx512vnni = eight_kernels<Avx512Vector<float>, Avx512Eight, 12>;
constexpr WholeKernels avx512vnni_whole = whole_kernels<Avx512VnniPairs, VnniPairs, 2, 8>;

}  // namespace pykmeans::kernels
