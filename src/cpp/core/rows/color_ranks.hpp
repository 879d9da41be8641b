// Which rows of one to three uint8 values there are, in the order of the Z-shaped curve: a bit for each possible row,
// and ranks among the bits that are set.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "../machine/parallel.hpp"
#include "pykmeans/view.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

class ColorRanks {
 public:
  ColorRanks(const MatrixView<std::uint8_t>& rows, int n_threads, const Poll& poll);

  /// Different rows.
  std::uint32_t count() const { return count_; }
  /// Threads that it is worth going through the rows with: a few, as each has tables of its own.
  int threads() const { return threads_; }
  /// What threads share when they go through the rows.
  const Blocks& blocks() const { return blocks_; }

  /// The place of a row among the different ones; any of them where somebody has changed the row since.
  std::uint32_t rank(const std::uint8_t* row) const {
    const std::uint32_t code = code_of(row);
    const Word before = seen_[code / 64] & ((Word{1} << code % 64) - 1);
    return std::min(rank_[code / 64] + bits_set(before), count_ - 1);
  }

  /// How many rows there are of each different one. @param rows  those it was made of  @param counts [out] (count())
  /// @param seen  called as seen(row number, rank) for all rows, by several threads
  template <class Count, class Seen>
  void count_rows(const MatrixView<std::uint8_t>& rows, Count* counts, const Poll& poll, const Seen& seen) const {
    Vector<Vector<std::uint32_t>> of_worker(static_cast<std::size_t>(threads_));
    parallel_blocks(blocks_.count(), threads_, poll, [&](std::size_t block, int worker) {
      Vector<std::uint32_t>& mine = of_worker[static_cast<std::size_t>(worker)];
      if (mine.empty()) mine.resize(count_);
      for (std::size_t i = blocks_.begin(block); i < blocks_.end(block); ++i) {
        const std::uint32_t found = rank(rows.row(i));
        seen(i, found);
        ++mine[found];
      }
    });
    std::fill_n(counts, count_, Count(0));
    for (const Vector<std::uint32_t>& mine : of_worker)
      for (std::size_t c = 0; c < mine.size(); ++c) counts[c] += mine[c];
  }

  /// Call write(rank, feature, value) for all different rows, by several threads.
  template <class Write>
  void values(const Poll& poll, const Write& write) const {
    parallel_blocks(words_.count(), threads_, poll, [&](std::size_t block, int) {
      for (std::size_t w = words_.begin(block); w < words_.end(block); ++w) {
        std::uint32_t rank = rank_[w];
        for (Word rest = seen_[w]; rest != 0; rest &= rest - 1, ++rank) {
          const std::uint32_t code = static_cast<std::uint32_t>(w * 64) + bits_set((rest & (~rest + 1)) - 1);
          for (std::size_t q = 0; q < features_; ++q) write(rank, q, gathered(code >> q));
        }
      }
    });
  }

 private:
  using Word = std::uint64_t;

  static std::uint32_t bits_set(Word word) {
    word -= word >> 1 & 0x5555555555555555u;
    word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return static_cast<std::uint32_t>(word * 0x0101010101010101u >> 56);
  }

  std::uint32_t code_of(const std::uint8_t* row) const {
    std::uint32_t code = 0;
    for (std::size_t q = 0; q < features_; ++q) code |= spread_[row[q]] << q;
    return code;
  }

  std::uint8_t gathered(std::uint32_t code) const;
  void mark(const MatrixView<std::uint8_t>& rows, const Poll& poll);
  void add_up(const Poll& poll);

  const std::size_t features_;
  const int threads_;
  const Blocks blocks_, words_;
  std::array<std::uint32_t, 256> spread_;  // each value's bits, moved apart
  Vector<Word> seen_;                      // a bit for each possible row
  Vector<std::uint32_t> rank_;             // bits that are set in the words before
  std::uint32_t count_ = 0;
};

}  // namespace pykmeans::detail
