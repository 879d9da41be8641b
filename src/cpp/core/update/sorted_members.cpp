#include "sorted_members.hpp"

#include <algorithm>

#include "../machine/parallel.hpp"
#include "pykmeans/workspace.hpp"
#include "weight_counters.hpp"

namespace pykmeans::detail {

namespace {

/// The rows of positive weight of some clusters, one cluster after the other. Weights are read twice: where somebody
/// changes them in between, rows are left out, or the first row stands where one is missing.
struct GroupedRows {
  Vector<std::size_t> begin;  // (clusters + 1)
  Vector<std::size_t> rows;

  template <class T>
  GroupedRows(const Points<T>& points, const Vector<std::size_t>& clusters, std::size_t n_clusters,
              const std::int32_t* labels)
      : begin(clusters.size() + 1, 0) {
    constexpr std::size_t none = ~std::size_t{0};
    Vector<std::size_t> slot(n_clusters, none), next;
    for (std::size_t i = 0; i < clusters.size(); ++i) slot[clusters[i]] = i;
    const auto each = [&](auto&& act) {
      for (std::size_t row = 0; row < points.rows(); ++row) {
        const std::size_t at = slot[static_cast<std::size_t>(labels[row])];
        if (at != none && points.weight(row) > 0.0) act(at, row);
      }
    };
    each([&](std::size_t at, std::size_t) { ++begin[at + 1]; });
    for (std::size_t i = 0; i < clusters.size(); ++i) begin[i + 1] += begin[i];
    rows.resize(begin.back());
    next.assign(begin.begin(), begin.end() - 1);
    each([&](std::size_t at, std::size_t row) {
      if (next[at] != begin[at + 1]) rows[next[at]++] = row;
    });
  }
};

template <class T>
T value_of(T value) {
  return value;
}
template <class T, class Row>
T value_of(const std::pair<T, Row>& entry) {
  return entry.first;
}

template <class T>
T median(const Ones<T>&, Vector<T>& members) {
  const auto middle = members.begin() + static_cast<std::ptrdiff_t>((members.size() - 1) / 2);
  std::nth_element(members.begin(), middle, members.end());
  return *middle;
}

template <class Amounts, class Entry>
auto median(const Amounts& amounts, Vector<Entry>& members) {
  std::sort(members.begin(), members.end());
  typename Amounts::Count whole{}, part{};
  for (const Entry& member : members) whole += amounts(member.second);
  for (const Entry& member : members) {
    part += amounts(member.second);
    if (Amounts::reaches_half(part, whole)) return member.first;
  }
  return members.back().first;
}

template <class Amounts, class Entry>
auto mode(const Amounts& amounts, Vector<Entry>& members) {
  std::sort(members.begin(), members.end());
  auto best = value_of(members.front());
  typename Amounts::Count most{};
  for (std::size_t i = 0; i < members.size();) {
    const auto value = value_of(members[i]);
    typename Amounts::Count count{};
    for (; i < members.size() && value_of(members[i]) == value; ++i) {
      if constexpr (std::is_same_v<Entry, decltype(best)>)
        count += amounts(0);
      else
        count += amounts(members[i].second);
    }
    if (!(most < count)) continue;
    most = count;
    best = value;
  }
  return best;
}

template <class Amounts, class T>
void write(const Points<T>& points, const Vector<std::size_t>& columns, const Vector<std::size_t>& clusters,
           const GroupedRows& grouped, Statistic what, double* centers, const Poll& poll) {
  constexpr std::size_t together = 64 / sizeof(T);  // columns: as many as come with a cache line
  const Amounts amounts(points);
  const std::size_t parts = (columns.size() + together - 1) / together, d = points.columns();
  const int threads = useful_threads(points.n_threads, {grouped.rows.size(), columns.size(), 16});
  parallel_blocks(clusters.size() * parts, threads, poll, [&](std::size_t block, int) {
    const std::size_t cluster = block / parts, first = block % parts * together;
    const std::size_t last = std::min(columns.size(), first + together);
    const std::size_t count = grouped.begin[cluster + 1] - grouped.begin[cluster];
    if (count == 0) return;  // weights have been changed since the members were counted
    Vector<Vector<typename Amounts::Entry>> members(last - first);
    for (auto& some : members) some.reserve(count);
    for (std::size_t i = grouped.begin[cluster]; i < grouped.begin[cluster + 1]; ++i) {
      const T* const row = points.source->in_place().row(grouped.rows[i]);
      for (std::size_t q = first; q < last; ++q)
        members[q - first].push_back(Amounts::entry(row[columns[q]], grouped.rows[i]));
    }
    for (std::size_t q = first; q < last; ++q) {
      const T value =
          what == Statistic::median ? median(amounts, members[q - first]) : mode(amounts, members[q - first]);
      centers[clusters[cluster] * d + columns[q]] = static_cast<double>(value) + 0.0;  // no -0
    }
  });
}

}  // namespace

template <class T>
void write_by_sorting(const Points<T>& points, const Vector<std::size_t>& columns, const Vector<std::size_t>& clusters,
                      std::size_t n_clusters, Statistic what, const std::int32_t* labels, double* centers,
                      const Poll& poll) {
  const GroupedRows grouped(points, clusters, n_clusters, labels);
  if (Ones<T>::fits(points))
    write<Ones<T>>(points, columns, clusters, grouped, what, centers, poll);
  else if (WholeWeights<T>::fits(points))
    write<WholeWeights<T>>(points, columns, clusters, grouped, what, centers, poll);
  else
    write<AnyWeights<T>>(points, columns, clusters, grouped, what, centers, poll);
}

#define PYKMEANS_INSTANTIATE(T)                                                                            \
  template void write_by_sorting(const Points<T>&, const Vector<std::size_t>&, const Vector<std::size_t>&, \
                                 std::size_t, Statistic, const std::int32_t*, double*, const Poll&)

PYKMEANS_INSTANTIATE(std::uint8_t);
PYKMEANS_INSTANTIATE(float);
PYKMEANS_INSTANTIATE(double);

#undef PYKMEANS_INSTANTIATE

}  // namespace pykmeans::detail
