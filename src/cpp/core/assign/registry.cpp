#include "registry.hpp"

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
constexpr AlgorithmRow<T> rows[] = {row<T, Boxes>(Algorithm::boxes), row<T, Tiles>(Algorithm::tiles),
                                    row<T, Bounds>(Algorithm::bounds)};

}  // namespace

template <class T>
const AlgorithmRow<T>* row_of(Algorithm name) {
  for (const AlgorithmRow<T>& row : rows<T>)
    if (row.name == name) return &row;
  return nullptr;
}

template <class T>
const AlgorithmRow<T>* best_row(const Points<T>& points, std::size_t n_clusters, std::size_t most_bytes) {
  constexpr Algorithm few_features[] = {Algorithm::boxes, Algorithm::tiles, Algorithm::bounds};
  constexpr Algorithm many_features[] = {Algorithm::boxes, Algorithm::bounds, Algorithm::tiles};
  const bool few = points.columns() <= thresholds::tiles_before_bounds_features;
  for (const Algorithm name : few ? few_features : many_features) {
    const AlgorithmRow<T>* row = row_of<T>(name);
    if (row->pays(points, n_clusters) && row->bytes(points, n_clusters) <= most_bytes) return row;
  }
  return nullptr;
}

#define PYKMEANS_INSTANTIATE(T)                         \
  template const AlgorithmRow<T>* row_of<T>(Algorithm); \
  template const AlgorithmRow<T>* best_row(const Points<T>&, std::size_t, std::size_t)

PYKMEANS_INSTANTIATE(std::uint8_t);
PYKMEANS_INSTANTIATE(float);
PYKMEANS_INSTANTIATE(double);

#undef PYKMEANS_INSTANTIATE

}  // namespace pykmeans::detail
