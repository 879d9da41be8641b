// The unique rows of uint8 values, in the order of the Z-shaped curve: a bit for each possible row, and ranks among the
// bits that are set.
#include <algorithm>
#include <utility>
#include <vector>

#include "../../kernels/table.hpp"
#include "../parallel.hpp"
#include "box_order.hpp"
#include "morton.hpp"

namespace pykmeans::detail {

namespace {

using Word = std::uint64_t;

std::uint32_t bits_set(Word word) {
  word -= word >> 1 & 0x5555555555555555u;
  word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
  word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu;
  return static_cast<std::uint32_t>(word * 0x0101010101010101u >> 56);
}

template <std::size_t features>
class ColourSort {
 public:
  ColourSort(const Points<std::uint8_t>& points, const Poll& poll)
      : points_(points),
        poll_(poll),
        threads_(std::min(useful_threads(points.n_threads, {points.values.rows, 32}), 4)),
        rows_(points.values.rows, 64),
        words_(std::max<std::size_t>((std::size_t{1} << (8 * features)) / 64, 4), 512),
        seen_(static_cast<std::size_t>(threads_)),
        rank_(words_.rows) {
    seen_[0].resize(words_.rows);
    result_.slot = LargeArray<std::uint32_t>(points.values.rows);
  }

  BoxOrder<std::uint8_t> run() {
    mark();
    rank();
    lay_out();
    count_copies();
    write();
    return std::move(result_);
  }

 private:
  void mark() {
    parallel_blocks(rows_.count(), threads_, poll_, [&](std::size_t block, int worker) {
      std::vector<Word>& mine = seen_[static_cast<std::size_t>(worker)];
      if (mine.empty()) mine.resize(words_.rows);
      for (std::size_t i = rows_.begin(block); i < rows_.end(block); ++i) {
        const std::uint8_t* row = points_.values.row(i);
        std::uint32_t code = 0;
        for (std::size_t q = 0; q < features; ++q) code |= spread_bits<features>(row[q]) << q;
        result_.slot[i] = code;
        mine[code / 64] |= Word{1} << code % 64;
      }
    });
  }

  Word word(std::size_t w) const { return seen_[0][w]; }

  void rank() {
    std::vector<std::uint32_t> first(words_.count());
    parallel_blocks(words_.count(), threads_, poll_, [&](std::size_t block, int) {
      std::uint32_t count = 0;
      for (std::size_t w = words_.begin(block); w < words_.end(block); ++w) {
        rank_[w] = count;
        for (std::size_t worker = 1; worker < seen_.size(); ++worker)
          if (!seen_[worker].empty()) seen_[0][w] |= seen_[worker][w];
        if (word(w) != 0) count += bits_set(word(w));
      }
      first[block] = count;
    });
    for (std::uint32_t& count : first) {
      const std::uint32_t before = n_unique_;
      n_unique_ += count;
      count = before;
    }
    parallel_blocks(words_.count(), threads_, poll_, [&](std::size_t block, int) {
      for (std::size_t w = words_.begin(block); w < words_.end(block); ++w) rank_[w] += first[block];
    });
  }

  void lay_out() {
    result_.slots = BoxOrder<std::uint8_t>::padded(n_unique_);
    result_.columns = LargeArray<float>(result_.slots * features);
    result_.copies = LargeArray<std::uint32_t>(result_.slots);
    for (std::uint32_t begin = 0; begin < n_unique_; begin += points_per_leaf)
      result_.leaves.push_back({begin, std::min(points_per_leaf, n_unique_ - begin)});
  }

  /// From codes to slots, and how many rows share each.
  void count_copies() {
    std::vector<std::vector<std::uint32_t>> counts(static_cast<std::size_t>(threads_));
    parallel_blocks(rows_.count(), threads_, poll_, [&](std::size_t block, int worker) {
      std::vector<std::uint32_t>& mine = counts[static_cast<std::size_t>(worker)];
      if (mine.empty()) mine.resize(n_unique_);
      for (std::size_t i = rows_.begin(block); i < rows_.end(block); ++i) {
        const std::uint32_t code = result_.slot[i];
        const Word before = word(code / 64) & ((Word{1} << code % 64) - 1);
        const std::uint32_t slot = rank_[code / 64] + bits_set(before);
        result_.slot[i] = slot;
        ++mine[slot];
      }
    });
    for (std::size_t slot = 0; slot < result_.slots; ++slot) {
      result_.copies[slot] = 0;
      for (const std::vector<std::uint32_t>& mine : counts)
        if (slot < mine.size()) result_.copies[slot] += mine[slot];
    }
  }

  void write() {
    parallel_blocks(words_.count(), threads_, poll_, [&](std::size_t block, int) {
      for (std::size_t w = words_.begin(block); w < words_.end(block); ++w) {
        std::uint32_t slot = rank_[w];
        for (Word rest = word(w); rest != 0; rest &= rest - 1)
          write_point(slot++, static_cast<std::uint32_t>(w * 64) + bits_set((rest & (~rest + 1)) - 1));
      }
    });
    const auto& last = result_.leaves.back();
    const std::size_t width = BoxOrder<std::uint8_t>::padded(last.count);
    float* columns = result_.columns.data() + last.begin * features;
    for (std::size_t q = 0; q < features; ++q)
      std::fill(columns + q * width + last.count, columns + (q + 1) * width, columns[q * width]);
  }

  void write_point(std::uint32_t slot, std::uint32_t code) {
    const auto& leaf = result_.leaves[slot / points_per_leaf];
    const std::size_t width = BoxOrder<std::uint8_t>::padded(leaf.count);
    for (std::size_t q = 0; q < features; ++q)
      result_.columns[leaf.begin * features + q * width + (slot - leaf.begin)] =
          static_cast<float>(gather_bits<features>(code >> q));
  }

  // Fewer than of other points: they lie less densely.
  static constexpr std::uint32_t points_per_leaf = 64;

  const Points<std::uint8_t>& points_;
  const Poll& poll_;
  const int threads_;  // a few: each has tables of its own
  const Blocks rows_, words_;
  std::vector<std::vector<Word>> seen_;  // (threads, words) a bit for each possible row; the first becomes all of them
  std::vector<std::uint32_t> rank_;      // (words) bits that are set in the words before
  std::uint32_t n_unique_ = 0;
  BoxOrder<std::uint8_t> result_;
};

}  // namespace

BoxOrder<std::uint8_t> order_of_colours(const Points<std::uint8_t>& points, const Poll& poll) {
  switch (points.values.columns) {
    case 1:
      return ColourSort<1>(points, poll).run();
    case 2:
      return ColourSort<2>(points, poll).run();
    default:
      return ColourSort<3>(points, poll).run();
  }
}

}  // namespace pykmeans::detail
