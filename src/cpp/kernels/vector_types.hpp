// What a port to an instruction set supplies: vector types, structs of static functions that the kernels are written
// in. The structs below list them. Each member declares a function that a vector type V must have, with its signature
// and meaning, and is taken from V, so that the compiler refuses a V that lacks it.
//
// v[l] is lane l of a vector v. A function that returns unsigned returns a mask, bit l for lane l and no others; an
// instruction set without masks, as Arm's, makes them from several instructions. Addresses need not be aligned.
//
//   CommonVector and FloatVector of a vector of float, CommonVector and DoubleVector of one of double: every
//     instruction set has both.
//   Int16Vector of a vector of integers and of a panel of eight of them, where nearest_int16.inl.hpp is worth it.
//   Int8Vector of a vector of float, and Int8Dot or Int8Pairs of lanes that take products of 8-bit integers, where
//     score_int8.inl.hpp is worth it.
//
// vec_portable.hpp has the first two for any compiler.
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

  /// score + maximum. A plain addition will do. x86 fuses it with a multiplication by one, since on some of its CPUs
  /// max() keeps the adders busy.
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
  /// p[v[l]]; lane by lane will do, since a tile needs it once for all centers.
  Lanes (*gather)(const Scalar* p, Indices v) = V::gather;
};

/// Of float alone.
template <class V>
struct FloatVector {
  using Lanes = typename V::Lanes;

  float (*least)(Lanes v) = V::least;  // of all lanes
  /// result[r] = least(rows[r]), for any n <= 16. There is room for 16 results, all of which may be overwritten.
  void (*least_of_each)(const Lanes (&rows)[3], float* result) = V::template least_of_each<3>;
  /// Write first + l for each bit l of the mask, ascending, into room for all lanes: AVX-512 has an instruction for it,
  /// AVX2 a table. @return how many
  std::size_t (*list_lanes)(unsigned mask, std::uint32_t first, std::uint32_t* list) = V::list_lanes;
};

/// Of double alone.
template <class V>
struct DoubleVector {
  using Lanes = typename V::Lanes;
  using Words = typename V::Words;  // `width` integers of 64 bits

  Lanes (*widen_floats)(const float* p) = V::widen;    // v[l] = p[l]
  Lanes (*widen_doubles)(const double* p) = V::widen;  // likewise
  /// Store the lanes of the mask one after the other, into room for all lanes: what follows them may be overwritten.
  /// One instruction in AVX-512, a loop elsewhere.
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

/// `width` lanes of 32-bit integers, or of pairs of 16-bit ones. A panel has eight lanes, whatever the instruction set.
/// It also names a Mover: a vector of float that moves pairs, without computing, when a tile is transposed.
template <class V>
struct Int16Vector {
  using Lanes = typename V::Lanes;

  Lanes (*load)(const void* p) = V::load;              // the bytes at p
  void (*store)(std::int32_t* p, Lanes v) = V::store;  // p[l] = v[l]
  Lanes (*splat)(std::int32_t value) = V::splat;       // v[l] = value, which may be a pair
  Lanes (*add)(Lanes a, Lanes b) = V::add;             // a + b
  Lanes (*halve)(Lanes v) = V::halve;                  // half of v, rounded down, signed
  Lanes (*min)(Lanes a, Lanes b) = V::min;             // the less, signed
  Lanes (*max)(Lanes a, Lanes b) = V::max;             // the greater, signed
  unsigned (*at_most)(Lanes a, Lanes b) = V::at_most;  // a <= b, signed
  unsigned (*differ)(Lanes a, Lanes b) = V::differ;    // a != b
  /// `then` where a < b, signed, else `otherwise`.
  Lanes (*pick_less)(Lanes a, Lanes b, Lanes then, Lanes otherwise) = V::pick_less;
  /// c plus the two products of the pairs of a and b, all signed; nothing leaves 32 bits.
  Lanes (*multiply_add)(Lanes a, Lanes b, Lanes c) = V::multiply_add;
};

/// Of float, where an instruction set has Int8Kernels.
/// @tparam Int8  its Lanes are integers of 32 bits, as many as V has
template <class V, class Int8>
struct Int8Vector {
  using Lanes = typename V::Lanes;
  using Integers = typename Int8::Lanes;

  Lanes (*from_integers)(Integers v) = V::from_integers;  // v, rounded
  /// p[l] = v[l], where v[l] is an integer in [-127, 127].
  void (*store_bytes)(std::int8_t* p, Lanes v) = V::store_bytes;
};

/// Sums in 32-bit integers, one for each lane of a vector of float, to which dot products of four 8-bit integers are
/// added.
template <class Int8>
struct Int8Dot {
  using Lanes = typename Int8::Lanes;

  Lanes (*load)(const void* p) = Int8::load;         // the bytes at p
  Lanes (*splat)(std::int32_t value) = Int8::splat;  // v[l] = value
  /// Add to sum[l] the products of the four unsigned integers in lane l and the four signed ones at p. This is x86's
  /// vpdpbusd, and Arm's USDOT. Arm's older SDOT takes signed integers on both sides: it needs a struct of sums of its
  /// own in score_int8.inl.hpp, without the offset.
  void (*add_dot)(Lanes& sum, Lanes unsigned_ones, const std::int8_t* p) = Int8::add_dot;
};

/// The same where products are added in pairs: each lane of 32 bits has two sums of 16 bits.
template <class Int8>
struct Int8Pairs {
  using Lanes = typename Int8::Lanes;

  Lanes (*load)(const void* p) = Int8::load;
  Lanes (*splat)(std::int32_t value) = Int8::splat;
  Lanes (*zeros)() = Int8::zeros;
  /// sum, plus the products of unsigned and signed 8-bit integers, two by two. The sum of two products must fit in 16
  /// bits; the total wraps.
  Lanes (*add_pairs)(Lanes sum, Lanes unsigned_ones, Lanes signed_ones) = Int8::add_pairs;
  /// sum[l], in 32 bits, plus both 16-bit sums in lane l of halves.
  Lanes (*add_halves)(Lanes sum, Lanes halves) = Int8::add_halves;
};

/// True if the vector type has all members of the list; otherwise it does not compile.
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
