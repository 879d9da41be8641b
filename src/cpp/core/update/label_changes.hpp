// Which rows of positive weight changed their label since the last look.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../parallel.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

struct LabelChange {
  std::size_t row;
  std::int32_t from;  // negative where the row had no label yet
  std::int32_t to;
};

/// Changes in the order in which the threads found them.
using LabelChanges = std::vector<std::vector<LabelChange>>;

template <class T>
class LabelMemory {
 public:
  explicit LabelMemory(const Points<T>& points) : points_(points), labels_(points.values.rows, -1) {}

  /// Compare rows [begin, end) with what was seen last. @param changes [out]
  void look(const std::int32_t* labels, std::size_t begin, std::size_t end, LabelChanges& changes, const Poll& poll) {
    const int threads = useful_threads(points_.n_threads, {end - begin, 4});
    changes.resize(std::max(changes.size(), static_cast<std::size_t>(threads)));
    for (std::vector<LabelChange>& some : changes) some.clear();
    const Blocks blocks(end - begin, 4, threads);
    parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int worker) {
      std::vector<LabelChange>& mine = changes[static_cast<std::size_t>(worker)];
      constexpr std::size_t together = 16;
      for (std::size_t i = begin + blocks.begin(block); i < begin + blocks.end(block); i += together) {
        const std::size_t last = std::min(i + together, begin + blocks.end(block));
        std::int32_t differ = 0;
        for (std::size_t row = i; row < last; ++row) differ |= labels[row] ^ labels_[row];
        for (std::size_t row = i; differ != 0 && row < last; ++row) note(row, labels[row], mine);
      }
    });
  }

 private:
  void note(std::size_t row, std::int32_t label, std::vector<LabelChange>& changes) {
    const std::int32_t old = labels_[row];
    if (old == label) return;
    labels_[row] = label;
    if (points_.weight(row) > 0.0) changes.push_back({row, old, label});
  }

  const Points<T>& points_;
  std::vector<std::int32_t> labels_;
};

}  // namespace pykmeans::detail
