// Rows as a worker has them in its hands, and the one loop over all of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <type_traits>

#include "../machine/large_array.hpp"
#include "../machine/parallel.hpp"
#include "../machine/prefetch.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// Rows by their number, one reader for each thread: a row that lies nowhere is made in the reader's scratch.
template <class T>
class RowReader {
 public:
  /// `source` must outlive it. @param slots  rows that are used at the same time
  explicit RowReader(const RowSource<T>& source, std::size_t slots = 1)
      : source_(&source), rows_(source.in_place()), slots_(slots) {
    // A cache line more, so that threads whose scratch lies side by side write to lines of their own.
    if (!rows_.data) scratch_ = LargeArray<T>(slots * rows_.columns + cache_line / sizeof(T));
  }
  explicit RowReader(const Points<T>& points, std::size_t slots = 1) : RowReader(*points.source, slots) {}

  /// A row, valid until another is read into the same slot.
  const T* operator()(std::size_t row, std::size_t slot = 0) const {
    if (rows_.data) return rows_.row(row);
    T* const out = scratch_.data() + slot * rows_.columns;
    source_->read(row, out);
    return out;
  }

  /// One value, where the rest of the row is not wanted.
  T value(std::size_t row, std::size_t column) const {
    return rows_.data ? rows_.row(row)[column] : source_->value(row, column);
  }

  /// Call use(first, rows) for rows [begin, end), as many at a time as there are slots, or all where they lie.
  template <class Use>
  void in_views(std::size_t begin, std::size_t end, const Use& use) const {
    const std::size_t step = rows_.data ? end - begin : slots_;
    for (std::size_t first = begin; first < end; first += step) {
      const std::size_t count = std::min(step, end - first);
      if (rows_.data) {
        use(first, MatrixView<T>(rows_.row(first), count, rows_.columns, rows_.row_stride));
      } else {
        for (std::size_t i = 0; i < count; ++i) (*this)(first + i, i);
        use(first, MatrixView<T>(scratch_.data(), count, rows_.columns));
      }
    }
  }

  /// A hint that the row will be read soon.
  void prefetch(std::size_t row) const {
    using Memory = typename RowSource<T>::Memory;
    const Memory memory = rows_.data ? Memory{rows_.row(row), rows_.columns * sizeof(T)} : source_->memory(row);
    if (memory.bytes == 0) return;
    const char* const begin = static_cast<const char*>(memory.begin);
    for (std::size_t at = 0; at < memory.bytes; at += cache_line) detail::prefetch(begin + at);
    detail::prefetch(begin + memory.bytes - 1);  // in one line more where the row begins within a line
  }

 private:
  static constexpr std::size_t cache_line = 64;

  const RowSource<T>* source_;
  MatrixView<T> rows_;
  std::size_t slots_;
  mutable LargeArray<T> scratch_;  // where rows lie nowhere
};

/// Slots for rows that are looked at one after another, several at a time: what a first-level cache holds.
inline std::size_t some_slots(std::size_t columns) {
  return std::clamp<std::size_t>(4096 / columns, 1, 512);
}

/// What a worker has in its hands: rows [first, first + count). They are numbered from 0 here.
template <class T>
class RowBlock {
 public:
  RowBlock(std::size_t first_row, std::size_t n_rows, const double* weights_of_all, const RowReader<T>& reader)
      : first(first_row),
        count(n_rows),
        weights(weights_of_all ? weights_of_all + first_row : nullptr),
        reader_(&reader) {}

  const std::size_t first;
  const std::size_t count;
  const double* const weights;  ///< (count) or nullptr for ones

  /// Its rows [begin, end).
  RowBlock part(std::size_t begin, std::size_t end) const {
    return RowBlock(first + begin, end - begin, weights ? weights - first : nullptr, *reader_);
  }

  double weight(std::size_t i) const { return weights ? weights[i] : 1.0; }

  /// A row, valid until another is read into the same slot.
  const T* row(std::size_t i, std::size_t slot = 0) const { return (*reader_)(first + i, slot); }

  /// A hint that the row will be read soon.
  void prefetch(std::size_t i) const { reader_->prefetch(first + i); }

  /// Call use(i, rows) for all rows in their order, as many at a time as there are slots; i is the first one's number.
  template <class Use>
  void in_views(const Use& use) const {
    reader_->in_views(first, first + count, [&](std::size_t at, const MatrixView<T>& rows) { use(at - first, rows); });
  }

 private:
  const RowReader<T>* reader_;
};

/// How a pass over all rows is shared out.
struct PassPlan {
  int threads;
  Blocks blocks;
  std::size_t slots = 1;  ///< rows that a worker uses at the same time

  PassPlan(int n_threads, const Blocks& shares, std::size_t n_slots = 1)
      : threads(n_threads), blocks(shares), slots(n_slots) {}

  /// Blocks of exactly so many rows, but for the last.
  static PassPlan of_blocks(std::size_t rows, std::size_t block_rows, int n_threads) {
    Blocks blocks(rows, 0);
    blocks.block_rows = block_rows;
    return PassPlan(n_threads, blocks);
  }

  /// @param row_work  multiply-adds a row, which say how many threads pay  @param row_cost  what they take, with all
  /// that belongs to them, which says how long a block is  @param unit  what the rows of a block are a multiple of
  template <class T>
  PassPlan(const Points<T>& points, std::size_t row_work, std::size_t row_cost, std::size_t n_slots = 1,
           std::size_t unit = 16)
      : PassPlan(points.rows(), points.n_threads, row_work, row_cost, n_slots, unit) {}
  PassPlan(std::size_t rows, int n_threads, std::size_t row_work, std::size_t row_cost, std::size_t n_slots = 1,
           std::size_t unit = 16)
      : threads(useful_threads(n_threads, {rows, row_work})), blocks(rows, row_cost, threads, unit), slots(n_slots) {}
};

/// The one loop over all rows: call use(block, worker) for blocks that are all rows together, in any order, by several
/// threads; worker is in [0, plan.threads). What use() or poll throws ends the loop and is thrown here.
template <class T, class Use>
void for_each_block(const RowSource<T>& source, const double* weights, const PassPlan& plan, const Poll& poll,
                    const Use& use) {
  parallel_blocks(plan.blocks.count(), plan.threads, poll, [&](std::size_t b, int worker) {
    const RowReader<T> reader(source, plan.slots);
    const std::size_t begin = plan.blocks.begin(b);
    use(RowBlock<T>(begin, plan.blocks.end(b) - begin, weights, reader), worker);
  });
}

template <class T, class Use>
void for_each_block(const Points<T>& points, const PassPlan& plan, const Poll& poll, const Use& use) {
  for_each_block(*points.source, points.weights, plan, poll, use);
}

}  // namespace pykmeans::detail
