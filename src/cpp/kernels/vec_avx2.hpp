// Vectors of 32 bytes: AVX2 and FMA (x86-64-v3). vector_types.hpp says what each member does.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace pykmeans::kernels {
namespace {

template <class Float>
struct Avx2Vector;

/// For each mask of eight bits the numbers of its bits, ascending, a byte each, and how many there are. The processor
/// would mispredict the end of a loop over the bits.
struct LanesOfMask {
  std::uint64_t at[256] = {};
  std::uint8_t count[256] = {};

  constexpr LanesOfMask() {
    for (unsigned mask = 0; mask < 256; ++mask)
      for (unsigned lane = 0; lane < 8; ++lane)
        if ((mask >> lane & 1) != 0) at[mask] |= std::uint64_t{lane} << 8 * count[mask]++;
  }
};
constexpr LanesOfMask lanes_of_mask;

template <>
struct Avx2Vector<float> {
  using Scalar = float;
  using Integer = std::int32_t;
  using Lanes = __m256;
  using Indices = __m256i;
  static constexpr std::size_t width = 8;

  static Lanes load(const float* p) { return _mm256_loadu_ps(p); }
  static void store(float* p, Lanes v) { _mm256_storeu_ps(p, v); }
  static Lanes splat(float value) { return _mm256_set1_ps(value); }
  static Indices splat_index(Integer value) { return _mm256_set1_epi32(value); }
  static Lanes multiply_add(Lanes a, Lanes b, Lanes c) { return _mm256_fmadd_ps(a, b, c); }
  static Lanes add(Lanes a, Lanes b) { return _mm256_add_ps(a, b); }
  static Lanes subtract(Lanes a, Lanes b) { return _mm256_sub_ps(a, b); }
  static Lanes absolute(Lanes a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
  static unsigned at_most(Lanes a, Lanes b) {
    return static_cast<unsigned>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_LE_OQ)));
  }
  static Lanes instead_of_zero(Lanes v, Lanes other) {
    return _mm256_blendv_ps(v, other, _mm256_cmp_ps(v, _mm256_setzero_ps(), _CMP_EQ_OQ));
  }
  static Lanes min(Lanes a, Lanes b) { return _mm256_min_ps(a, b); }
  static Lanes max(Lanes a, Lanes b) { return _mm256_max_ps(a, b); }
  static Lanes add_beside_max(Lanes score, Lanes maximum) {
    return _mm256_fmadd_ps(maximum, _mm256_set1_ps(1.0f), score);
  }
  static Lanes count_unlike(Lanes score, Lanes a, Lanes b) {
    return _mm256_add_ps(score, _mm256_and_ps(_mm256_cmp_ps(a, b, _CMP_NEQ_UQ), _mm256_set1_ps(1.0f)));
  }
  static Indices pick_less(Lanes a, Lanes b, Indices then, Indices otherwise) {
    return _mm256_blendv_epi8(otherwise, then, _mm256_castps_si256(_mm256_cmp_ps(a, b, _CMP_LT_OQ)));
  }
  static void store_index(std::int32_t* p, Indices v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
  static Lanes gather(const float* p, Indices v) { return _mm256_i32gather_ps(p, v, 4); }
  static unsigned mismatches(Indices v, const std::int32_t* p) {
    const __m256i same = _mm256_cmpeq_epi32(v, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
    return static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(same))) ^ 0xffu;
  }

  static unsigned not_above(Lanes a, Lanes b) {
    return static_cast<unsigned>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_NGT_UQ)));
  }
  static Lanes multiply(Lanes a, Lanes b) { return _mm256_mul_ps(a, b); }
  static Lanes square_root(Lanes v) { return _mm256_sqrt_ps(v); }
  static std::size_t list_lanes(unsigned mask, std::uint32_t first, std::uint32_t* list) {
    const __m256i lanes =
        _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(&lanes_of_mask.at[mask])));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(list),
                        _mm256_add_epi32(lanes, _mm256_set1_epi32(static_cast<int>(first))));
    return lanes_of_mask.count[mask];
  }
  static float least(Lanes v) {
    __m128 half = _mm_min_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    half = _mm_min_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_min_ss(half, _mm_shuffle_ps(half, half, 1)));
  }
  /// Four rows at a time. Each step interleaves pairs of vectors and takes the minimum, which halves what is left.
  template <std::size_t n>
  static void least_of_each(const Lanes (&rows)[n], float* result) {
    static_assert(n <= 16);
    for (std::size_t r = 0; r < n; r += 4) {
      const auto row = [&](std::size_t i) { return rows[r + i < n ? r + i : n - 1]; };
      const Lanes a = min(_mm256_unpacklo_ps(row(0), row(1)), _mm256_unpackhi_ps(row(0), row(1)));
      const Lanes b = min(_mm256_unpacklo_ps(row(2), row(3)), _mm256_unpackhi_ps(row(2), row(3)));
      const Lanes four = min(_mm256_shuffle_ps(a, b, 0x44), _mm256_shuffle_ps(a, b, 0xee));
      const __m256 least_of_four = min(four, _mm256_permute2f128_ps(four, four, 1));
      if (r + width <= 16)
        store(result + r, least_of_four);  // twice: what is read as a vector should be written as one
      else
        _mm_storeu_ps(result + r, _mm256_castps256_ps128(least_of_four));
    }
  }

  static Lanes from_integers(__m256i v) { return _mm256_cvtepi32_ps(v); }
  static void store_bytes(std::int8_t* p, Lanes integers) {
    const __m256i words = _mm256_cvtps_epi32(integers);
    const __m128i halves = _mm_packs_epi32(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packs_epi16(halves, halves));
  }

  static constexpr bool transposes = true;
  static void transpose(Lanes (&r)[8]) {
    Lanes t[8], u[8];
    for (int i = 0; i < 8; i += 2) {
      t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
      t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
    for (int i = 0; i < 8; i += 4)
      for (int h = 0; h < 2; ++h) {
        const __m256d a = _mm256_castps_pd(t[i + h]), b = _mm256_castps_pd(t[i + h + 2]);
        u[i + 2 * h] = _mm256_castpd_ps(_mm256_unpacklo_pd(a, b));
        u[i + 2 * h + 1] = _mm256_castpd_ps(_mm256_unpackhi_pd(a, b));
      }
    for (int j = 0; j < 4; ++j) {
      r[j] = _mm256_permute2f128_ps(u[j], u[j + 4], 0x20);
      r[j + 4] = _mm256_permute2f128_ps(u[j], u[j + 4], 0x31);
    }
  }
};

