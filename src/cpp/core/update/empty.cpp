#include "empty.hpp"

#include <algorithm>

#include "../machine/parallel.hpp"
#include "../rows/row_block.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

/// The points of positive weight and positive distance in the order in which they may move, found as they are asked
/// for.
template <class T>
class Farthest {
 public:
  Farthest(const Points<T>& points, const double* centers, const ExactDistance& exact, const std::int32_t* labels,
           const Poll& poll)
      : points_(points), distances_(points.rows()), read_(points, 2) {
    const std::size_t d = points.columns();
    for_each_block(points, PassPlan(points, d, d), poll, [&](const RowBlock<T>& block, int) {
      for (std::size_t i = 0; i < block.count; ++i) {
        const std::size_t row = block.first + i;
        distances_[row] = exact(block.row(i), centers + static_cast<std::size_t>(labels[row]) * d);
      }
    });
    for (std::size_t i = 0; i < points.rows(); ++i)
      if (distances_[i] > 0.0 && points.weight(i) > 0.0) heap_.push_back(i);
    std::make_heap(heap_.begin(), heap_.end(), later());
  }

  /// The next point and its equal copies, all of one cluster; empty when none are left.
  Vector<std::size_t> pop_group() {
    Vector<std::size_t> group;
    while (!heap_.empty() && (group.empty() || equal(group[0], heap_[0]))) {
      group.push_back(heap_[0]);
      std::pop_heap(heap_.begin(), heap_.end(), later());
      heap_.pop_back();
    }
    return group;
  }

 private:
  bool equal(std::size_t a, std::size_t b) const {
    if (distances_[a] != distances_[b]) return false;
    const T *left = read_(a, 0), *right = read_(b, 1);
    return std::equal(left, left + points_.columns(), right);
  }
  auto later() const {
    return [this](std::size_t a, std::size_t b) {
      if (distances_[a] != distances_[b]) return distances_[a] < distances_[b];
      const T *left = read_(a, 0), *right = read_(b, 1);
      const std::size_t d = points_.columns();
      return std::lexicographical_compare(right, right + d, left, left + d);
    };
  }

  const Points<T>& points_;
  Vector<double> distances_;
  const RowReader<T> read_;
  Vector<std::size_t> heap_;
};

}  // namespace

template <class T>
Vector<std::size_t> fill_empty_clusters(const Points<T>& points, const double* centers, const ExactDistance& exact,
                                        std::int32_t* labels, Partial& sums, const Poll& poll) {
  Vector<std::size_t> moved;
  Vector<std::size_t> empty;
  for (std::size_t c = 0; c < sums.clusters(); ++c)
    if (sums.count(c) == 0) empty.push_back(c);
  if (empty.empty()) return moved;
  const RowReader<T> read(points);
  Farthest<T> farthest(points, centers, exact, labels, poll);
  for (std::size_t filled = 0; filled < empty.size();) {
    const Vector<std::size_t> group = farthest.pop_group();
    if (group.empty()) break;
    const auto source = static_cast<std::size_t>(labels[group[0]]);
    if (sums.count(source) == static_cast<std::int64_t>(group.size())) continue;  // it keeps no other point
    for (const std::size_t row : group) {
      const T* values = read(row);
      sums.subtract(source, values, points.weight(row));
      sums.add(empty[filled], values, points.weight(row));
      labels[row] = static_cast<std::int32_t>(empty[filled]);
      moved.push_back(row);
    }
    ++filled;
  }
  return moved;
}

#define PYKMEANS_INSTANTIATE(T)                                                                           \
  template Vector<std::size_t> fill_empty_clusters(const Points<T>&, const double*, const ExactDistance&, \
                                                   std::int32_t*, Partial&, const Poll&)

PYKMEANS_INSTANTIATE(std::uint8_t);
PYKMEANS_INSTANTIATE(float);
PYKMEANS_INSTANTIATE(double);

#undef PYKMEANS_INSTANTIATE

}  // namespace pykmeans::detail
