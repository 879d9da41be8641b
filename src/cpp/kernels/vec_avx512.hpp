// Vectors of 64 bytes: AVX-512. vector_types.hpp says what each member does.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace pykmeans::kernels {
namespace {

template <class Float>
struct Avx512Vector;

template <>
struct Avx512Vector<float> {
  using Scalar = float;
  using Integer = std::int32_t;
  using Lanes = __m512;
  using Indices = __m512i;
  static constexpr std::size_t width = 16;

  static Lanes load(const float* p) { return _mm512_loadu_ps(p); }
  static void store(float* p, Lanes v) { _mm512_storeu_ps(p, v); }
  static Lanes splat(float value) { return _mm512_set1_ps(value); }
  static Indices splat_index(Integer value) { return _mm512_set1_epi32(value); }
  static Lanes multiply_add(Lanes a, Lanes b, Lanes c) { return _mm512_fmadd_ps(a, b, c); }
  static Lanes add(Lanes a, Lanes b) { return _mm512_add_ps(a, b); }
  static Lanes subtract(Lanes a, Lanes b) { return _mm512_sub_ps(a, b); }
  static Lanes absolute(Lanes a) { return _mm512_abs_ps(a); }
  static unsigned at_most(Lanes a, Lanes b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
  static Lanes instead_of_zero(Lanes v, Lanes other) {
    return _mm512_mask_mov_ps(v, _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_EQ_OQ), other);
  }
  static Lanes min(Lanes a, Lanes b) { return _mm512_min_ps(a, b); }
  static Lanes max(Lanes a, Lanes b) { return _mm512_max_ps(a, b); }
  static Lanes add_beside_max(Lanes score, Lanes maximum) {
    return _mm512_fmadd_ps(maximum, _mm512_set1_ps(1.0f), score);
  }
  static Lanes count_unlike(Lanes score, Lanes a, Lanes b) {
    return _mm512_mask_add_ps(score, _mm512_cmp_ps_mask(a, b, _CMP_NEQ_UQ), score, _mm512_set1_ps(1.0f));
  }
  static Indices pick_less(Lanes a, Lanes b, Indices then, Indices otherwise) {
    return _mm512_mask_mov_epi32(otherwise, _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), then);
  }
  static void store_index(std::int32_t* p, Indices v) { _mm512_storeu_si512(p, v); }
  static Lanes gather(const float* p, Indices v) { return _mm512_i32gather_ps(v, p, 4); }
  static unsigned mismatches(Indices v, const std::int32_t* p) {
    return _mm512_cmpneq_epi32_mask(v, _mm512_loadu_si512(p));
  }

