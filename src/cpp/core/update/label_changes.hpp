// Which rows of positive weight changed their label since the last look.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "../machine/parallel.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// A row that a cluster got or lost.
struct Move {
  std::size_t row;
  bool comes;
};

/// What clusters got and lost, one cluster after the other, so that what belongs to a cluster is read once.
struct Moves {
  Vector<std::size_t> begin;  // (n_clusters + 1)
  Vector<Move> moves;
};

template <class T>
class LabelMemory {
 public:
  LabelMemory(const Points<T>& points, std::size_t n_clusters)
      : points_(points), n_clusters_(n_clusters), labels_(points.rows(), -1) {}

  /// Compare rows [begin, end) with what was seen last. @param labels (n_samples), none negative
  const Moves& look(const std::int32_t* labels, std::size_t begin, std::size_t end, const Poll& poll) {
    const int threads = useful_threads(points_.n_threads, {end - begin, 4});
    changes_.resize(std::max(changes_.size(), static_cast<std::size_t>(threads)));
    for (Vector<Change>& some : changes_) some.clear();
    const Blocks blocks(end - begin, 4, threads);
    parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int worker) {
      Vector<Change>& mine = changes_[static_cast<std::size_t>(worker)];
      constexpr std::size_t together = 16;
      for (std::size_t i = begin + blocks.begin(block); i < begin + blocks.end(block); i += together) {
        const std::size_t last = std::min(i + together, begin + blocks.end(block));
        std::int32_t differ = 0;
        for (std::size_t row = i; row < last; ++row) differ |= labels[row] ^ labels_[row];
        for (std::size_t row = i; differ != 0 && row < last; ++row) note(row, labels[row], mine);
      }
    });
    group_by_cluster();
    return moves_;
  }

 private:
  struct Change {
    std::size_t row;
    std::int32_t from;  // negative where the row had no label yet
    std::int32_t to;
  };

  void note(std::size_t row, std::int32_t label, Vector<Change>& changes) {
    const std::int32_t old = labels_[row];
    if (old == label) return;
    labels_[row] = label;
    if (points_.weight(row) > 0.0) changes.push_back({row, old, label});
  }

  void group_by_cluster() {
    const auto each = [&](auto&& act) {
      for (const Vector<Change>& some : changes_)
        for (const Change& change : some) {
          if (change.from >= 0) act(static_cast<std::size_t>(change.from), Move{change.row, false});
          act(static_cast<std::size_t>(change.to), Move{change.row, true});
        }
    };
    Vector<std::size_t>& begin = moves_.begin;
    begin.assign(n_clusters_ + 2, 0);  // two slots behind while moves are counted, one while they are written
    each([&](std::size_t cluster, const Move&) { ++begin[cluster + 2]; });
    for (std::size_t c = 2; c < begin.size(); ++c) begin[c] += begin[c - 1];
    moves_.moves.resize(begin.back());
    each([&](std::size_t cluster, const Move& move) { moves_.moves[begin[cluster + 1]++] = move; });
    begin.pop_back();
  }

  const Points<T>& points_;
  const std::size_t n_clusters_;
  Vector<std::int32_t> labels_;
  Vector<Vector<Change>> changes_;  // by worker
  Moves moves_;
};

}  // namespace pykmeans::detail
