// What a port to an instruction set supplies: vector types, structs of static functions from which the kernels are
// written. This is the list of them, and the compiler holds every type that the kernels are given to it: each member
// below is a function of the vector type of that name and signature, with what it does beside it.
//
// Written v[l] is lane l of the vector v. A function that returns unsigned returns a mask: bit l for lane l, nothing
// above; where an instruction set has no instruction for that (Arm has none), it costs a few. Addresses need no
// alignment. Kernels are given, by make_table.inl.hpp:
//
//   a vector of float and one of double, FloatVector and DoubleVector below, for every instruction set;
//   a vector of integers and a panel of eight of them, Int16Vector, where nearest_int16.inl.hpp pays;
//   lanes that take dot products of 8-bit integers, Int8Dot, where there is an instruction for that.
//
// vec_portable.hpp has them for any compiler; an instruction set's own may take members from it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pykmeans::kernels {
namespace {

/// Of float and double. Each of add, subtract, multiply, absolute and square_root rounds once, as IEEE 754 says: the
/// exact distance is computed by them. multiply_add may round once or twice: only filters use it.
template <class V>
struct CommonVector {
  using Scalar = typename V::Scalar;    // float or double
  using Integer = typename V::Integer;  // what Indices are made of: 32 bits or 64, as suits comparisons of Lanes
  using Lanes = typename V::Lanes;      // `width` Scalars
  using Indices = typename V::Indices;  // `width` Integers, names of centers, which fit 32 bits
  static_assert(V::width * sizeof(Scalar) == 16 || V::width * sizeof(Scalar) == 32 || V::width * sizeof(Scalar) == 64,
                "tiles and panels are padded to vectors of 16, 32 or 64 bytes");

  Lanes (*load)(const Scalar* p) = V::load;                            // v[l] = p[l]
  void (*store)(Scalar* p, Lanes v) = V::store;                        // p[l] = v[l]
  Lanes (*splat)(Scalar value) = V::splat;                             // v[l] = value
  Lanes (*add)(Lanes a, Lanes b) = V::add;                             // a + b
  Lanes (*subtract)(Lanes a, Lanes b) = V::subtract;                   // a - b
  Lanes (*multiply)(Lanes a, Lanes b) = V::multiply;                   // a * b
  Lanes (*absolute)(Lanes a) = V::absolute;                            // |a|
  Lanes (*square_root)(Lanes v) = V::square_root;                      // the root of v
  Lanes (*multiply_add)(Lanes a, Lanes b, Lanes c) = V::multiply_add;  // a * b + c
  Lanes (*min)(Lanes a, Lanes b) = V::min;                 // the less, of equals either; where one is NaN, any
  Lanes (*max)(Lanes a, Lanes b) = V::max;                 // the greater, likewise
  unsigned (*at_most)(Lanes a, Lanes b) = V::at_most;      // a <= b, which is false for NaN
  unsigned (*not_above)(Lanes a, Lanes b) = V::not_above;  // not a > b, which is true for NaN

  /// score + maximum. A plain addition will do; x86 multiplies by one and adds, since some of its CPUs have no adders
  /// left beside max().
  Lanes (*add_beside_max)(Lanes score, Lanes maximum) = V::add_beside_max;
  /// score, plus 1 where a != b, which is true for NaN.
  Lanes (*count_unlike)(Lanes score, Lanes a, Lanes b) = V::count_unlike;
  /// v, but `other` where v is 0.
  Lanes (*instead_of_zero)(Lanes v, Lanes other) = V::instead_of_zero;

  Indices (*splat_index)(Integer value) = V::splat_index;  // v[l] = value
  /// `then` where a < b, else `otherwise`; a < b is false for NaN.
  Indices (*pick_less)(Lanes a, Lanes b, Indices then, Indices otherwise) = V::pick_less;
  void (*store_index)(std::int32_t* p, Indices v) = V::store_index;          // p[l] = v[l]
  unsigned (*mismatches)(Indices v, const std::int32_t* p) = V::mismatches;  // v[l] != p[l]
  /// p[v[l]], lane by lane where there is no instruction for it: it is needed once for all the centers.
  Lanes (*gather)(const Scalar* p, Indices v) = V::gather;
};

/// Of float alone.
template <class V>
struct FloatVector {
  using Lanes = typename V::Lanes;