  static unsigned not_above(Lanes a, Lanes b) { return _mm512_cmp_ps_mask(a, b, _CMP_NGT_UQ); }
  static float least(Lanes v) { return _mm512_reduce_min_ps(v); }
  /// Halves of what is left are put side by side, those of two vectors at a time.
  template <std::size_t n>
  static void least_of_each(const Lanes (&rows)[n], float* result) {
    static_assert(n <= 16);
    const auto row = [&](std::size_t i) { return rows[i < n ? i : n - 1]; };
    Lanes two[8], four[4], eight[2];
    for (std::size_t i = 0; i < 8; ++i)
      two[i] = min(_mm512_unpacklo_ps(row(2 * i), row(2 * i + 1)), _mm512_unpackhi_ps(row(2 * i), row(2 * i + 1)));
    for (std::size_t i = 0; i < 4; ++i) {
      const __m512d a = _mm512_castps_pd(two[2 * i]), b = _mm512_castps_pd(two[2 * i + 1]);
      four[i] = min(_mm512_castpd_ps(_mm512_unpacklo_pd(a, b)), _mm512_castpd_ps(_mm512_unpackhi_pd(a, b)));
    }
    const auto halve = [](Lanes a, Lanes b) {
      return min(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd));
    };
    for (std::size_t i = 0; i < 2; ++i) eight[i] = halve(four[2 * i], four[2 * i + 1]);
    _mm512_storeu_ps(result, halve(eight[0], eight[1]));
  }
  static Lanes multiply(Lanes a, Lanes b) { return _mm512_mul_ps(a, b); }
  static Lanes square_root(Lanes v) { return _mm512_sqrt_ps(v); }
  static std::size_t list_lanes(unsigned mask, std::uint32_t first, std::uint32_t* list) {
    const __m512i all = _mm512_add_epi32(_mm512_set1_epi32(static_cast<int>(first)),
                                         _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    _mm512_storeu_si512(list, _mm512_maskz_compress_epi32(static_cast<__mmask16>(mask), all));
    return static_cast<std::size_t>(__builtin_popcount(mask));
  }

  static Lanes from_integers(__m512i v) { return _mm512_cvtepi32_ps(v); }
  static void store_bytes(std::int8_t* p, Lanes integers) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(integers)));
  }

  static constexpr bool transposes = true;
  static void transpose(Lanes (&r)[16]) {
    Lanes t[16], u[16];
    for (int i = 0; i < 16; i += 2) {
      t[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
      t[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
    }
    for (int i = 0; i < 16; i += 4)
      for (int h = 0; h < 2; ++h) {
        const __m512d a = _mm512_castps_pd(t[i + h]), b = _mm512_castps_pd(t[i + h + 2]);
        u[i + 2 * h] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
        u[i + 2 * h + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
      }
    for (int j = 0; j < 4; ++j) {  // u[4 g + j] holds rows 4 g ... 4 g + 3 of columns j, j + 4, j + 8, j + 12
      const Lanes a = _mm512_shuffle_f32x4(u[j], u[j + 4], 0x88), b = _mm512_shuffle_f32x4(u[j], u[j + 4], 0xdd);
      const Lanes c = _mm512_shuffle_f32x4(u[j + 8], u[j + 12], 0x88),
                  d = _mm512_shuffle_f32x4(u[j + 8], u[j + 12], 0xdd);
      r[j] = _mm512_shuffle_f32x4(a, c, 0x88);
      r[j + 8] = _mm512_shuffle_f32x4(a, c, 0xdd);
      r[j + 4] = _mm512_shuffle_f32x4(b, d, 0x88);
      r[j + 12] = _mm512_shuffle_f32x4(b, d, 0xdd);
    }
  }
};

template <>
struct Avx512Vector<double> {
  using Scalar = double;
  using Integer = std::int64_t;
  using Lanes = __m512d;
  using Indices = __m512i;
  static constexpr std::size_t width = 8;

  static Lanes load(const double* p) { return _mm512_loadu_pd(p); }
  static void store(double* p, Lanes v) { _mm512_storeu_pd(p, v); }
  static Lanes splat(double value) { return _mm512_set1_pd(value); }
  static Indices splat_index(Integer value) { return _mm512_set1_epi64(value); }
  static Lanes multiply_add(Lanes a, Lanes b, Lanes c) { return _mm512_fmadd_pd(a, b, c); }
  static Lanes add(Lanes a, Lanes b) { return _mm512_add_pd(a, b); }
  static Lanes subtract(Lanes a, Lanes b) { return _mm512_sub_pd(a, b); }
  static Lanes multiply(Lanes a, Lanes b) { return _mm512_mul_pd(a, b); }
  static Lanes absolute(Lanes a) { return _mm512_abs_pd(a); }
  static void store_chosen(double* p, Lanes v, unsigned mask) {
    store(p, _mm512_maskz_compress_pd(static_cast<__mmask8>(mask), v));
  }
  static Lanes widen(const float* p) { return _mm512_cvtps_pd(_mm256_loadu_ps(p)); }
  static Lanes widen(const double* p) { return load(p); }
  static Lanes square_root(Lanes v) { return _mm512_sqrt_pd(v); }
  using Words = __m512i;
  static Words no_words() { return _mm512_setzero_si512(); }
  static Words add_bits(Words sum, Lanes v) { return _mm512_add_epi64(sum, _mm512_castpd_si512(v)); }
  static void store_words(std::uint64_t* p, Words words) { _mm512_storeu_si512(p, words); }
  static unsigned at_most(Lanes a, Lanes b) { return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ); }
  static Lanes instead_of_zero(Lanes v, Lanes other) {
    return _mm512_mask_mov_pd(v, _mm512_cmp_pd_mask(v, _mm512_setzero_pd(), _CMP_EQ_OQ), other);
  }
  static Lanes min(Lanes a, Lanes b) { return _mm512_min_pd(a, b); }
  static Lanes max(Lanes a, Lanes b) { return _mm512_max_pd(a, b); }
  static Lanes add_beside_max(Lanes score, Lanes maximum) {
    return _mm512_fmadd_pd(maximum, _mm512_set1_pd(1.0), score);
  }
  static Lanes count_unlike(Lanes score, Lanes a, Lanes b) {
    return _mm512_mask_add_pd(score, _mm512_cmp_pd_mask(a, b, _CMP_NEQ_UQ), score, _mm512_set1_pd(1.0));
  }
  static Indices pick_less(Lanes a, Lanes b, Indices then, Indices otherwise) {
    return _mm512_mask_mov_epi64(otherwise, _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ), then);
  }
  static constexpr bool transposes = false;
  static void store_index(std::int32_t* p, Indices v) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi64_epi32(v));
  }
  static Lanes gather(const double* p, Indices v) { return _mm512_i64gather_pd(v, p, 8); }
  static unsigned mismatches(Indices v, const std::int32_t* p) {
    const __m256i labels = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    return _mm512_cmpneq_epi64_mask(v, _mm512_cvtepi32_epi64(labels));
  }
  static unsigned not_above(Lanes a, Lanes b) { return _mm512_cmp_pd_mask(a, b, _CMP_NGT_UQ); }
};

