// AVX-512 with dot products of 8 and 16 bits (VNNI): what differs from AVX-512 without.
#include "nearest_int16.inl.hpp"
#include "score_int8.inl.hpp"
#include "table.hpp"
#include "vec_avx512.hpp"
#include "vec_avx512vnni.hpp"

namespace pykmeans::kernels {

constexpr Int8Kernels avx512vnni_int8 =
    int8_kernels<Avx512Vector<float>, Avx512Vector<double>, DotSums<Avx512VnniInt8>, 12>();
constexpr Int16Kernels avx512vnni_int16 = int16_kernels<Avx512VnniInt16, Avx512VnniPanel, 2, 8>();

}  // namespace pykmeans::kernels
