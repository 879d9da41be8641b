// AVX2 with 8-bit dot products (AVX-VNNI): what differs from AVX2 without.
#include "score_int8.inl.hpp"
#include "table.hpp"
#include "vec_avx2.hpp"
#include "vec_avxvnni.hpp"

namespace pykmeans::kernels {

constexpr Int8Kernels avxvnni_int8 = int8_kernels<Avx2Vector<float>, Avx2Vector<double>, DotSums<AvxVnniInt8>, 4>();

}  // namespace pykmeans::kernels
