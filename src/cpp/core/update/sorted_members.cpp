#include "sorted_members.hpp"

#include <algorithm>

#include "../machine/parallel.hpp"
#include "../rows/row_block.hpp"
#include "weight_counters.hpp"

namespace pykmeans::detail {

namespace {

/// The rows of some clusters, one cluster after the other. Rows of no weight are among them, as they change neither
/// median nor mode.
struct GroupedRows {
  Vector<std::size_t> begin;  // (clusters + 1)
  Vector<std::size_t> rows;

  GroupedRows(std::size_t n_rows, const Vector<std::size_t>& clusters, std::size_t n_clusters,
              const std::int32_t* labels)
      : begin(clusters.size() + 1, 0) {
    constexpr std::size_t none = ~std::size_t{0};
    Vector<std::size_t> slot(n_clusters, none);
    for (std::size_t i = 0; i < clusters.size(); ++i) slot[clusters[i]] = i;
    const auto each = [&](auto&& act) {
      for (std::size_t row = 0; row < n_rows; ++row)
        if (const std::size_t at = slot[static_cast<std::size_t>(labels[row])]; at != none) act(at, row);
    };
    each([&](std::size_t at, std::size_t) { ++begin[at + 1]; });
    for (std::size_t i = 0; i < clusters.size(); ++i) begin[i + 1] += begin[i];
    rows.resize(begin.back());
    Vector<std::size_t> next(begin.begin(), begin.end() - 1);
    each([&](std::size_t at, std::size_t row) { rows[next[at]++] = row; });
  }
};

template <class T, class Weights>
T median(const Weights& weights, Vector<typename Weights::Member>& members) {
  typename Weights::Count whole{};
  for (const auto& member : members) whole += weights.weight(member);
  return weights.median(members, {}, whole);
}

template <class T, class Weights>
T mode(const Weights& weights, Vector<typename Weights::Member>& members) {
  std::sort(members.begin(), members.end());
  T best = Weights::value(members.front());
  typename Weights::Count most{};
  for (std::size_t i = 0; i < members.size();) {
    const T value = Weights::value(members[i]);
    typename Weights::Count count{};
    for (; i < members.size() && Weights::value(members[i]) == value; ++i) count += weights.weight(members[i]);
    if (!(most < count)) continue;
    most = count;
    best = value;
  }
  return best;
}

template <class Weights, class T>
void write(const Points<T>& points, const Vector<std::size_t>& columns, const Vector<std::size_t>& clusters,
           const GroupedRows& grouped, Statistic what, double* centers, const Poll& poll) {
  constexpr std::size_t together = 64 / sizeof(T);  // columns: as many as come with a cache line
  const Weights weights(points);
  const std::size_t parts = (columns.size() + together - 1) / together, d = points.columns();
  const int threads = useful_threads(points.n_threads, {grouped.rows.size(), columns.size(), 16});
  parallel_blocks(clusters.size() * parts, threads, poll, [&](std::size_t block, int) {
    const RowReader<T> read(points);
    const std::size_t cluster = block / parts, first = block % parts * together;
    const std::size_t last = std::min(columns.size(), first + together);
    const std::size_t count = grouped.begin[cluster + 1] - grouped.begin[cluster];
    if (count == 0) return;  // its members left while somebody had taken their weight away, so they count still
    Vector<Vector<typename Weights::Member>> members(last - first);
    for (auto& some : members) some.reserve(count);
    for (std::size_t i = grouped.begin[cluster]; i < grouped.begin[cluster + 1]; ++i) {
      const T* const row = read(grouped.rows[i]);
      for (std::size_t q = first; q < last; ++q)
        members[q - first].push_back(Weights::member(row[columns[q]], grouped.rows[i]));
    }
    for (std::size_t q = first; q < last; ++q) {
      auto& some = members[q - first];
      const T value = what == Statistic::median ? median<T>(weights, some) : mode<T>(weights, some);
      centers[clusters[cluster] * d + columns[q]] = static_cast<double>(value) + 0.0;  // no -0
    }
  });
}

}  // namespace

template <class T>
void write_by_sorting(const Points<T>& points, const Vector<std::size_t>& columns, const Vector<std::size_t>& clusters,
                      std::size_t n_clusters, Statistic what, const std::int32_t* labels, double* centers,
                      const Poll& poll) {
  const GroupedRows grouped(points.rows(), clusters, n_clusters, labels);
  if (UnitWeights<T>::fit(points))
    write<UnitWeights<T>>(points, columns, clusters, grouped, what, centers, poll);
  else if (WholeWeights<T>::fit(points))
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
