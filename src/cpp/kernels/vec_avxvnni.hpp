// 32 bytes of 8-bit integers: AVX-VNNI. vector_types.hpp says what each member does.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "vec_avx2.hpp"

namespace pykmeans::kernels {
namespace {

struct AvxVnniInt8 : Avx2Int8 {
  static void add_dot(Lanes& sum, Lanes unsigned_ones, const std::int8_t* p) {
    std::int32_t four;
    std::memcpy(&four, p, sizeof four);
    sum = _mm256_dpbusd_avx_epi32(sum, unsigned_ones, _mm256_set1_epi32(four));
  }
};

}  // namespace
}  // namespace pykmeans::kernels
