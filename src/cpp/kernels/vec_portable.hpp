// Vectors of 16 bytes, which the baseline of every 64-bit CPU has, in terms that any compiler understands: the vectors
// of GCC and Clang, or arrays. vector_types.hpp says what each member does.
#pragma once

#include <math.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace pykmeans::kernels {
namespace {

#if defined(__GNUC__)

template <class Float>
struct PortableVector {
  using Scalar = Float;
  using Integer = std::conditional_t<sizeof(Float) == 4, std::int32_t, std::int64_t>;
  typedef Float Lanes __attribute__((vector_size(16)));
  typedef Integer Indices __attribute__((vector_size(16)));
  static constexpr std::size_t width = 16 / sizeof(Float);
  static constexpr bool transposes = false;

  static Lanes load(const Float* p) {
    Lanes v;
    std::memcpy(&v, p, sizeof v);
    return v;
  }
  static void store(Float* p, Lanes v) { std::memcpy(p, &v, sizeof v); }
  static Lanes splat(Float value) { return value - Lanes{}; }
  static Indices splat_index(Integer value) { return value - Indices{}; }
  static Lanes multiply_add(Lanes a, Lanes b, Lanes c) { return a * b + c; }
  static Lanes add(Lanes a, Lanes b) { return a + b; }
  static Lanes subtract(Lanes a, Lanes b) { return a - b; }
  static Lanes multiply(Lanes a, Lanes b) { return a * b; }
  static Lanes absolute(Lanes a) { return a < Lanes{} ? -a : a; }
  static void store_chosen(Float* p, Lanes v, unsigned mask) {
    for (std::size_t lane = 0; lane < width; ++lane) {
      *p = v[lane];
      p += mask >> lane & 1u;
    }
  }
  static Lanes widen(const float* p) { return Lanes{p[0], p[1]}; }
  static Lanes widen(const double* p) { return load(p); }
  static unsigned at_most(Lanes a, Lanes b) {
    const Indices flags = a <= b;
    unsigned bits = 0;
    for (std::size_t lane = 0; lane < width; ++lane) bits |= (flags[lane] ? 1u : 0u) << lane;
    return bits;
  }
  static unsigned not_above(Lanes a, Lanes b) {
    unsigned bits = 0;
    for (std::size_t lane = 0; lane < width; ++lane) bits |= (a[lane] > b[lane] ? 0u : 1u) << lane;
    return bits;
  }
  static Lanes square_root(Lanes v) {
    for (std::size_t lane = 0; lane < width; ++lane)
      v[lane] = sizeof(Float) == 4 ? static_cast<Float>(__builtin_sqrtf(static_cast<float>(v[lane])))
                                   : static_cast<Float>(__builtin_sqrt(v[lane]));
    return v;
  }
  typedef std::uint64_t Words __attribute__((vector_size(16)));
  static Words no_words() { return Words{}; }
  static Words add_bits(Words sum, Lanes v) {
    Words bits;
    std::memcpy(&bits, &v, sizeof bits);
    return sum + bits;
  }
  static void store_words(std::uint64_t* p, Words words) { std::memcpy(p, &words, sizeof words); }
  static std::size_t list_lanes(unsigned mask, std::uint32_t first, std::uint32_t* list) {
    std::size_t n = 0;
    for (; mask != 0; mask >>= 1, ++first)
      if ((mask & 1) != 0) list[n++] = first;
    return n;
  }
  static Float least(Lanes v) {
    Float result = v[0];
    for (std::size_t lane = 1; lane < width; ++lane) result = v[lane] < result ? v[lane] : result;
    return result;
  }
  template <std::size_t n>
  static void least_of_each(const Lanes (&rows)[n], Float* result) {
    for (std::size_t r = 0; r < n; ++r) result[r] = least(rows[r]);
  }
  static Lanes instead_of_zero(Lanes v, Lanes other) { return v == Lanes{} ? other : v; }
  static Lanes min(Lanes a, Lanes b) { return a < b ? a : b; }
  static Lanes max(Lanes a, Lanes b) { return a < b ? b : a; }
  static Lanes add_beside_max(Lanes score, Lanes maximum) { return score + maximum; }
  static Lanes count_unlike(Lanes score, Lanes a, Lanes b) { return score + (a != b ? splat(1) : Lanes{}); }
  static Indices pick_less(Lanes a, Lanes b, Indices then, Indices otherwise) { return a < b ? then : otherwise; }
  static void store_index(std::int32_t* p, Indices v) {
    for (std::size_t lane = 0; lane < width; ++lane) p[lane] = static_cast<std::int32_t>(v[lane]);
  }
  static Lanes gather(const Float* p, Indices v) {
    Lanes result = {};
    for (std::size_t lane = 0; lane < width; ++lane) result[lane] = p[v[lane]];
    return result;
  }
  static unsigned mismatches(Indices v, const std::int32_t* p) {
    unsigned bits = 0;
    for (std::size_t lane = 0; lane < width; ++lane) bits |= (v[lane] != p[lane] ? 1u : 0u) << lane;
    return bits;
  }
};

#else

template <class Float>
struct PortableVector {
  using Scalar = Float;
  using Integer = std::int32_t;
  static constexpr std::size_t width = 16 / sizeof(Float);
  static constexpr bool transposes = false;
  struct Lanes {
    Float at[width];
  };
  struct Indices {
    Integer at[width];
  };

