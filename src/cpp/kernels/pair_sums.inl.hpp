// Exact sums of distances between rows, in the exact distance's order of operations (distances.inl.hpp). Each row of
// the tile has a lane, so that nothing is folded across lanes. Included by the isa_*.cpp files only (see
// nearest_score.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "limbs.inl.hpp"
#include "pair_sums.hpp"

namespace pykmeans::kernels {
namespace {

struct SquaredLanes {
  template <class Vector>
  static typename Vector::Lanes of(typename Vector::Lanes difference) {
    return Vector::multiply(difference, difference);
  }
};

struct AbsoluteLanes {
  template <class Vector>
  static typename Vector::Lanes of(typename Vector::Lanes difference) {
    return Vector::absolute(difference);
  }
};

/// The distances between the rows in the lanes and `others` other rows, which share what is loaded of the lanes.
template <class Vector, class Term, std::size_t others>
struct Pairs {
  using Lanes = typename Vector::Lanes;

  const double* tile;         // (features, pair_tile), from the first lane on
  const double* row[others];  // (features) each

  void terms(std::size_t j, Lanes (&result)[others]) const {
    const Lanes values = Vector::load(tile + j * pair_tile);
    for (std::size_t r = 0; r < others; ++r)
      result[r] = Term::template of<Vector>(Vector::subtract(values, Vector::splat(row[r][j])));
  }
  static void add(Lanes (&sums)[others], const Lanes (&more)[others]) {
    for (std::size_t r = 0; r < others; ++r) sums[r] = Vector::add(sums[r], more[r]);
  }
  void add_terms(std::size_t j, Lanes (&sums)[others]) const {
    Lanes more[others];
    terms(j, more);
    add(sums, more);
  }

  /// The exact distance's partial sums l, l + 4, l + 8 and l + 12, folded as it folds them: of the first 4 * fours
  /// features, or of all `features` if there are more. The zeros that fill up a multiple of four change nothing.
  template <std::size_t fours, bool more>
  void quarter(std::size_t l, std::size_t features, Lanes (&result)[others]) const {
    Lanes sums[fours][others];
    for (std::size_t m = 0; m < fours; ++m) terms(l + 4 * m, sums[m]);
    if constexpr (more) {
      std::size_t first = 16;
      for (; first + 16 <= features; first += 16)
        for (std::size_t m = 0; m < 4; ++m) add_terms(first + l + 4 * m, sums[m]);
      for (std::size_t m = 0; m < 3; ++m)
        if (first + 4 * m < features) add_terms(first + l + 4 * m, sums[m]);
    }
    if constexpr (fours > 2) add(sums[0], sums[2]);
    if constexpr (fours > 3) add(sums[1], sums[3]);
    if constexpr (fours > 1) add(sums[0], sums[1]);
    for (std::size_t r = 0; r < others; ++r) result[r] = sums[0][r];
  }

  template <std::size_t fours, bool more = false>
  void all_quarters(std::size_t features, Lanes (&even)[others]) const {
    Lanes odd[others], last[others];
    quarter<fours, more>(0, features, even);
    quarter<fours, more>(2, features, last);
    add(even, last);
    quarter<fours, more>(1, features, odd);
    quarter<fours, more>(3, features, last);
    add(odd, last);
    add(even, odd);
  }

  /// @tparam numbers  how many features are numbers; 20 stands for any more than sixteen
  template <std::size_t numbers>
  void distances(std::size_t features, Lanes (&result)[others]) const {
    if constexpr (numbers == 0) {
      for (Lanes& none : result) none = Vector::splat(0.0);
    } else if constexpr (numbers <= 2) {
      terms(0, result);
      if constexpr (numbers == 2) add_terms(1, result);
    } else if constexpr (numbers <= 16) {
      all_quarters<numbers / 4>(features, result);
    } else {
      all_quarters<4, true>(features, result);
    }
  }

  /// How many of `count` features from `first` on differ.
  Lanes mismatches(std::size_t r, std::size_t first, std::size_t count) const {
    Lanes sum = Vector::splat(0.0);
    for (std::size_t j = first; j < first + count; ++j)
      sum = Vector::count_unlike(sum, Vector::load(tile + j * pair_tile), Vector::splat(row[r][j]));
    return sum;
  }
};

/// The exact sums of the lanes. The highest three limbs are in registers; a value seldom has anything below them.
template <class Vector>
class LaneSums {
 public:
  using Lanes = typename Vector::Lanes;

  /// @param sums (limbs, pair_tile), from the first lane on
  LaneSums(const PairQuery& query, std::int64_t* sums) : query_(query), sums_(sums), top_(query.limbs - 1) {
    for (std::size_t l = 0; l < 3; ++l) magic_[l] = Vector::splat(query.magic[top_ - l]);
  }

  void add(Lanes value) {
    const Lanes rest = cut<1>(cut<0>(value));
    if (any(rest)) add_deeper(rest);
  }

  /// @param lost  what the product lost in rounding: at most 2^-53 of it, so the highest limb has none of it
  void add(Lanes product, Lanes lost) {
    const Lanes rest = cut<1>(cut<0>(product)), lost_rest = cut<2>(cut<1>(lost));
    if (any(rest)) add_deeper(rest);
    if (any(lost_rest)) add_deeper(lost_rest);
  }

  /// @param count  how many values were added
  void finish(std::uint64_t count) {
    const bool products = query_.weights != nullptr;
    add_words(words_[0], count, top_);
    add_words(words_[1], products ? 2 * count : count, top_ - 1);
    if (products) add_words(words_[2], count, top_ - 2);
  }

