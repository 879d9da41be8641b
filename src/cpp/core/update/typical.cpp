#include "typical.hpp"

#include <algorithm>
#include <vector>

#include "../exact/wide_sum.hpp"
#include "../parallel.hpp"

namespace pykmeans::detail {

namespace {

struct Member {
  double value;
  double weight;
};

double median(const std::vector<Member>& sorted) {
  WideSum left, right;  // twice the weight so far, and the weight of all
  for (const Member& member : sorted) right.add(member.weight);
  std::size_t i = 0;
  for (; i + 1 < sorted.size(); ++i) {
    left.add(sorted[i].weight);
    left.add(sorted[i].weight);
    if (!left.less(right)) break;
  }
  return sorted[i].value;
}

double mode(const std::vector<Member>& sorted) {
  WideSum most;
  double value = sorted[0].value;
  for (std::size_t i = 0; i < sorted.size();) {
    WideSum weight;
    const double here = sorted[i].value;
    for (; i < sorted.size() && sorted[i].value == here; ++i) weight.add(sorted[i].weight);
    if (!most.less(weight)) continue;
    most = weight;
    value = here;
  }
  return value;
}

}  // namespace

template <class T>
TypicalValues<T>::TypicalValues(const Points<T>& points, std::size_t n_clusters, std::size_t first, Typical what,
                                const Poll& poll)
    : points_(points), n_clusters_(n_clusters), first_(first), what_(what), poll_(poll) {}

template <class T>
void TypicalValues<T>::move_centers(const std::int32_t* labels, double* centers) {
  const std::size_t d = points_.values.columns;
  std::vector<std::vector<std::size_t>> members(n_clusters_);
  for (std::size_t i = 0; i < points_.values.rows; ++i)
    if (points_.weight(i) > 0.0) members[static_cast<std::size_t>(labels[i])].push_back(i);
  parallel_blocks(n_clusters_, points_.n_threads, poll_, [&](std::size_t c, int) {
    std::vector<Member> column(members[c].size());
    if (column.empty()) return;
    for (std::size_t q = first_; q < d; ++q) {
      for (std::size_t m = 0; m < column.size(); ++m)
        column[m] = {static_cast<double>(points_.values.row(members[c][m])[q]) + 0.0, points_.weight(members[c][m])};
      std::sort(column.begin(), column.end(), [](const Member& a, const Member& b) { return a.value < b.value; });
      centers[c * d + q] = what_ == Typical::median ? median(column) : mode(column);
    }
  });
}

template class TypicalValues<std::uint8_t>;
template class TypicalValues<float>;
template class TypicalValues<double>;

}  // namespace pykmeans::detail
