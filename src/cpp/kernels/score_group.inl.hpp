// Dot-product scores of chosen rows against sixteen centers. The centers lie in the lanes and rows are read through
// pointers, so that a row that was not chosen costs nothing. Included by the isa_*.cpp files only (see
// nearest_score.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "bits.hpp"
#include "score_group.hpp"

namespace pykmeans::kernels {
namespace {

/// Keep the compiler from computing a pointer anew, from other values, each time that a loop uses it.
template <class T>
inline void hide(T*& pointer) {
#ifdef __GNUC__
  asm("" : "+r"(pointer));
#else
  static_cast<void>(pointer);
#endif
}

/// Rows up to full vectors.
template <class Vector, std::size_t n_rows>
constexpr std::size_t padded_rows = (n_rows + Vector::width - 1) / Vector::width * Vector::width;

/// For scores that need none.
struct NoSlack {
  template <class Lanes>
  static Lanes of_centers(std::size_t, std::size_t, Lanes score) {
    return score;
  }
  template <class Lanes>
  static Lanes of_rows(std::size_t, Lanes score) {
    return score;
  }
};

/// The limits of some rows. They are written long before they are read as vectors: a vector that is read just after its
/// parts were written has to wait for these.
template <class Vector, std::size_t n_rows>
struct RowLimits {
  float of[padded_rows<Vector, n_rows>] = {};

  template <class Query>
  RowLimits(const Query& query, std::size_t base) {
    for (std::size_t r = 0; r < n_rows; ++r) of[r] = query.limits[query.chosen[base + r]];
  }
};

/// Scores of some rows against sixteen centers.
template <class Vector, std::size_t n_rows>
struct PanelScores {
  using Lanes = typename Vector::Lanes;
  static_assert(group_lanes % Vector::width == 0, "sixteen centers are full vectors");
  static constexpr std::size_t vectors = group_lanes / Vector::width;
  Lanes at[vectors][n_rows];

  /// Answer for the rows from `base` on. For most rows the least score with the largest slack is enough: if that is above
  /// a row's limit, so are all scores. The row's own center takes part here. Its score is not above the limit, so its
  /// panel is always looked at closely.
  /// @param n  rows that were contended before  @param slack  what to add to scores  @return and after
  template <class Query, class Slack>
  std::size_t judge(const Query& query, std::size_t base, const RowLimits<Vector, n_rows>& limits,
                    const GroupAnswer& answer, std::size_t n, const Slack& slack) const {
    Lanes lowest[n_rows];
    for (std::size_t r = 0; r < n_rows; ++r) {
      lowest[r] = at[0][r];
      for (std::size_t v = 1; v < vectors; ++v) lowest[r] = Vector::min(lowest[r], at[v][r]);
    }
    float* const least = answer.least + base;
    Vector::least_of_each(lowest, least);
    unsigned near = 0;
    for (std::size_t r = 0; r < padded_rows<Vector, n_rows>; r += Vector::width) {
      const Lanes score = slack.of_rows(r, Vector::load(least + r));
      Vector::store(least + r, score);
      near |= Vector::not_above(score, Vector::load(limits.of + r)) << r;
    }
    near &= (1u << n_rows) - 1;
    if (near != 0) n = look_closely(near, query, base, answer, n, slack);
    return n;
  }

