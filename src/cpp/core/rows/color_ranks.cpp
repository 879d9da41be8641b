#include "color_ranks.hpp"

#include <algorithm>
#include <utility>

#include "morton.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

ColorRanks::ColorRanks(const MatrixView<std::uint8_t>& rows, int n_threads, const Poll& poll)
    : features_(rows.columns),
      threads_(std::min(useful_threads(n_threads, {rows.rows, 32}), 4)),
      blocks_(rows.rows, 64),
      words_(std::max<std::size_t>((std::size_t{1} << (8 * features_)) / 64, 4), 512),
      rank_(words_.rows) {
  for (std::uint32_t v = 0; v < 256; ++v)
    spread_[v] = features_ == 1 ? spread_bits<1>(v) : features_ == 2 ? spread_bits<2>(v) : spread_bits<3>(v);
  mark(rows, poll);
  add_up(poll);
}

std::uint8_t ColorRanks::gathered(std::uint32_t code) const {
  const std::uint32_t value = features_ == 1   ? gather_bits<1>(code)
                              : features_ == 2 ? gather_bits<2>(code)
                                               : gather_bits<3>(code);
  return static_cast<std::uint8_t>(value);
}

void ColorRanks::mark(const MatrixView<std::uint8_t>& rows, const Poll& poll) {
  Vector<Vector<Word>> seen(static_cast<std::size_t>(threads_));
  seen[0].resize(words_.rows);
  parallel_blocks(blocks_.count(), threads_, poll, [&](std::size_t block, int worker) {
    Vector<Word>& mine = seen[static_cast<std::size_t>(worker)];
    if (mine.empty()) mine.resize(words_.rows);
    for (std::size_t i = blocks_.begin(block); i < blocks_.end(block); ++i) {
      const std::uint32_t code = code_of(rows.row(i));
      mine[code / 64] |= Word{1} << code % 64;
    }
  });
  for (std::size_t worker = 1; worker < seen.size(); ++worker)
    for (std::size_t w = 0; w < seen[worker].size(); ++w) seen[0][w] |= seen[worker][w];
  seen_ = std::move(seen[0]);
}

void ColorRanks::add_up(const Poll& poll) {
  Vector<std::uint32_t> first(words_.count());
  parallel_blocks(words_.count(), threads_, poll, [&](std::size_t block, int) {
    std::uint32_t count = 0;
    for (std::size_t w = words_.begin(block); w < words_.end(block); ++w) {
      rank_[w] = count;
      if (seen_[w] != 0) count += bits_set(seen_[w]);
    }
    first[block] = count;
  });
  for (std::uint32_t& count : first) {
    const std::uint32_t before = count_;
    count_ += count;
    count = before;
  }
  parallel_blocks(words_.count(), threads_, poll, [&](std::size_t block, int) {
    for (std::size_t w = words_.begin(block); w < words_.end(block); ++w) rank_[w] += first[block];
  });
}

}  // namespace pykmeans::detail