 private:
  using Words = typename Vector::Words;
  static constexpr unsigned all_lanes = (1u << Vector::width) - 1;

  static bool any(Lanes rest) { return Vector::at_most(Vector::absolute(rest), Vector::splat(0.0)) != all_lanes; }

  static Lanes cut(Lanes value, Lanes magic, Words& limb) {
    const Lanes shifted = Vector::add(value, magic);  // rounds to a multiple of the unit
    limb = Vector::add_bits(limb, shifted);
    return Vector::subtract(value, Vector::subtract(shifted, magic));  // exact
  }

  template <std::size_t limb>
  Lanes cut(Lanes value) {
    return cut(value, magic_[limb], words_[limb]);
  }

  void add_deeper(Lanes rest) {
    for (std::size_t limb = top_ - 1; limb-- > 0;) {
      Words words = Vector::no_words();
      rest = cut(rest, Vector::splat(query_.magic[limb]), words);
      add_words(words, 1, limb);
    }
  }

  /// @param count  how many magic numbers each word has in it
  void add_words(Words words, std::uint64_t count, std::size_t limb) {
    std::uint64_t lanes[Vector::width];
    Vector::store_words(lanes, words);
    const std::uint64_t magic = count * static_cast<std::uint64_t>(bits_of(query_.magic[limb]));
    for (std::size_t l = 0; l < Vector::width; ++l)
      sums_[limb * pair_tile + l] += static_cast<std::int64_t>(lanes[l] - magic);
  }

  const PairQuery& query_;
  std::int64_t* sums_;
  const std::size_t top_;  // the highest limb
  Lanes magic_[3];         // the highest first
  Words words_[3] = {Vector::no_words(), Vector::no_words(), Vector::no_words()};
};

/// high + low = a * b exactly (T. J. Dekker, 1971) if nothing overflows or underflows.
template <class Vector>
struct ExactProduct {
  using Lanes = typename Vector::Lanes;

  ExactProduct(Lanes a, Lanes b) : high(Vector::multiply(a, b)) {
    const Lanes a_high = upper_half(a), b_high = upper_half(b);
    const Lanes a_low = Vector::subtract(a, a_high), b_low = Vector::subtract(b, b_high);
    low = Vector::subtract(Vector::multiply(a_high, b_high), high);
    low = Vector::add(low, Vector::multiply(a_high, b_low));
    low = Vector::add(low, Vector::multiply(a_low, b_high));
    low = Vector::add(low, Vector::multiply(a_low, b_low));
  }

  Lanes high, low;

 private:
  static Lanes upper_half(Lanes a) {
    const Lanes big = Vector::multiply(a, Vector::splat(134217729.0));  // 2^27 + 1
    return Vector::subtract(big, Vector::subtract(big, a));
  }
};

template <class Vector, class Term>
struct PairSums {
  using Lanes = typename Vector::Lanes;

  /// Add the distances to `others` rows from the i-th on.
  template <std::size_t numbers, std::size_t others>
  static void add_others(const PairQuery& query, const double* tile, std::size_t i, LaneSums<Vector>& lanes) {
    const std::size_t features = query.numbers + query.categories;
    Pairs<Vector, Term, others> pairs;
    pairs.tile = tile;
    for (std::size_t r = 0; r < others; ++r) pairs.row[r] = query.rows + (i + r) * features;
    Lanes distances[others];
    pairs.template distances<numbers>(query.numbers, distances);
    for (std::size_t r = 0; r < others; ++r) {
      Lanes distance = distances[r];
      if (query.categories != 0)
        distance = Vector::add(distance, Vector::multiply(Vector::splat(query.mismatch),
                                                          pairs.mismatches(r, query.numbers, query.categories)));
      if (query.rooted) distance = Vector::square_root(distance);
      if (query.weights) {
        const ExactProduct<Vector> product(distance, Vector::splat(query.weights[i + r]));
        lanes.add(product.high, product.low);
      } else {
        lanes.add(distance);
      }
    }
  }

  template <std::size_t numbers>
  static void add_some(const PairQuery& given, std::int64_t* sums) {
    const PairQuery query = given;  // a copy, so that the compiler knows that no store changes it
    static_assert(pair_tile % Vector::width == 0, "a tile is full vectors");
    for (std::size_t first = 0; first < pair_tile; first += Vector::width) {
      LaneSums<Vector> lanes(query, sums + first);
      std::size_t i = 0;
      if constexpr (numbers > 16)  // with fewer, it costs more in registers than it saves in loads
        for (; i + 2 <= query.count; i += 2) add_others<numbers, 2>(query, query.tile + first, i, lanes);
      for (; i < query.count; ++i) add_others<numbers, 1>(query, query.tile + first, i, lanes);
      lanes.finish(query.count);
    }
  }

  static void add(const PairQuery& query, std::int64_t* sums) {
    switch (query.numbers) {
      case 0:
        return add_some<0>(query, sums);
      case 1:
        return add_some<1>(query, sums);
      case 2:
        return add_some<2>(query, sums);
      case 4:
        return add_some<4>(query, sums);
      case 8:
        return add_some<8>(query, sums);
      case 12:
        return add_some<12>(query, sums);
      case 16:
        return add_some<16>(query, sums);
      default:
        return add_some<20>(query, sums);
    }
  }
};

template <class Vector>
constexpr PairKernels pair_kernels() {
  PairKernels kernels{};
  kernels.squared = PairSums<Vector, SquaredLanes>::add;
  kernels.absolute = PairSums<Vector, AbsoluteLanes>::add;
  return kernels;
}

}  // namespace
}  // namespace pykmeans::kernels
