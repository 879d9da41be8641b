// An order of the rows in which near ones lie together: halves of halves, each cut across the column in which a sample
// of its rows spreads most.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "../machine/parallel.hpp"
#include "../rows/row_block.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

template <class T>
class NearbyOrder {
 public:
  NearbyOrder(const Points<T>& points, double factor) : points_(points), read_(points), factor_(factor) {}

  struct Span {
    std::uint32_t* begin;
    std::uint32_t* end;
    std::size_t size() const { return static_cast<std::size_t>(end - begin); }
  };
  static constexpr std::size_t smallest = 16;

  /// Cut in two near the middle. Parts of 256 rows begin at multiples of 256, smaller ones at multiples of 16.
  std::uint32_t* cut(Span rows) const {
    struct Key {
      float value;
      std::uint32_t row;
    };
    const std::size_t size = rows.size(), unit = size > 512 ? 256 : smallest, column = widest(rows);
    const std::size_t half = (size / 2 + unit - 1) / unit * unit;
    Vector<Key> keys(size);
    for (std::size_t i = 0; i < size; ++i) {
      const float value = place(rows.begin[i], column);
      keys[i] = {std::isnan(value) ? 0.0f : value,
                 rows.begin[i]};  // there is none, unless somebody writes it meanwhile
    }
    std::nth_element(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(half), keys.end(),
                     [](const Key& a, const Key& b) { return a.value < b.value; });
    for (std::size_t i = 0; i < size; ++i) rows.begin[i] = keys[i].row;
    return rows.begin + half;
  }

  void cut_all(Span rows) const {
    if (rows.size() <= smallest) return;
    std::uint32_t* middle = cut(rows);
    cut_all({rows.begin, middle});
    cut_all({middle, rows.end});
  }

 private:
  float place(std::size_t row, std::size_t column) const {
    return static_cast<float>((static_cast<double>(read_.value(row, column)) - points_.frame.origin[column]) * factor_);
  }

  std::size_t widest(Span rows) const {
    const std::size_t sampled = std::min<std::size_t>(rows.size(), 32);
    std::size_t best = 0;
    double most = -1.0;
    for (std::size_t q = 0; q < points_.columns(); ++q) {
      double sum = 0.0, squares = 0.0;
      for (std::size_t s = 0; s < sampled; ++s) {
        const auto value = static_cast<double>(place(rows.begin[s * rows.size() / sampled], q));
        sum += value;
        squares += value * value;
      }
      const double spread = squares - sum * sum / static_cast<double>(sampled);
      if (spread > most) {
        most = spread;
        best = q;
      }
    }
    return best;
  }

  const Points<T>& points_;
  const RowReader<T> read_;
  const double factor_;
};

/// @param places  of the order; those past the last row hold 0xffffffff
template <class T>
Vector<std::uint32_t> nearby_order(const Points<T>& points, double factor, std::size_t slots, int n_threads,
                                   const Poll& poll) {
  using Order = NearbyOrder<T>;
  using Span = typename Order::Span;
  const Order order(points, factor);
  Vector<std::uint32_t> rows(slots, 0xffffffffu);
  for (std::size_t i = 0; i < points.rows(); ++i) rows[i] = static_cast<std::uint32_t>(i);
  // The first halves one after another, then all of them side by side.
  Vector<Span> spans{{rows.data(), rows.data() + points.rows()}};
  while (spans.size() < 256 && spans[0].size() > 4096) {
    Vector<Span> halves(spans.size() * 2);
    parallel_blocks(spans.size(), n_threads, poll, [&](std::size_t s, int) {
      std::uint32_t* middle = order.cut(spans[s]);
      halves[2 * s] = {spans[s].begin, middle};
      halves[2 * s + 1] = {middle, spans[s].end};
    });
    spans = halves;
  }
  parallel_blocks(spans.size(), n_threads, poll, [&](std::size_t s, int) { order.cut_all(spans[s]); });
  return rows;
}

}  // namespace pykmeans::detail
