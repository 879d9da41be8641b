// Exact sums of the distances between rows and other rows, in the referee's order (distances.inl.hpp): a lane for each
// row, so that nothing is folded across lanes. Included by the isa_*.cpp files only (see nearest_score.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "limbs.inl.hpp"
#include "table.hpp"

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

/// What the rows of some lanes and another row have in each feature.
template <class Vector, class Term>
struct Pair {
  using Lanes = typename Vector::Lanes;

  const double* tile;  // (features, pair_tile), from the first lane on
  const double* row;   // (features)

  Lanes difference(std::size_t j) const {
    return Vector::subtract(Vector::load(tile + j * pair_tile), Vector::splat(row[j]));
  }
  Lanes term(std::size_t j) const { return Term::template of<Vector>(difference(j)); }

  /// The referee's partial sums l, l + 4, l + 8 and l + 12, folded as it does; of the first 4 * fours features, and of
  /// `features` where there are more. Those that a multiple of four adds are zero and change nothing.
  template <std::size_t fours, bool more>
  Lanes quarter(std::size_t l, std::size_t features) const {
    Lanes sums[fours];
    for (std::size_t m = 0; m < fours; ++m) sums[m] = term(l + 4 * m);
    if constexpr (more) {
      std::size_t first = 16;
      for (; first + 16 <= features; first += 16)
        for (std::size_t m = 0; m < 4; ++m) sums[m] = Vector::add(sums[m], term(first + l + 4 * m));
      for (std::size_t m = 0; m < 3; ++m)
        if (first + 4 * m < features) sums[m] = Vector::add(sums[m], term(first + l + 4 * m));
    }
    if constexpr (fours > 2) sums[0] = Vector::add(sums[0], sums[2]);
    if constexpr (fours > 3) sums[1] = Vector::add(sums[1], sums[3]);
    if constexpr (fours > 1) sums[0] = Vector::add(sums[0], sums[1]);
    return sums[0];
  }

  template <std::size_t fours, bool more = false>
  Lanes all_quarters(std::size_t features) const {
    const Lanes even = Vector::add(quarter<fours, more>(0, features), quarter<fours, more>(2, features));
    return Vector::add(even, Vector::add(quarter<fours, more>(1, features), quarter<fours, more>(3, features)));
  }

  /// @tparam numbers  how many features are numbers; 20 for any more than sixteen
  template <std::size_t numbers>
  Lanes distance(std::size_t features) const {
    if constexpr (numbers == 0)
      return Vector::splat(0.0);
    else if constexpr (numbers == 1)
      return term(0);
    else if constexpr (numbers == 2)
      return Vector::add(term(0), term(1));
    else if constexpr (numbers <= 16)
      return all_quarters<numbers / 4>(features);
    else
      return all_quarters<4, true>(features);
  }

  Lanes unlike(std::size_t first, std::size_t count) const {
    Lanes sum = Vector::splat(0.0);
    for (std::size_t j = first; j < first + count; ++j)
      sum = Vector::count_unlike(sum, Vector::load(tile + j * pair_tile), Vector::splat(row[j]));
    return sum;
  }
};

/// The exact sums of some lanes. Three limbs are in registers; what is below those that a value needs is seldom there.
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

  /// What a product lost in rounding, at most 2^-53 of it, has nothing in the first limb.
  void add(Lanes product, Lanes lost) {
    const Lanes rest = cut<1>(cut<0>(product)), lost_rest = cut<2>(cut<1>(lost));
    if (any(rest)) add_deeper(rest);
    if (any(lost_rest)) add_deeper(lost_rest);
  }

  /// @param count  how many were added
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

  /// @param count  how many magic numbers are in each
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

/// high + low = a * b (T. J. Dekker, 1971), where nothing overflows or underflows.
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

  template <std::size_t numbers>
  static void add_some(const PairQuery& query, std::int64_t* sums) {
    const std::size_t count = query.count, n_numbers = query.numbers, categories = query.categories;
    const bool rooted = query.rooted;
    const double* const weights = query.weights;
    const Lanes mismatch = Vector::splat(query.mismatch);
    for (std::size_t first = 0; first < pair_tile; first += Vector::width) {
      LaneSums<Vector> lanes(query, sums + first);
      for (std::size_t i = 0; i < count; ++i) {
        const Pair<Vector, Term> pair{query.tile + first, query.rows + i * (n_numbers + categories)};
        Lanes distance = pair.template distance<numbers>(n_numbers);
        if (categories != 0)
          distance = Vector::add(distance, Vector::multiply(mismatch, pair.unlike(n_numbers, categories)));
        if (rooted) distance = Vector::square_root(distance);
        if (weights) {
          const ExactProduct<Vector> product(distance, Vector::splat(weights[i]));
          lanes.add(product.high, product.low);
        } else {
          lanes.add(distance);
        }
      }
      lanes.finish(count);
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
constexpr PairKernels pair_kernels = {PairSums<Vector, SquaredLanes>::add, PairSums<Vector, AbsoluteLanes>::add};

}  // namespace
}  // namespace pykmeans::kernels