template <>
struct Avx2Vector<double> {
  using Scalar = double;
  using Integer = std::int64_t;
  using Lanes = __m256d;
  using Indices = __m256i;
  static constexpr std::size_t width = 4;

  static Lanes load(const double* p) { return _mm256_loadu_pd(p); }
  static void store(double* p, Lanes v) { _mm256_storeu_pd(p, v); }
  static Lanes splat(double value) { return _mm256_set1_pd(value); }
  static Indices splat_index(Integer value) { return _mm256_set1_epi64x(value); }
  static Lanes multiply_add(Lanes a, Lanes b, Lanes c) { return _mm256_fmadd_pd(a, b, c); }
  static Lanes add(Lanes a, Lanes b) { return _mm256_add_pd(a, b); }
  static Lanes subtract(Lanes a, Lanes b) { return _mm256_sub_pd(a, b); }
  static Lanes multiply(Lanes a, Lanes b) { return _mm256_mul_pd(a, b); }
  static Lanes absolute(Lanes a) { return _mm256_andnot_pd(_mm256_set1_pd(-0.0), a); }
  static void store_chosen(double* p, Lanes v, unsigned mask) {
    double lanes[width];
    store(lanes, v);
    for (std::size_t lane = 0; lane < width; ++lane) {
      *p = lanes[lane];
      p += mask >> lane & 1u;
    }
  }
  static Lanes widen(const float* p) { return _mm256_cvtps_pd(_mm_loadu_ps(p)); }
  static Lanes widen(const double* p) { return load(p); }
  static Lanes square_root(Lanes v) { return _mm256_sqrt_pd(v); }
  using Words = __m256i;
  static Words no_words() { return _mm256_setzero_si256(); }
  static Words add_bits(Words sum, Lanes v) { return _mm256_add_epi64(sum, _mm256_castpd_si256(v)); }
  static void store_words(std::uint64_t* p, Words words) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), words); }
  static unsigned at_most(Lanes a, Lanes b) {
    return static_cast<unsigned>(_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_LE_OQ)));
  }
  static Lanes instead_of_zero(Lanes v, Lanes other) {
    return _mm256_blendv_pd(v, other, _mm256_cmp_pd(v, _mm256_setzero_pd(), _CMP_EQ_OQ));
  }
  static Lanes min(Lanes a, Lanes b) { return _mm256_min_pd(a, b); }
  static Lanes max(Lanes a, Lanes b) { return _mm256_max_pd(a, b); }
  static Lanes add_beside_max(Lanes score, Lanes maximum) {
    return _mm256_fmadd_pd(maximum, _mm256_set1_pd(1.0), score);
  }
  static Lanes count_unlike(Lanes score, Lanes a, Lanes b) {
    return _mm256_add_pd(score, _mm256_and_pd(_mm256_cmp_pd(a, b, _CMP_NEQ_UQ), _mm256_set1_pd(1.0)));
  }
  static Indices pick_less(Lanes a, Lanes b, Indices then, Indices otherwise) {
    return _mm256_blendv_epi8(otherwise, then, _mm256_castpd_si256(_mm256_cmp_pd(a, b, _CMP_LT_OQ)));
  }
  static constexpr bool transposes = false;
  static void store_index(std::int32_t* p, Indices v) {
    const __m256i low_halves = _mm256_permutevar8x32_epi32(v, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_castsi256_si128(low_halves));
  }
  static Lanes gather(const double* p, Indices v) { return _mm256_i64gather_pd(p, v, 8); }
  static unsigned mismatches(Indices v, const std::int32_t* p) {
    const __m256i same =
        _mm256_cmpeq_epi64(v, _mm256_cvtepi32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
    return static_cast<unsigned>(_mm256_movemask_pd(_mm256_castsi256_pd(same))) ^ 0xfu;
  }
  static unsigned not_above(Lanes a, Lanes b) {
    return static_cast<unsigned>(_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_NGT_UQ)));
  }
};

