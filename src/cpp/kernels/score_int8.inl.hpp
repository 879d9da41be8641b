// The scores of score_group.inl.hpp in 8-bit integers. Included by the isa_*.cpp files only (see
// nearest_score.inl.hpp).
//
// Instruction sets differ in how they sum the products of integers. DotSums: an instruction adds four products to a
// 32-bit sum. WrappingSums: two are added to a 16-bit sum. Both sums are exact for all that quantize and pack_centers
// write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "score_group.inl.hpp"
#include "score_int8.hpp"
#include "vector_types.hpp"

namespace pykmeans::kernels {
namespace {

inline std::int32_t four_at(const std::int8_t* p) {
  std::int32_t four;
  std::memcpy(&four, p, sizeof four);
  return four;
}

/// The bytes of a row are its integers, zeros up to a multiple of 16, and a start of 32 bits for each chunk of
/// features. The bytes of a panel are, for each four features, those of each center side by side, with 128 added.
struct FourByFour {
  static constexpr std::size_t fours(std::size_t features) { return (features + 3) / 4; }
  static constexpr std::size_t padded(std::size_t bytes) { return (bytes + 15) / 16 * 16; }
  static constexpr std::size_t byte_of(std::size_t feature, std::size_t lane) {
    return (feature / 4 * group_lanes + lane) * 4 + feature % 4;
  }
  static constexpr std::uint8_t offset = 128;
};

/// Sums by x86's vpdpbusd and its like. A row has one chunk, which starts at -128 times the sum of its integers.
/// @tparam Dot  Int8Dot of vector_types.hpp
template <class Dot>
struct DotSums : FourByFour {
  static_assert(supplies<Int8Dot<Dot>>());
  using Lanes = typename Dot::Lanes;
  static constexpr float most_of_row = 127.0f, most_of_center = 127.0f;
  static constexpr std::size_t chunk = 0;  // all features

  static std::int32_t start(float first_halves, float second_halves) {
    return -128 * static_cast<std::int32_t>(first_halves + second_halves);
  }

  template <std::size_t vectors, std::size_t n_rows>
  static inline void add(const std::int8_t* const (&rows)[n_rows], std::size_t features, const std::uint8_t* centers,
                         Lanes (&sums)[vectors][n_rows]) {
    const std::size_t n = fours(features);
    Lanes wide[vectors][n_rows];  // kept in registers, which the compiler does not do with sums
    for (std::size_t r = 0; r < n_rows; ++r)
      for (std::size_t v = 0; v < vectors; ++v) wide[v][r] = Dot::splat(four_at(rows[r] + padded(features)));
    for (std::size_t q = 0; q < n; ++q)
      for (std::size_t v = 0; v < vectors; ++v) {
        const Lanes four = Dot::load(centers + q * group_lanes * 4 + v * sizeof(Lanes));
        for (std::size_t r = 0; r < n_rows; ++r) Dot::add_dot(wide[v][r], four, rows[r] + 4 * q);
      }
    for (std::size_t r = 0; r < n_rows; ++r)
      for (std::size_t v = 0; v < vectors; ++v) sums[v][r] = wide[v][r];
  }
};

/// Sums by x86's vpmaddubsw, which adds the products of two unsigned and two signed integers in 16 bits: at most
/// 2 * 255 * 63 = 32130, so that it never saturates. Sums of 16 bits may wrap. Over a chunk of 32 features, each lane has
/// two sums: one over the first two of each four features, one over the last two. Each starts at -128 times the sum of
/// the row's integers in that half, so it ends at the sum of Y Z over 16 features, modulo 2^16. That determines the sum
/// if
///     |Y| |Z| <= 127.9 * 256 < 2^15     (norms over those 16 features; Cauchy-Schwarz),
/// which the scales guarantee. With a scale s, rounding to integers gives |Y| <= |y| / s + .5 * 4. So s is at least
/// |y| / (127.9 - .51 * 4) and, likewise, that of the centers at least |z| / (256 - .51 * 4), each times 1.0001, far more
/// than rounding adds. Most rows and centers have a larger scale anyway.
/// @tparam Pairs  Int8Pairs of vector_types.hpp
template <class Pairs>
struct WrappingSums : FourByFour {
  static_assert(supplies<Int8Pairs<Pairs>>());
  using Lanes = typename Pairs::Lanes;
  static constexpr float most_of_row = 63.0f, most_of_center = 127.0f;
  static constexpr std::size_t chunk = 32;
  static constexpr float room_of_row = (127.9f - 0.51f * 4.0f) / 1.0001f;
  static constexpr float room_of_center = (256.0f - 0.51f * 4.0f) / 1.0001f;

