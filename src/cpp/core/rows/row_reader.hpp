// Rows as the metric sees them: they are read where they lie, but for cosine, where they are normalized into a scratch.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include "../machine/large_array.hpp"
#include "../machine/prefetch.hpp"
#include "normalize.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

/// One for each thread, as what it returns may lie in its scratch.
template <class T>
class RowReader {
 public:
  /// `points` must outlive it. @param places  rows that are used at the same time
  explicit RowReader(const Points<T>& points, std::size_t slots = 1) : points_(&points), slots_(slots) {
    // A cache line more, so that threads whose scratch lie side by side write to lines of their own.
    if (points.unit_rows) scratch_ = LargeArray<T>(slots * points.values.columns + cache_line / sizeof(T));
  }

  /// A row, valid until another is read into the same place.
  const T* operator()(std::size_t row, std::size_t slot = 0) const {
    if constexpr (normalizes) {
      if (scratch_) {
        T* const out = scratch_.data() + slot * points_->values.columns;
        points_->unit_rows->write(row, out);
        return out;
      }
    }
    return points_->values.row(row);
  }

  /// One value, where the rest of the row is not wanted.
  T value(std::size_t row, std::size_t column) const {
    if constexpr (normalizes) {
      if (scratch_) return points_->unit_rows->value(row, column);
    }
    return points_->values.row(row)[column];
  }

  /// Call use(first, rows) for rows [begin, end), as many at a time as there are places, or all where they lie.
  template <class Use>
  void in_views(std::size_t begin, std::size_t end, const Use& use) const {
    const std::size_t step = scratch_ ? slots_ : end - begin, d = points_->values.columns;
    for (std::size_t first = begin; first < end; first += step) {
      const std::size_t count = std::min(step, end - first);
      MatrixView<T> view = points_->values;
      if (scratch_) {
        for (std::size_t i = 0; i < count; ++i) (*this)(first + i, i);
        view = MatrixView<T>(scratch_.data(), count, d);
      } else {
        view.data = view.row(first);
        view.rows = count;
      }
      use(first, view);
    }
  }

  /// A hint that the row will be read soon.
  void prefetch(std::size_t row) const {
    const auto memory = scratch_ ? points_->unit_rows->memory(row)
                                 : UnitRows::Memory{reinterpret_cast<const char*>(points_->values.row(row)),
                                                    points_->values.columns * sizeof(T)};
    for (std::size_t at = 0; at < memory.bytes; at += cache_line) detail::prefetch(memory.begin + at);
    detail::prefetch(memory.begin + memory.bytes - 1);  // in one line more where the row begins within a line
  }

 private:
  static constexpr std::size_t cache_line = 64;
  static constexpr bool normalizes = std::is_same_v<T, double>;

  const Points<T>* points_;
  std::size_t slots_;
  mutable LargeArray<T> scratch_;  // where rows do not lie anywhere
};

/// Places for rows that are looked at one after another, several at a time: what a first-level cache holds.
template <class T>
std::size_t some_slots(const Points<T>& points) {
  return std::clamp<std::size_t>(4096 / points.values.columns, 1, 512);
}

}  // namespace pykmeans::detail
