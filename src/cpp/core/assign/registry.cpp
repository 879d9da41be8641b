#include "registry.hpp"

#include "../distance/metrics.hpp"
#include "bounds/bounds.hpp"
#include "boxes/boxes.hpp"
#include "thresholds.hpp"
#include "tiles/tiles.hpp"

namespace pykmeans::detail {

namespace {

template <class Made, class T>
std::unique_ptr<LabelAlgorithm<T>> make(const Points<T>& points, std::size_t n_clusters) {
  return std::make_unique<Made>(points, n_clusters);
}

template <class T, template <class> class Made>
constexpr AlgorithmRow<T> row(Algorithm name) {
  return {name, Made<T>::possible, Made<T>::pays, Made<T>::bytes, make<Made<T>, T>};
}

template <class T>
constexpr AlgorithmRow<T> rows[] = {row<T, Boxes>(Algorithm::boxes), row<T, BoundedTiles>(Algorithm::tiles),
                                    row<T, Tiles>(Algorithm::tiles), row<T, Bounds>(Algorithm::bounds)};

/// The first row of that name that serves; nullptr for none.
template <class T, class Serves>
const AlgorithmRow<T>* row_of(Algorithm name, const Serves& serves) {
  for (const AlgorithmRow<T>& row : rows<T>)
    if (row.name == name && serves(row)) return &row;
  return nullptr;
}

}  // namespace

template <class T>
std::size_t least_bytes(const Points<T>& points, std::size_t n_clusters) {
  const std::size_t d = points.columns();
  const auto threads = static_cast<std::size_t>(points.n_threads);
  const SumLayout& layout = points.layout;
  const std::size_t sums = (static_cast<std::size_t>(layout.limbs) + 1) * layout.features * sizeof(std::int64_t);
  constexpr std::size_t of_cluster = 64, of_centers = 6;  // counts and flags; copies of the centers, one of them packed
  return n_clusters * (threads * (sums + of_cluster) + of_centers * d * sizeof(double));
}

template <class T>
const AlgorithmRow<T>* choose(const Points<T>& points, std::size_t n_clusters, Algorithm asked,
                              const MemoryLimit& limit) {
  if (!traits(points.metric.distance).squared_euclidean) return nullptr;
  const std::size_t kept = least_bytes(points, n_clusters);
  const auto fits = [&](const AlgorithmRow<T>& row) { return limit.allows(row.bytes(points, n_clusters), kept); };
  if (asked != Algorithm::automatic)
    return row_of<T>(asked, [&](const AlgorithmRow<T>& row) { return row.possible(points) && fits(row); });
  constexpr Algorithm few_features[] = {Algorithm::boxes, Algorithm::tiles, Algorithm::bounds};
  constexpr Algorithm many_features[] = {Algorithm::boxes, Algorithm::bounds, Algorithm::tiles};
  const bool few = points.columns() <= thresholds::tiles_before_bounds_features;
  for (const Algorithm name : few ? few_features : many_features)
    if (const AlgorithmRow<T>* row =
            row_of<T>(name, [&](const AlgorithmRow<T>& r) { return r.pays(points, n_clusters) && fits(r); }))
      return row;
  return nullptr;
}

#define PYKMEANS_INSTANTIATE(T)                                    \
  template std::size_t least_bytes(const Points<T>&, std::size_t); \
  template const AlgorithmRow<T>* choose(const Points<T>&, std::size_t, Algorithm, const MemoryLimit&)

PYKMEANS_INSTANTIATE(std::uint8_t);
PYKMEANS_INSTANTIATE(float);
PYKMEANS_INSTANTIATE(double);

#undef PYKMEANS_INSTANTIATE

}  // namespace pykmeans::detail