  float (*least)(Lanes v) = V::least;  // of all lanes
  /// result[r] = least(rows[r]), for n <= 16; room for 16, so that a transposing port may store more than n.
  void (*least_of_each)(const Lanes (&rows)[3], float* result) = V::template least_of_each<3>;
  /// v, but `value` in one lane; v itself where there is no such lane, be `lane` negative or too great.
  Lanes (*with_lane)(Lanes v, int lane, float value) = V::with_lane;
  /// Write first + l for each bit l of the mask, ascending, into room for all lanes. This is what AVX-512 has an
  /// instruction for; elsewhere it is a loop over the bits. @return how many
  std::size_t (*list_lanes)(unsigned mask, std::uint32_t first, std::uint32_t* list) = V::list_lanes;
};

/// Of double alone.
template <class V>
struct DoubleVector {
  using Lanes = typename V::Lanes;
  using Words = typename V::Words;  // `width` integers of 64 bits

  Lanes (*widen_floats)(const float* p) = V::widen;    // v[l] = p[l]
  Lanes (*widen_doubles)(const double* p) = V::widen;  // likewise
  /// Store the lanes of the mask one after the other, into room for all: what follows the last may be overwritten. As
  /// list_lanes, it is one instruction in AVX-512 and a loop elsewhere.
  void (*store_chosen)(double* p, Lanes v, unsigned mask) = V::store_chosen;

  Words (*no_words)() = V::no_words;                    // zeros
  Words (*add_bits)(Words sum, Lanes v) = V::add_bits;  // sum[l] + the bits of v[l] as an integer, modulo 2^64
  void (*store_words)(std::uint64_t* p, Words v) = V::store_words;  // p[l] = v[l]
};

/// Where V::transposes is true. Where it is false, tiles are transposed value by value.
template <class V>
struct TransposingVector {
  using Lanes = typename V::Lanes;

  void (*transpose)(Lanes (&rows)[V::width]) = V::transpose;  // rows[i][l] and rows[l][i] change places
};

/// Integers of 32 bits, or pairs of 16 bits each, in `width` lanes. A panel has eight lanes, whatever the instruction
/// set, and also a Mover: the vector of float that moves pairs when tiles are transposed, and that computes nothing.
template <class V>
struct Int16Vector {
  using Lanes = typename V::Lanes;

  Lanes (*load)(const void* p) = V::load;              // the bytes at p
  void (*store)(std::int32_t* p, Lanes v) = V::store;  // p[l] = v[l]
  Lanes (*splat)(std::int32_t value) = V::splat;       // v[l] = value, which may be a pair
  Lanes (*add)(Lanes a, Lanes b) = V::add;             // a + b
  Lanes (*min)(Lanes a, Lanes b) = V::min;             // the less, signed
  Lanes (*max)(Lanes a, Lanes b) = V::max;             // the greater, signed
  unsigned (*at_most)(Lanes a, Lanes b) = V::at_most;  // a <= b, signed
  unsigned (*differ)(Lanes a, Lanes b) = V::differ;    // a != b
  /// `then` where a < b, signed, else `otherwise`.
  Lanes (*pick_less)(Lanes a, Lanes b, Lanes then, Lanes otherwise) = V::pick_less;
  /// c plus the two products of the pairs of a and b, all signed; nothing leaves 32 bits.
  Lanes (*multiply_add)(Lanes a, Lanes b, Lanes c) = V::multiply_add;
};

/// Sums of 32 bits, as many as V has floats, that take dot products of four 8-bit integers.
template <class Int8, class V>
struct Int8Dot {
  using Lanes = typename Int8::Lanes;
  using Floats = typename V::Lanes;

  Lanes (*load)(const void* p) = Int8::load;         // the bytes at p
  Lanes (*splat)(std::int32_t value) = Int8::splat;  // v[l] = value
  Floats (*to_float)(Lanes v) = Int8::to_float;      // v, rounded
  /// sum[l] += the four products of `unsigned_ones`' integers in lane l and the signed ones at p. That one side is
  /// unsigned is an idea of x86 (vpdpbusd) and of Arm's USDOT; it is why centers are packed with 128 added
  /// (core/filter/panels.hpp). Arm's SDOT, which is older, takes signed ones on both sides.
  void (*add_dot)(Lanes& sum, Lanes unsigned_ones, const std::int8_t* p) = Int8::add_dot;
  /// p[l] = v[l], where v[l] is an integer in [-127, 127].
  void (*store_bytes)(std::int8_t* p, Floats v) = Int8::store_bytes;
};

/// Compiles if the type that a list is made for has all its members.
template <class List>
constexpr bool supplies() {
  static_cast<void>(List{});
  return true;
}

template <class V>
constexpr bool is_vector() {
  if constexpr (V::transposes) supplies<TransposingVector<V>>();
  if constexpr (sizeof(typename V::Scalar) == sizeof(float))
    return supplies<CommonVector<V>>() && supplies<FloatVector<V>>();
  else
    return supplies<CommonVector<V>>() && supplies<DoubleVector<V>>();
}

}  // namespace
}  // namespace pykmeans::kernels