  static std::int32_t start(float first_halves, float second_halves) {
    const auto low = static_cast<std::uint16_t>(-128 * static_cast<std::int32_t>(first_halves));
    const auto high = static_cast<std::uint16_t>(-128 * static_cast<std::int32_t>(second_halves));
    return static_cast<std::int32_t>(std::uint32_t{high} << 16 | low);
  }

  template <std::size_t vectors, std::size_t n_rows>
  static inline void add(const std::int8_t* const (&rows)[n_rows], std::size_t features, const std::uint8_t* centers,
                         Lanes (&sums)[vectors][n_rows]) {
    const std::size_t n = fours(features);
    for (std::size_t r = 0; r < n_rows; ++r)
      for (std::size_t v = 0; v < vectors; ++v) sums[v][r] = Pairs::zeros();
    std::size_t starts = padded(features);
    for (std::size_t q = 0; q < n; starts += 4) {
      Lanes narrow[vectors][n_rows];
      for (std::size_t r = 0; r < n_rows; ++r)
        for (std::size_t v = 0; v < vectors; ++v) narrow[v][r] = Pairs::splat(four_at(rows[r] + starts));
      const std::size_t end = q + chunk / 4 < n ? q + chunk / 4 : n;
#if defined(__clang__)
#pragma clang loop unroll(disable)
#elif defined(__GNUC__)
#pragma GCC unroll 1
#endif
      for (; q < end; ++q) {
        Lanes four[vectors];
        for (std::size_t v = 0; v < vectors; ++v)
          four[v] = Pairs::load(centers + q * group_lanes * 4 + v * sizeof(Lanes));
        for (std::size_t r = 0; r < n_rows; ++r) {
          const Lanes row = Pairs::splat(four_at(rows[r] + 4 * q));
          for (std::size_t v = 0; v < vectors; ++v) narrow[v][r] = Pairs::add_pairs(narrow[v][r], four[v], row);
        }
      }
      for (std::size_t r = 0; r < n_rows; ++r)
        for (std::size_t v = 0; v < vectors; ++v) sums[v][r] = Pairs::add_halves(sums[v][r], narrow[v][r]);
    }
  }
};

/// Sums over the lanes of the first two of each four features, and over those of the second.
template <class Vector>
struct Halves {
  float first = 0.0f, second = 0.0f;

