// 32 bytes of 8-bit integers: AVX-VNNI. vector_types.hpp says what each member does.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

namespace pykmeans::kernels {
namespace {

struct AvxVnniInt8 {
  using Lanes = __m256i;
  static Lanes load(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  static Lanes splat(std::int32_t value) { return _mm256_set1_epi32(value); }
  static void add_dot(Lanes& sum, Lanes unsigned_ones, const std::int8_t* p) {
    std::int32_t four;
    std::memcpy(&four, p, sizeof four);
    sum = _mm256_dpbusd_avx_epi32(sum, unsigned_ones, _mm256_set1_epi32(four));
  }
};

}  // namespace
}  // namespace pykmeans::kernels