 private:
  template <class Query, class Slack>
  std::size_t look_closely(unsigned near, const Query& query, std::size_t base, const GroupAnswer& answer,
                           std::size_t n, const Slack& slack) const {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    float all[n_rows][group_lanes];  // the scores themselves are in registers, which cannot be asked for by number
    for (std::size_t r = 0; r < n_rows; ++r)
      for (std::size_t v = 0; v < vectors; ++v) Vector::store(all[r] + v * Vector::width, at[v][r]);
    for (; near != 0; near &= near - 1) {
      const std::size_t r = lowest_bit(near), row = query.chosen[base + r];
      const auto own = static_cast<unsigned>(query.slot[row] - query.first_slot);  // too great if it is elsewhere
      unsigned others = ~0u;
      if (own < group_lanes) {
        all[r][own] = infinity;
        others = ~(1u << own);
      }
      const Lanes limit = Vector::splat(query.limits[row]);
      Lanes least = Vector::splat(infinity);
      unsigned mask = 0;
      for (std::size_t lane = 0; lane < group_lanes; lane += Vector::width) {
        const Lanes score = slack.of_centers(r, lane, Vector::load(all[r] + lane));
        mask |= Vector::not_above(score, limit) << lane;
        least = Vector::min(least, score);
      }
      mask &= others;
      answer.least[base + r] = Vector::least(least);
      answer.contenders[base + r] = mask;
      answer.contended[n] = static_cast<std::uint32_t>(base + r);
      n += (mask != 0 && base + r < query.count) ? 1 : 0;
    }
    return n;
  }
};

/// @tparam rows_at_once  rows whose accumulators fit the registers and hide the latency of multiply-add
template <class Vector, std::size_t rows_at_once>
std::size_t score_group(const GroupQuery<float>& query, const GroupAnswer& answer) {
  using Lanes = typename Vector::Lanes;
  constexpr std::size_t vectors = group_lanes / Vector::width;
  std::size_t contended = 0;
  for (std::size_t base = 0; base < query.count; base += rows_at_once) {
    const float* rows[rows_at_once];
    for (std::size_t r = 0; r < rows_at_once; ++r) {
      rows[r] = query.rows + query.chosen[base + r] * query.stride;
      hide(rows[r]);
    }
    const RowLimits<Vector, rows_at_once> limits(query, base);
    PanelScores<Vector, rows_at_once> scores;
    for (std::size_t v = 0; v < vectors; ++v) {
      const Lanes start = Vector::load(query.bounds + v * Vector::width);
      for (std::size_t r = 0; r < rows_at_once; ++r) scores.at[v][r] = start;
    }
    for (std::size_t q = 0; q < query.features; ++q) {
      Lanes centers[vectors];
      for (std::size_t v = 0; v < vectors; ++v)
        centers[v] = Vector::load(query.centers + q * group_lanes + v * Vector::width);
      for (std::size_t r = 0; r < rows_at_once; ++r) {
        const Lanes value = Vector::splat(rows[r][q]);
        for (std::size_t v = 0; v < vectors; ++v)
          scores.at[v][r] = Vector::multiply_add(value, centers[v], scores.at[v][r]);
      }
    }
    contended = scores.judge(query, base, limits, answer, contended, NoSlack());
  }
  return contended;
}

template <class Vector>
std::size_t survivors(const float* bound, const float* reach, float moved, std::size_t count, std::uint32_t* chosen) {
  constexpr std::size_t width = Vector::width;
  const typename Vector::Lanes move = Vector::splat(moved), more = Vector::splat(1.0f + 0x1p-22f);
  std::size_t n = 0, i = 0;
  for (; i + width <= count; i += width) {
    const typename Vector::Lanes far = Vector::multiply(Vector::add(Vector::load(reach + i), move), more);
    n += Vector::list_lanes(Vector::not_above(Vector::load(bound + i), far), static_cast<std::uint32_t>(i), chosen + n);
  }
  for (; i < count; ++i)
    if (!(bound[i] > (reach[i] + moved) * (1.0f + 0x1p-22f))) chosen[n++] = static_cast<std::uint32_t>(i);
  return n;
}

template <class Vector>
void keep_bounds(const float* least, const std::uint32_t* chosen, std::size_t count, const float* below, float moved,
                 float* bound) {
  constexpr std::size_t strip = 64;
  for (std::size_t base = 0; base < count; base += strip) {
    const std::size_t n = count - base < strip ? count - base : strip;
    float kept[strip] = {};
    for (std::size_t s = 0; s < n; ++s) kept[s] = below[chosen[base + s]] + 2.0f * least[base + s];
    for (std::size_t s = 0; s < strip; s += Vector::width)
      Vector::store(kept + s, Vector::square_root(Vector::max(Vector::load(kept + s), Vector::splat(0.0f))));
    for (std::size_t s = 0; s < n; ++s)
      bound[chosen[base + s]] = (kept[s] * (1.0f - 0x1p-20f) + moved) * (1.0f - 0x1p-21f);
  }
}

template <class Vector>
float squared_distance(const float* row, const float* center, std::size_t features) {
  using Lanes = typename Vector::Lanes;
  const auto add = [&](Lanes sum, std::size_t q) {
    const Lanes difference = Vector::subtract(Vector::load(row + q), Vector::load(center + q));
    return Vector::multiply_add(difference, difference, sum);
  };
  Lanes first = Vector::splat(0.0f), second = first, third = first, fourth = first;  // to hide their latency
  std::size_t q = 0;
  for (; q + 4 * Vector::width <= features; q += 4 * Vector::width) {
    first = add(first, q);
    second = add(second, q + Vector::width);
    third = add(third, q + 2 * Vector::width);
    fourth = add(fourth, q + 3 * Vector::width);
  }
  for (; q + Vector::width <= features; q += Vector::width) first = add(first, q);
  float lanes[Vector::width];
  Vector::store(lanes, Vector::add(Vector::add(first, second), Vector::add(third, fourth)));
  float sum = 0.0f;
  for (const float lane : lanes) sum += lane;
  for (; q < features; ++q) sum += (row[q] - center[q]) * (row[q] - center[q]);
  return sum;
}

template <class Vector, std::size_t rows_at_once>
constexpr GroupKernels group_kernels() {
  return {score_group<Vector, rows_at_once>, survivors<Vector>, keep_bounds<Vector>, squared_distance<Vector>};
}

}  // namespace
}  // namespace pykmeans::kernels
