#include "tile_order.hpp"

#include <algorithm>
#include <utility>

#include "../../machine/parallel.hpp"
#include "../../rows/row_block.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

/// Rows [begin, end) of the order.
struct Part {
  std::size_t begin, end;
  std::size_t size() const { return end - begin; }
};

// Larger parts are cut level by level, so that Ctrl-C is heard; smaller ones at once, while a cache holds their rows.
constexpr std::size_t large = std::size_t{1} << 16;

template <class T>
class Halving {
 public:
  Halving(const Points<T>& points, std::uint32_t* order, std::size_t tile)
      : read_(points), origin_(points.frame.origin), order_(order), tile_(tile) {}

  bool in_one_tile(const Part& part) const {
    return part.begin >= part.end || part.begin / tile_ == (part.end - 1) / tile_;
  }

  /// @return where the second half begins
  std::size_t cut(const Part& part) {
    std::size_t middle = (part.begin + part.end) / 2 / tile_ * tile_;
    if (middle <= part.begin) middle += tile_;
    const std::size_t feature = widest(part);
    std::uint32_t* const rows = order_ + part.begin;
    keyed_.resize(part.size());
    for (std::size_t i = 0; i < part.size(); ++i) {
      const T value = read_.value(rows[i], feature);
      keyed_[i] = {value == value ? value : T(0), rows[i]};  // somebody may have written NaN meanwhile
    }
    std::nth_element(keyed_.begin(), keyed_.begin() + static_cast<std::ptrdiff_t>(middle - part.begin), keyed_.end());
    for (std::size_t i = 0; i < part.size(); ++i) rows[i] = keyed_[i].second;
    return middle;
  }

  void cut_all(const Part& part) {
    if (in_one_tile(part)) return;
    const std::size_t middle = cut(part);
    cut_all({part.begin, middle});
    cut_all({middle, part.end});
  }

 private:
  /// The feature in which the rows spread most. A few tell as well as all of them.
  std::size_t widest(const Part& part) {
    const std::size_t step = std::max<std::size_t>(1, part.size() / 32);
    std::size_t few = 0;
    sums_.assign(origin_.size(), 0.0);
    squares_.assign(origin_.size(), 0.0);
    for (std::size_t i = part.begin; i < part.end; i += step, ++few) {
      const T* row = read_(order_[i]);
      for (std::size_t q = 0; q < origin_.size(); ++q) {
        const double value = static_cast<double>(row[q]) - origin_[q];
        sums_[q] += value;
        squares_[q] += value * value;
      }
    }
    for (std::size_t q = 0; q < origin_.size(); ++q) squares_[q] -= sums_[q] * sums_[q] / static_cast<double>(few);
    return static_cast<std::size_t>(std::max_element(squares_.begin(), squares_.end()) - squares_.begin());
  }

  const RowReader<T> read_;
  const Vector<double>& origin_;
  std::uint32_t* const order_;
  const std::size_t tile_;
  Vector<std::pair<T, std::uint32_t>> keyed_;
  Vector<double> sums_, squares_;
};

/// Sort the rows by cluster. @return the clusters
template <class T>
Vector<Part> sort_by_cluster(const Points<T>& points, const std::int32_t* labels, const Groups& groups,
                             const Poll& poll, std::uint32_t* order) {
  Vector<std::size_t> next(groups.slots() + 1, 0);
  const auto slot = [&](std::size_t row) { return static_cast<std::size_t>(groups.slot_of(labels[row])); };
  const Blocks blocks(points.rows(), 64);  // for one thread: a row comes after those before it
  parallel_blocks(blocks.count(), 1, poll, [&](std::size_t block, int) {
    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i) ++next[slot(i) + 1];
  });
  Vector<Part> clusters;
  for (std::size_t s = 0; s < groups.slots(); ++s) {
    clusters.push_back({next[s], next[s] + next[s + 1]});
    next[s + 1] += next[s];
  }
  parallel_blocks(blocks.count(), 1, poll, [&](std::size_t block, int) {
    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i)
      order[next[slot(i)]++] = static_cast<std::uint32_t>(i);
  });
  return clusters;
}

}  // namespace

template <class T>
LargeArray<std::uint32_t> order_in_tiles(const Points<T>& points, const std::int32_t* labels, const Groups& groups,
                                         std::size_t tile, int threads, const Poll& poll) {
  LargeArray<std::uint32_t> order(points.rows());
  Vector<Part> small, parts = sort_by_cluster(points, labels, groups, poll, order.data());
  while (!parts.empty()) {
    const auto first_large = std::partition(parts.begin(), parts.end(), [](const Part& p) { return p.size() < large; });
    small.insert(small.end(), parts.begin(), first_large);
    parts.erase(parts.begin(), first_large);
    Vector<Part> halves(2 * parts.size());
    parallel_blocks(parts.size(), threads, poll, [&](std::size_t p, int) {
      const std::size_t middle = Halving<T>(points, order.data(), tile).cut(parts[p]);
      halves[2 * p] = {parts[p].begin, middle};
      halves[2 * p + 1] = {middle, parts[p].end};
    });
    parts = std::move(halves);
  }
  parallel_blocks(small.size(), threads, poll,
                  [&](std::size_t p, int) { Halving<T>(points, order.data(), tile).cut_all(small[p]); });
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
