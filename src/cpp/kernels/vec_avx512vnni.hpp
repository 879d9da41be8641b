// Integers of 8 and 16 bits: AVX-512 VNNI. vector_types.hpp says what each member does.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "vec_avx2.hpp"
#include "vec_avx512.hpp"

namespace pykmeans::kernels {
namespace {

struct Avx512VnniInt8 : Avx512Int8 {
  /// In assembly, since GCC copies the sums back and forth around its own function for it.
  static void add_dot(Lanes& sum, Lanes unsigned_ones, const std::int8_t* p) {
    asm("vpdpbusd %2%{1to16%}, %1, %0"
        : "+v"(sum)
        : "v"(unsigned_ones), "m"(*reinterpret_cast<const std::int32_t*>(p)));
  }
};

struct Avx512VnniInt16 : Avx512Int16 {
  static Lanes multiply_add(Lanes a, Lanes b, Lanes c) {
    asm("vpdpwssd %2, %1, %0" : "+v"(c) : "v"(a), "v"(b));  // in assembly for the same reason
    return c;
  }
};

/// The same, half as wide: the eight centers of a panel.
struct Avx512VnniPanel : Avx2Int16 {
  static Lanes multiply_add(Lanes a, Lanes b, Lanes c) {
    asm("vpdpwssd %2, %1, %0" : "+v"(c) : "v"(a), "v"(b));
    return c;
  }
};

}  // namespace
}  // namespace pykmeans::kernels
