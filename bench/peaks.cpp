// What this machine can do at most: float32 and 8-bit multiply-adds, differences and comparisons from registers, and
// bytes read from memory, each per second and on a number of threads. Compiled for this CPU, or for the forced
// instruction set; prints JSON. 0 stands for "has no such unit".
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__ARM_FEATURE_DOTPROD)
#include <arm_neon.h>
#endif

namespace {

#if defined(__AVX512F__)
constexpr std::size_t width = 64;
#elif defined(__AVX__)
constexpr std::size_t width = 32;
#else
constexpr std::size_t width = 16;
#endif
typedef float Floats __attribute__((vector_size(width)));
typedef std::uint32_t Words __attribute__((vector_size(width)));
typedef std::int8_t Codes __attribute__((vector_size(width)));

constexpr int chains = 12;  // independent sums: enough to hide the latency of two units
constexpr int batch = 10'000;

volatile float half = 0.5f;  // volatile, so that nothing is computed beforehand
volatile int three = 3;
volatile float sink_float;
volatile int sink_int;

/// Float32 multiply-adds; the compiler fuses them where the CPU can. @return how many were done
double float_batch() {
  Floats sums[chains];
  for (int chain = 0; chain < chains; ++chain) sums[chain] = Floats{} + static_cast<float>(chain);  // all different
  const Floats factor = Floats{} + half, addend = Floats{} + 1.0f;
  for (int i = 0; i < batch; ++i) {
#pragma GCC unroll 12
    for (int chain = 0; chain < chains; ++chain) sums[chain] = sums[chain] * factor + addend;
  }
  for (const Floats& sum : sums) sink_float = sum[0];
  return static_cast<double>(batch) * chains * (width / sizeof(float));
}

/// Magnitudes of float32 differences, added up. @return how many were done
double difference_batch() {
  Floats sums[chains];
  for (int chain = 0; chain < chains; ++chain) sums[chain] = Floats{} + static_cast<float>(chain);
  const Floats start = Floats{} + half, value = Floats{} + 1.0f;
  const Words no_sign = Words{} + 0x7fffffffu;
  for (int i = 0; i < batch; ++i) {
#pragma GCC unroll 12
    for (int chain = 0; chain < chains; ++chain)
      sums[chain] = start - reinterpret_cast<Floats>(reinterpret_cast<Words>(sums[chain] - value) & no_sign);
  }
  for (const Floats& sum : sums) sink_float = sum[0];
  return static_cast<double>(batch) * chains * (width / sizeof(float));
}

/// Counts plus one wherever two bytes differ. The compiler does not find the masked form by itself.
Codes counted(Codes counts, Codes value) {
#if defined(__AVX512BW__)
  const __m512i before = reinterpret_cast<__m512i>(counts);
  const __mmask64 differ = _mm512_cmpneq_epi8_mask(before, reinterpret_cast<__m512i>(value));
  return reinterpret_cast<Codes>(_mm512_mask_add_epi8(before, differ, before, _mm512_set1_epi8(1)));
#else
  return counts - (counts != value);
#endif
}

/// 8-bit comparisons, counted. @return how many were done
double comparison_batch() {
  Codes counts[chains];
  for (int chain = 0; chain < chains; ++chain) counts[chain] = Codes{} + static_cast<std::int8_t>(chain);
  const Codes value = Codes{} + static_cast<std::int8_t>(three);
  for (int i = 0; i < batch; ++i) {
#pragma GCC unroll 12
    for (int chain = 0; chain < chains; ++chain) counts[chain] = counted(counts[chain], value);
  }
  for (const Codes& count : counts) sink_int = count[0];
  return static_cast<double>(batch) * chains * width;
}

#if defined(__AVX512BW__)
typedef __m512i Sums;
Sums differences(Sums a, Sums b) {
  return _mm512_sad_epu8(a, b);
}
#define HAS_DIFFERENCES
#elif defined(__AVX2__)
typedef __m256i Sums;
Sums differences(Sums a, Sums b) {
  return _mm256_sad_epu8(a, b);
}
#define HAS_DIFFERENCES
#elif defined(__SSE2__)
typedef __m128i Sums;
Sums differences(Sums a, Sums b) {
  return _mm_sad_epu8(a, b);
}
#define HAS_DIFFERENCES
#endif

/// Magnitudes of 8-bit differences, by the instruction that adds eight of them. @return how many were done
double byte_difference_batch() {
#ifdef HAS_DIFFERENCES
  Sums sums[chains];
  for (int chain = 0; chain < chains; ++chain) sums[chain] = Sums{} + chain;
  const Sums value = Sums{} + three;
  for (int i = 0; i < batch; ++i) {
#pragma GCC unroll 12
    for (int chain = 0; chain < chains; ++chain) sums[chain] = differences(sums[chain], value) + value;
  }
  for (const Sums& sum : sums) sink_int = static_cast<int>(sum[0]);
  return static_cast<double>(batch) * chains * sizeof(Sums);
#else
  return 0.0;
#endif
}

#if defined(__AVX512VNNI__)
typedef __m512i Bytes;
Bytes dot(Bytes sum, Bytes a, Bytes b) {
  return _mm512_dpbusd_epi32(sum, a, b);
}
Bytes all(int value) {
  return _mm512_set1_epi8(static_cast<char>(value));
}
#define HAS_DOT
#elif defined(__AVX512BW__)
typedef __m512i Bytes;
/// Two instructions, with sums of 16 bits. The sum is a factor, or the compiler would move the product out of the loop.
Bytes dot(Bytes sum, Bytes a, Bytes b) {
  return _mm512_add_epi16(a, _mm512_maddubs_epi16(sum, b));
}
Bytes all(int value) {
  return _mm512_set1_epi8(static_cast<char>(value));
}
#define HAS_DOT
#elif defined(__AVXVNNI__)
typedef __m256i Bytes;
Bytes dot(Bytes sum, Bytes a, Bytes b) {
  return _mm256_dpbusd_avx_epi32(sum, a, b);
}
Bytes all(int value) {
  return _mm256_set1_epi8(static_cast<char>(value));
}
#define HAS_DOT
#elif defined(__AVX2__)
typedef __m256i Bytes;
/// The same two instructions.
Bytes dot(Bytes sum, Bytes a, Bytes b) {
  return _mm256_add_epi16(a, _mm256_maddubs_epi16(sum, b));
}
Bytes all(int value) {
  return _mm256_set1_epi8(static_cast<char>(value));
}
#define HAS_DOT
#elif defined(__ARM_FEATURE_DOTPROD)
typedef int32x4_t Bytes;
Bytes dot(Bytes sum, Bytes a, Bytes b) {
  return vdotq_s32(sum, vreinterpretq_s8_s32(a), vreinterpretq_s8_s32(b));
}
Bytes all(int value) {
  return vreinterpretq_s32_s8(vdupq_n_s8(static_cast<std::int8_t>(value)));
}
#define HAS_DOT
#endif

/// 8-bit multiply-adds by the dot-product instruction, or by two that replace it. @return how many were done
double byte_batch() {
#ifdef HAS_DOT
  Bytes sums[chains];
  for (int chain = 0; chain < chains; ++chain) sums[chain] = all(chain);  // all different
  const Bytes a = all(three), b = all(2);
  for (int i = 0; i < batch; ++i) {
#pragma GCC unroll 12
    for (int chain = 0; chain < chains; ++chain) sums[chain] = dot(sums[chain], a, b);
  }
  for (int chain = 1; chain < chains; ++chain) sums[0] += sums[chain];
  const Bytes total = sums[0];
  std::int32_t first;
  std::memcpy(&first, &total, sizeof first);
  sink_int = first;
  return static_cast<double>(batch) * chains * sizeof(Bytes);
#else
  return 0.0;
#endif
}

/// Reads a thread's own array, far larger than caches. @return bytes
double read_batch() {
  static thread_local std::vector<float> values(std::size_t{64} << 20, 1.0f);
  Floats sums[chains] = {};
  const std::size_t step = width / sizeof(float) * chains;
  const std::size_t count = values.size() / step * step;
  for (std::size_t i = 0; i < count; i += step) {
#pragma GCC unroll 12
    for (std::size_t chain = 0; chain < chains; ++chain) {
      Floats value;
      std::memcpy(&value, values.data() + i + chain * width / sizeof(float), width);
      sums[chain] += value;
    }
  }
  for (const Floats& sum : sums) sink_float = sum[0];
  return static_cast<double>(count) * sizeof(float);
}

using Clock = std::chrono::steady_clock;

/// The best of ten rounds of a twentieth of a second, all threads at once.
double per_second(double (*work)(), int n_threads) {
  constexpr int rounds = 10;
  const auto origin = Clock::now() + std::chrono::milliseconds(400);  // by then all have touched their memory
  std::vector<std::vector<double>> rates(static_cast<std::size_t>(n_threads), std::vector<double>(rounds));
  std::vector<std::thread> threads;
  for (auto& mine : rates)
    threads.emplace_back([&mine, work, origin] {
      work();
      for (int round = 0; round < rounds; ++round) {
        const auto begin = origin + round * std::chrono::milliseconds(80);
        std::this_thread::sleep_until(begin);
        const auto from = Clock::now();
        double done = 0.0;
        std::chrono::duration<double> elapsed{};
        do {
          done += work();
          elapsed = Clock::now() - from;
        } while (elapsed.count() < 0.05);
        mine[static_cast<std::size_t>(round)] = done / elapsed.count();
      }
    });
  for (auto& thread : threads) thread.join();
  double best = 0.0;
  for (int round = 0; round < rounds; ++round) {
    double total = 0.0;
    for (const auto& mine : rates) total += mine[static_cast<std::size_t>(round)];
    if (total > best) best = total;
  }
  return best;
}

}  // namespace

int main(int count, char** arguments) {
  const int n_threads = count > 1 ? std::atoi(arguments[1]) : 1;
  std::printf("{\"float32\": %.6g, \"int8\": %.6g, \"memory\": %.6g, ", per_second(float_batch, n_threads),
              per_second(byte_batch, n_threads), per_second(read_batch, n_threads));
  std::printf("\"float32 differences\": %.6g, \"8-bit differences\": %.6g, \"8-bit comparisons\": %.6g}\n",
              per_second(difference_batch, n_threads), per_second(byte_difference_batch, n_threads),
              per_second(comparison_batch, n_threads));
}