  template <class Result, class Make>
  static Result each(Make make) {
    Result result;
    for (std::size_t i = 0; i < width; ++i) result.at[i] = make(i);
    return result;
  }
  static Lanes load(const Float* p) {
    return each<Lanes>([=](std::size_t i) { return p[i]; });
  }
  static void store(Float* p, Lanes v) { std::memcpy(p, v.at, sizeof v.at); }
  static Lanes splat(Float value) {
    return each<Lanes>([=](std::size_t) { return value; });
  }
  static Indices splat_index(Integer value) {
    return each<Indices>([=](std::size_t) { return value; });
  }
  static Lanes multiply_add(Lanes a, Lanes b, Lanes c) {
    return each<Lanes>([&](std::size_t i) { return a.at[i] * b.at[i] + c.at[i]; });
  }
  static Lanes add(Lanes a, Lanes b) {
    return each<Lanes>([&](std::size_t i) { return a.at[i] + b.at[i]; });
  }
  static Lanes subtract(Lanes a, Lanes b) {
    return each<Lanes>([&](std::size_t i) { return a.at[i] - b.at[i]; });
  }
  static Lanes multiply(Lanes a, Lanes b) {
    return each<Lanes>([&](std::size_t i) { return a.at[i] * b.at[i]; });
  }
  static Lanes absolute(Lanes a) {
    return each<Lanes>([&](std::size_t i) { return a.at[i] < Float(0) ? -a.at[i] : a.at[i]; });
  }
  static void store_chosen(Float* p, Lanes v, unsigned mask) {
    for (std::size_t lane = 0; lane < width; ++lane) {
      *p = v.at[lane];
      p += mask >> lane & 1u;
    }
  }
  template <class Value>
  static Lanes widen(const Value* p) {
    return each<Lanes>([=](std::size_t i) { return static_cast<Float>(p[i]); });
  }
  static unsigned at_most(Lanes a, Lanes b) {
    unsigned bits = 0;
    for (std::size_t i = 0; i < width; ++i) bits |= (a.at[i] <= b.at[i] ? 1u : 0u) << i;
    return bits;
  }
  static unsigned not_above(Lanes a, Lanes b) {
    unsigned bits = 0;
    for (std::size_t lane = 0; lane < width; ++lane) bits |= (a.at[lane] > b.at[lane] ? 0u : 1u) << lane;
    return bits;
  }
  static Lanes square_root(Lanes v) {
    return each<Lanes>([&](std::size_t i) {
      return sizeof(Float) == 4 ? static_cast<Float>(sqrtf(static_cast<float>(v.at[i])))
                                : static_cast<Float>(sqrt(static_cast<double>(v.at[i])));
    });
  }
  struct Words {
    std::uint64_t at[16 / sizeof(std::uint64_t)];
  };
  static Words no_words() { return {}; }
  static Words add_bits(Words sum, Lanes v) {
    Words bits;
    std::memcpy(&bits, &v, sizeof bits);
    for (std::size_t i = 0; i < 16 / sizeof(std::uint64_t); ++i) sum.at[i] += bits.at[i];
    return sum;
  }
  static void store_words(std::uint64_t* p, Words words) { std::memcpy(p, &words, sizeof words); }
  static std::size_t list_lanes(unsigned mask, std::uint32_t first, std::uint32_t* list) {
    std::size_t n = 0;
    for (; mask != 0; mask >>= 1, ++first)
      if ((mask & 1) != 0) list[n++] = first;
    return n;
  }
  static Float least(Lanes v) {
    Float result = v.at[0];
    for (std::size_t lane = 1; lane < width; ++lane) result = v.at[lane] < result ? v.at[lane] : result;
    return result;
  }
  template <std::size_t n>
  static void least_of_each(const Lanes (&rows)[n], Float* result) {
    for (std::size_t r = 0; r < n; ++r) result[r] = least(rows[r]);
  }
  static Lanes instead_of_zero(Lanes v, Lanes other) {
    return each<Lanes>([&](std::size_t i) { return v.at[i] == 0 ? other.at[i] : v.at[i]; });
  }
  static Lanes min(Lanes a, Lanes b) {
    return each<Lanes>([&](std::size_t i) { return a.at[i] < b.at[i] ? a.at[i] : b.at[i]; });
  }
  static Lanes max(Lanes a, Lanes b) {
    return each<Lanes>([&](std::size_t i) { return a.at[i] < b.at[i] ? b.at[i] : a.at[i]; });
  }
  static Lanes add_beside_max(Lanes score, Lanes maximum) { return add(score, maximum); }
  static Lanes count_unlike(Lanes score, Lanes a, Lanes b) {
    return each<Lanes>([&](std::size_t i) { return a.at[i] != b.at[i] ? score.at[i] + 1 : score.at[i]; });
  }
  static Indices pick_less(Lanes a, Lanes b, Indices then, Indices otherwise) {
    return each<Indices>([&](std::size_t i) { return a.at[i] < b.at[i] ? then.at[i] : otherwise.at[i]; });
  }
  static void store_index(std::int32_t* p, Indices v) {
    for (std::size_t lane = 0; lane < width; ++lane) p[lane] = v.at[lane];
  }
  static Lanes gather(const Float* p, Indices v) {
    return each<Lanes>([&](std::size_t i) { return p[v.at[i]]; });
  }
  static unsigned mismatches(Indices v, const std::int32_t* p) {
    unsigned bits = 0;
    for (std::size_t lane = 0; lane < width; ++lane) bits |= (v.at[lane] != p[lane] ? 1u : 0u) << lane;
    return bits;
  }
};

#endif

}  // namespace
}  // namespace pykmeans::kernels
