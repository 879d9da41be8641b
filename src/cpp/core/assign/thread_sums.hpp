// A Partial for each thread, of what it moved; and the labels whose changes move it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "../machine/parallel.hpp"
#include "../rows/row_reader.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"
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

/// Writes labels, and moves what changed in the sums.
template <class T>
struct Labeller {
  const Points<T>& points;
  std::int32_t* labels;     // (n_samples), negative where there is none yet
  Partial* sums;            // or nullptr
  std::size_t changed = 0;  // rows of positive weight whose label changed
  RowReader<T> read = RowReader<T>(points);

  void operator()(std::size_t row, std::int32_t label) {
    std::int32_t& current = labels[row];
    if (current == label) return;
    const std::int32_t old = std::exchange(current, label);
    const double weight = points.weight(row);
    if (weight == 0.0) return;
    ++changed;
    if (!sums) return;
    if (old >= 0)
      sums->move(static_cast<std::size_t>(old), static_cast<std::size_t>(label), read(row), weight);
    else
      sums->add(static_cast<std::size_t>(label), read(row), weight);
  }
};

}  // namespace pykmeans::detail