struct Avx512Int8 {
  using Lanes = __m512i;
  static Lanes load(const void* p) { return _mm512_loadu_si512(p); }
  static Lanes splat(std::int32_t value) { return _mm512_set1_epi32(value); }
  static Lanes zeros() { return _mm512_setzero_si512(); }
  static Lanes add_pairs(Lanes sum, Lanes unsigned_ones, Lanes signed_ones) {
    return _mm512_add_epi16(sum, _mm512_maddubs_epi16(unsigned_ones, signed_ones));
  }
  static Lanes add_halves(Lanes sum, Lanes halves) {
    return _mm512_add_epi32(sum, _mm512_madd_epi16(halves, _mm512_set1_epi16(1)));
  }
};

struct Avx512Int16 {
  using Lanes = __m512i;
  static constexpr std::size_t width = 16;

  static Lanes load(const void* p) { return _mm512_loadu_si512(p); }
  static void store(std::int32_t* p, Lanes v) { _mm512_storeu_si512(p, v); }
  static Lanes splat(std::int32_t value) { return _mm512_set1_epi32(value); }
  static Lanes multiply_add(Lanes a, Lanes b, Lanes c) { return _mm512_add_epi32(c, _mm512_madd_epi16(a, b)); }
  static Lanes add(Lanes a, Lanes b) { return _mm512_add_epi32(a, b); }
  static Lanes halve(Lanes v) { return _mm512_srai_epi32(v, 1); }
  static Lanes min(Lanes a, Lanes b) { return _mm512_min_epi32(a, b); }
  static Lanes max(Lanes a, Lanes b) { return _mm512_max_epi32(a, b); }
  static Lanes pick_less(Lanes a, Lanes b, Lanes then, Lanes otherwise) {
    return _mm512_mask_mov_epi32(otherwise, _mm512_cmplt_epi32_mask(a, b), then);
  }
  static unsigned at_most(Lanes a, Lanes b) { return _mm512_cmple_epi32_mask(a, b); }
  static unsigned differ(Lanes a, Lanes b) { return _mm512_cmpneq_epi32_mask(a, b); }
};

}  // namespace
}  // namespace pykmeans::kernels