struct Avx2Int8 {
  using Lanes = __m256i;
  static Lanes load(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  static Lanes splat(std::int32_t value) { return _mm256_set1_epi32(value); }
  static Lanes zeros() { return _mm256_setzero_si256(); }
  static Lanes add_pairs(Lanes sum, Lanes unsigned_ones, Lanes signed_ones) {
    return _mm256_add_epi16(sum, _mm256_maddubs_epi16(unsigned_ones, signed_ones));
  }
  static Lanes add_halves(Lanes sum, Lanes halves) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(halves, _mm256_set1_epi16(1)));
  }
};

struct Avx2Int16 {
  using Lanes = __m256i;
  using Mover = Avx2Vector<float>;
  static constexpr std::size_t width = 8;

  static Lanes load(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  static void store(std::int32_t* p, Lanes v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
  static Lanes splat(std::int32_t value) { return _mm256_set1_epi32(value); }
  /// In assembly, since GCC 12 would put all multiplications before the additions. It would then keep one of eight sums
  /// in memory, and copy the others.
  static Lanes multiply_add(Lanes a, Lanes b, Lanes c) {
#if defined(__GNUC__)
    Lanes products;
    asm("vpmaddwd %2, %3, %1\n\tvpaddd %1, %0, %0" : "+x"(c), "=&x"(products) : "x"(b), "x"(a));
    return c;
#else
    return _mm256_add_epi32(c, _mm256_madd_epi16(a, b));
#endif
  }
  static Lanes add(Lanes a, Lanes b) { return _mm256_add_epi32(a, b); }
  static Lanes halve(Lanes v) { return _mm256_srai_epi32(v, 1); }
  static Lanes min(Lanes a, Lanes b) { return _mm256_min_epi32(a, b); }
  static Lanes max(Lanes a, Lanes b) { return _mm256_max_epi32(a, b); }
  static Lanes pick_less(Lanes a, Lanes b, Lanes then, Lanes otherwise) {
    return _mm256_blendv_epi8(otherwise, then, _mm256_cmpgt_epi32(b, a));
  }
  static unsigned at_most(Lanes a, Lanes b) { return 0xffu ^ bits(_mm256_cmpgt_epi32(a, b)); }
  static unsigned differ(Lanes a, Lanes b) { return 0xffu ^ bits(_mm256_cmpeq_epi32(a, b)); }

 private:
  static unsigned bits(Lanes flags) { return static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(flags))); }
};

}  // namespace
}  // namespace pykmeans::kernels
