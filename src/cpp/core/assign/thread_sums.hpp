// A Partial for each thread, of what it moved.
#pragma once

#include <cstddef>

#include "../machine/parallel.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// Sums of several threads that become one: worker 0 adds to the caller's Partial, the others each to their own.
class ThreadSums {
 public:
  void prepare(Partial* sums, int threads) {
    sums_ = sums;
    while (sums && own_.size() + 1 < static_cast<std::size_t>(threads))
      own_.emplace_back(sums->layout(), sums->clusters());
  }
  /// nullptr where no sums are wanted.
  Partial* of(int worker) { return worker == 0 || !sums_ ? sums_ : &own_[static_cast<std::size_t>(worker) - 1]; }

  void merge(std::size_t features, int threads, const Poll& poll) {
    if (!sums_) return;
    const Blocks blocks(sums_->clusters(), features * 8);
    parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int) {
      for (std::size_t c = blocks.begin(block); c < blocks.end(block); ++c) {
        for (Partial& partial : own_) {
          if (!partial.touched(c)) continue;
          partial.carry(c);
          sums_->merge(c, partial);
          partial.clear(c);
        }
        sums_->carry(c);  // once, for all that read it
      }
    });
  }

 private:
  Partial* sums_ = nullptr;
  Vector<Partial> own_;
};

}  // namespace pykmeans::detail
