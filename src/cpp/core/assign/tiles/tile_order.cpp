#include "tile_order.hpp"

#include <algorithm>
#include <utility>

#include "../../machine/parallel.hpp"
#include "../../rows/row_block.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

/// Halves the rows of a cluster.
template <class T>
class Halving {
 public:
  Halving(const Points<T>& points, std::size_t tile) : read_(points), features_(points.columns()), tile_(tile) {}

  void split(std::uint32_t* rows, std::size_t count) {
    if (count <= tile_) return;
    const std::size_t middle = (count / 2 + tile_ - 1) / tile_ * tile_, feature = widest(rows, count);
    if (middle == count) return;
    keyed_.resize(count);
    for (std::size_t i = 0; i < count; ++i) keyed_[i] = {read_.value(rows[i], feature), rows[i]};
    std::nth_element(keyed_.begin(), keyed_.begin() + static_cast<std::ptrdiff_t>(middle), keyed_.end());
    for (std::size_t i = 0; i < count; ++i) rows[i] = keyed_[i].second;
    split(rows, middle);
    split(rows + middle, count - middle);
  }

 private:
  /// The feature in which the rows spread most. A few tell as well as all of them.
  std::size_t widest(const std::uint32_t* rows, std::size_t count) {
    const std::size_t step = std::max<std::size_t>(1, count / 32);
    std::size_t few = 0;
    sums_.assign(features_, 0.0);
    squares_.assign(features_, 0.0);
    for (std::size_t i = 0; i < count; i += step, ++few) {
      const T* row = read_(rows[i]);
      for (std::size_t q = 0; q < features_; ++q) {
        const auto value = static_cast<double>(row[q]);
        sums_[q] += value;
        squares_[q] += value * value;
      }
    }
    for (std::size_t q = 0; q < features_; ++q) squares_[q] -= sums_[q] * sums_[q] / static_cast<double>(few);
    return static_cast<std::size_t>(std::max_element(squares_.begin(), squares_.end()) - squares_.begin());
  }

  const RowReader<T> read_;
  const std::size_t features_, tile_;
  Vector<std::pair<T, std::uint32_t>> keyed_;
  Vector<double> sums_, squares_;
};

}  // namespace

template <class T>
LargeArray<std::uint32_t> order_in_tiles(const Points<T>& points, const std::int32_t* labels, const Groups& groups,
                                         std::size_t tile, int threads, const Poll& poll) {
  const std::size_t n = points.rows();
  LargeArray<std::uint32_t> order(n);
  Vector<std::size_t> ends(groups.slots() + 1, 0);
  for (std::size_t i = 0; i < n; ++i) ++ends[static_cast<std::size_t>(groups.slot_of(labels[i])) + 1];
  for (std::size_t slot = 0; slot < groups.slots(); ++slot) ends[slot + 1] += ends[slot];
  Vector<std::size_t> next(ends.begin(), ends.end() - 1);
  for (std::size_t i = 0; i < n; ++i)
    order[next[static_cast<std::size_t>(groups.slot_of(labels[i]))]++] = static_cast<std::uint32_t>(i);
  parallel_blocks(groups.slots(), threads, poll, [&](std::size_t slot, int) {
    Halving<T>(points, tile).split(order.data() + ends[slot], ends[slot + 1] - ends[slot]);
  });
  return order;
}

#define PYKMEANS_INSTANTIATE(T)                                                                                        \
  template LargeArray<std::uint32_t> order_in_tiles(const Points<T>&, const std::int32_t*, const Groups&, std::size_t, \
                                                    int, const Poll&)

PYKMEANS_INSTANTIATE(std::uint8_t);
PYKMEANS_INSTANTIATE(float);
PYKMEANS_INSTANTIATE(double);

#undef PYKMEANS_INSTANTIATE

}  // namespace pykmeans::detail