  explicit Halves(typename Vector::Lanes v) {
    float lanes[Vector::width];
    Vector::store(lanes, v);
    for (std::size_t l = 0; l < Vector::width; l += 4) {
      first += lanes[l] + lanes[l + 1];
      second += lanes[l + 2] + lanes[l + 3];
    }
  }
  float most() const { return first > second ? first : second; }
};

template <class Vector>
float root(float square) {
  float lanes[Vector::width];
  Vector::store(lanes, Vector::square_root(Vector::splat(square)));
  return lanes[0];
}

// Rows and panels whose values are all smaller than this are written as zeros: their squares would vanish in float, and a
// scale chosen from them would be too small.
constexpr float least_quantized = 0x1p-50f;

// A row beyond this, or with values beyond float, is written as zeros. Its norm is above 2^80, so its limit is infinite
// and the filter decides nothing.
constexpr float most_scale = 0x1p60f, most_error = 0x1p120f;

/// Features of a chunk.
template <class Sums>
std::size_t chunk_of(std::size_t features) {
  return Sums::chunk == 0 ? features : Sums::chunk;
}

/// The least scale that the sums allow.
template <class Vector, class Sums>
float scale_of_row(const float* placed, std::size_t features) {
  using Lanes = typename Vector::Lanes;
  const std::size_t chunk = chunk_of<Sums>(features);
  Lanes largest = Vector::splat(0.0f);
  float most_of_half = 0.0f;
  for (std::size_t begin = 0; begin < features; begin += chunk) {
    const std::size_t end = begin + chunk < features ? begin + chunk : features;
    Lanes squares = Vector::splat(0.0f);
    for (std::size_t q = begin; q < end; q += Vector::width) {
      const Lanes value = Vector::load(placed + q);
      largest = Vector::max(largest, Vector::absolute(value));
      if constexpr (Sums::chunk != 0) squares = Vector::multiply_add(value, value, squares);
    }
    if constexpr (Sums::chunk != 0) {
      const float most = Halves<Vector>(squares).most();
      if (most > most_of_half) most_of_half = most;
    }
  }
  const float most = -Vector::least(Vector::subtract(Vector::splat(0.0f), largest));
  float scale = most > least_quantized ? most * (1.0f / Sums::most_of_row) : 0.0f;
  if constexpr (Sums::chunk != 0) {
    const float least = root<Vector>(most_of_half) * (1.0f / Sums::room_of_row);
    if (scale > 0.0f && least > scale) scale = least;
  }
  return scale;
}

template <class Sums>
std::size_t row_bytes(std::size_t features) {
  const std::size_t chunk = chunk_of<Sums>(features), chunks = (features + chunk - 1) / chunk;
  return Sums::padded(features) + Sums::padded(4 * chunks);
}

template <class Vector, class Sums>
Int8Row quantize(const float* placed, std::size_t features, float norm, std::int8_t* quantized) {
  using Lanes = typename Vector::Lanes;
  static_assert(Sums::chunk % Vector::width == 0, "a chunk is full vectors");
  const std::size_t chunk = chunk_of<Sums>(features);
  const float scale = scale_of_row<Vector, Sums>(placed, features);
  if (!(scale <= most_scale)) {
    std::memset(quantized, 0, row_bytes<Sums>(features));
    return {0.0f, -most_error, -most_error};
  }
  const Lanes magic = Vector::splat(12582912.0f);  // 1.5 * 2^23: rounds what is added to it to an integer
  const Lanes to_integer = Vector::splat(scale > 0.0f ? 1.0f / scale : 0.0f), minus_scale = Vector::splat(-scale);
  Lanes squares = Vector::splat(0.0f);
  std::int8_t* starts = quantized + Sums::padded(features);
  for (std::size_t begin = 0; begin < features; begin += chunk, starts += 4) {
    const std::size_t end = begin + chunk < features ? begin + chunk : features;
    Lanes sums = Vector::splat(0.0f);
    for (std::size_t q = begin; q < end; q += Vector::width) {
      const Lanes value = Vector::load(placed + q);
      const Lanes integer = Vector::subtract(Vector::multiply_add(value, to_integer, magic), magic);
      const Lanes residual = Vector::multiply_add(integer, minus_scale, value);
      Vector::store_bytes(quantized + q, integer);
      sums = Vector::add(sums, integer);  // exact
      squares = Vector::multiply_add(residual, residual, squares);
    }
    const Halves<Vector> halves(sums);
    const std::int32_t start = Sums::start(halves.first, halves.second);
    std::memcpy(starts, &start, sizeof start);
  }
  const Halves<Vector> square(squares);
  const auto d = static_cast<float>(features);
  const float residual =
      root<Vector>(square.first + square.second) * (1.0f + (d + 32.0f) * 0x1p-23f) + norm * 0x1p-21f + d * 0x1p-70f;
  return {scale, -(norm + residual) * (1.0f + 0x1p-19f), -residual * (1.0f + 0x1p-19f)};
}

/// The least scale of a panel that the sums allow.
template <class Double, class Sums>
double scale_of_centers(const float* values, std::size_t features) {
  double most = 0.0, most_of_half = 0.0, squares[2][group_lanes] = {};
  for (std::size_t q = 0; q < features; ++q) {
    if constexpr (Sums::chunk != 0)
      if (q % Sums::chunk == 0) std::memset(squares, 0, sizeof squares);
    for (std::size_t l = 0; l < group_lanes; ++l) {
      const auto z = static_cast<double>(values[q * group_lanes + l]);
      const double size = z < 0.0 ? -z : z;
      if (size > most) most = size;
      if constexpr (Sums::chunk != 0) {
        double& square = squares[q / 2 % 2][l];
        square += z * z;
        if (square > most_of_half) most_of_half = square;
      }
    }
  }
  if (!(most > static_cast<double>(least_quantized))) return 0.0;
  const double scale = most / static_cast<double>(Sums::most_of_center);
  if constexpr (Sums::chunk != 0) {
    double roots[Double::width];
    Double::store(roots, Double::square_root(Double::splat(most_of_half)));
    const double least = roots[0] / static_cast<double>(Sums::room_of_center);
    if (least > scale) return least;
  }
  return scale;
}

template <class Double, class Sums>
Int8Centers pack_centers(const float* values, std::size_t features, std::uint8_t* packed) {
  Int8Centers about{};
  about.scale = static_cast<float>(scale_of_centers<Double, Sums>(values, features));
  const auto scale = static_cast<double>(about.scale);
  const double inverse = scale > 0.0 ? 1.0 / scale : 0.0;
  double norms[group_lanes] = {}, residuals[group_lanes] = {};
  std::memset(packed, Sums::offset, Sums::fours(features) * group_lanes * 4);
  for (std::size_t q = 0; q < features; ++q)
    for (std::size_t l = 0; l < group_lanes; ++l) {
      const auto z = static_cast<double>(values[q * group_lanes + l]);
      const double integer = z * inverse + 0x1.8p52 - 0x1.8p52;  // rounded
      const double residual = z - integer * scale;
      packed[Sums::byte_of(q, l)] = static_cast<std::uint8_t>(integer + Sums::offset);
      norms[l] += z * z;
      residuals[l] += residual * residual;
    }
  for (std::size_t l = 0; l < group_lanes; l += Double::width) {
    Double::store(norms + l, Double::square_root(Double::load(norms + l)));
    Double::store(residuals + l, Double::square_root(Double::load(residuals + l)));
  }
  for (std::size_t l = 0; l < group_lanes; ++l) {
    about.norm[l] = static_cast<float>(norms[l] * (1.0 + 0x1p-18) + 0x1p-140);
    about.residual[l] = static_cast<float>(residuals[l] * (1.0 + 0x1p-18) + 0x1p-140);
    if (about.norm[l] > about.most_norm) about.most_norm = about.norm[l];
    if (about.residual[l] > about.most_residual) about.most_residual = about.residual[l];
  }
  return about;
}

/// The most that rounding to integers may add to the score of a row and a center, negated.
template <class Vector, std::size_t n_rows>
struct Int8Slack {
  using Lanes = typename Vector::Lanes;
  const Int8Centers& about;
  const Int8Row* rows[n_rows];
  float minus_norm[padded_rows<Vector, n_rows>] = {}, minus_residual[padded_rows<Vector, n_rows>] = {};

