#include "full_int8.hpp"

#include "../thresholds.hpp"

namespace pykmeans::detail {

template <class T>
FullInt8<T>::FullInt8(const Points<T>& points, std::size_t n_clusters)
    : BlockAlgorithm<T>(points),
      groups_(n_clusters, points.columns(), n_clusters),
      block_rows_(group_block_rows(points.columns(), n_clusters)) {}

template <class T>
bool FullInt8<T>::pays(const Points<T>& points, std::size_t n_clusters) {
  const std::size_t d = points.columns();
  return traits(points.metric.distance).squared_euclidean && int8_serves(d) &&
         n_clusters * d >= thresholds::int8_least_work && d >= thresholds::int8_fewest_features &&
         points.rows() >= thresholds::int8_fewest_rows;
}

template <class T>
bool FullInt8<T>::begin(const Pass& pass) {
  if (!certifies_ || pass.exact.scale() != 0) return false;
  groups_.make(pass.centers);
  pass_ = std::make_unique<GroupPass<T, Int8Panels, NoBounds>>(pass, points_.frame, groups_, NoBounds{}, block_rows_);
  return true;
}

template <class T>
PassPlan FullInt8<T>::plan(const Pass& pass) const {
  return PassPlan::of_blocks(points_.rows(), block_rows_, pass.threads);
}

template <class T>
void FullInt8<T>::label(const RowBlock<T>& block, std::int32_t* labels, Partial* sums, Tally& tally, int worker) {
  pass_->label(block, labels, sums, tally, worker);
}

template <class T>
void FullInt8<T>::end(const Tally& tally) {
  pass_.reset();
  certifies_ = !int8_is_too_coarse(tally, points_.rows());
}

template class FullInt8<std::uint8_t>;
template class FullInt8<float>;
template class FullInt8<double>;

}  // namespace pykmeans::detail