  void put(std::size_t r, const Int8Row* row) {
    rows[r] = row;
    minus_norm[r] = row->minus_norm;
    minus_residual[r] = row->minus_residual;
  }
  /// Scores of the row and the centers from `lane` on.
  Lanes of_centers(std::size_t r, std::size_t lane, Lanes score) const {
    score = Vector::multiply_add(Vector::splat(rows[r]->minus_norm), Vector::load(about.residual + lane), score);
    return Vector::multiply_add(Vector::splat(rows[r]->minus_residual), Vector::load(about.norm + lane), score);
  }
  /// Scores of the rows from `first` on, and any of the centers: the same operations on larger norms. Each of them
  /// rounds monotonically, so that the result is not above that of any center.
  Lanes of_rows(std::size_t first, Lanes score) const {
    score = Vector::multiply_add(Vector::load(minus_norm + first), Vector::splat(about.most_residual), score);
    return Vector::multiply_add(Vector::load(minus_residual + first), Vector::splat(about.most_norm), score);
  }
};

template <class Vector, class Sums, std::size_t rows_at_once>
std::size_t score_int8(const GroupQuery<std::int8_t, std::uint8_t>& query, const Int8Row* about_rows,
                       const Int8Centers& about, const GroupAnswer& answer) {
  constexpr std::size_t vectors = group_lanes / Vector::width;
  std::size_t contended = 0;
  Int8Slack<Vector, rows_at_once> slack{about, {}};
  for (std::size_t base = 0; base < query.count; base += rows_at_once) {
    const std::int8_t* rows[rows_at_once];
    for (std::size_t r = 0; r < rows_at_once; ++r) {
      rows[r] = query.rows + query.chosen[base + r] * query.stride;
      hide(rows[r]);
      slack.put(r, about_rows + query.chosen[base + r]);
    }
    const RowLimits<Vector, rows_at_once> limits(query, base);
    typename Sums::Lanes sums[vectors][rows_at_once];
    Sums::add(rows, query.features, query.centers, sums);
    PanelScores<Vector, rows_at_once> scores;
    for (std::size_t r = 0; r < rows_at_once; ++r) {
      const typename Vector::Lanes scale = Vector::splat(slack.rows[r]->scale * about.scale);
      for (std::size_t v = 0; v < vectors; ++v)
        scores.at[v][r] = Vector::multiply_add(scale, Vector::from_integers(sums[v][r]),
                                               Vector::load(query.bounds + v * Vector::width));
    }
    contended = scores.judge(query, base, limits, answer, contended, slack);
  }
  return contended;
}

template <class Sums>
std::size_t panel_bytes(std::size_t features) {
  return Sums::fours(features) * group_lanes * 4;
}

template <class Vector, class Double, class Sums, std::size_t rows_at_once>
constexpr Int8Kernels int8_kernels() {
  static_assert(is_vector<Vector>() && is_vector<Double>() && supplies<Int8Vector<Vector, Sums>>());
  return {row_bytes<Sums>, panel_bytes<Sums>, pack_centers<Double, Sums>, quantize<Vector, Sums>,
          score_int8<Vector, Sums, rows_at_once>};
}

}  // namespace
}  // namespace pykmeans::kernels
