#include "medians_modes.hpp"

#include <algorithm>
#include <numeric>

#include "sorted_members.hpp"

namespace pykmeans::detail {

namespace {

/// Whether counting pays for the codes. The limits are guesses from a few measurements.
template <class T>
bool counting_pays(const Points<T>& points, std::size_t n_clusters, Statistic what) {
  const std::size_t n = points.rows();
  return what == Statistic::mode || (n >= 2048 && n / n_clusters >= 32);
}

}  // namespace

template <class T>
MediansModes<T>::MediansModes(const Points<T>& points, std::size_t n_clusters, std::size_t first, Statistic what,
                              const Poll& poll)
    : points_(points),
      what_(what),
      poll_(poll),
      memory_(points, n_clusters),
      sizes_(n_clusters, 0),
      touched_(n_clusters, 0) {
  if (counting_pays(points, n_clusters, what)) counts_ = CodeCounts<T>::make(points, first, n_clusters, what, poll);
  if (counts_) {
    sorted_ = counts_->left_out();
  } else {
    sorted_.resize(points.columns() - first);
    std::iota(sorted_.begin(), sorted_.end(), first);
  }
}

template <class T>
void MediansModes<T>::follow(const Moves& moves) {
  for (std::size_t c = 0; c < sizes_.size(); ++c)
    for (std::size_t i = moves.begin[c]; i < moves.begin[c + 1]; ++i) {
      touched_[c] = 1;
      sizes_[c] += moves.moves[i].comes ? std::size_t{1} : ~std::size_t{0};
    }
  if (counts_) counts_->apply(moves);
}

template <class T>
void MediansModes<T>::move_centers(const std::int32_t* labels, double* centers) {
  // Some rows at a time, so that the list of moves takes little memory.
  const std::size_t n = points_.rows(), step = std::max<std::size_t>((std::size_t{1} << 22) / points_.columns(), 4096);
  for (std::size_t begin = 0; begin < n; begin += step)
    follow(memory_.look(labels, begin, std::min(n, begin + step), poll_));
  Vector<std::size_t> clusters;
  for (std::size_t c = 0; c < sizes_.size(); ++c) {
    if (touched_[c] != 0 && sizes_[c] != 0) clusters.push_back(c);
    touched_[c] = 0;
  }
  if (clusters.empty()) return;
  if (counts_) counts_->write(clusters, labels, centers);
  if (!sorted_.empty()) write_by_sorting(points_, sorted_, clusters, sizes_.size(), what_, labels, centers, poll_);
}

template class MediansModes<std::uint8_t>;
template class MediansModes<float>;
template class MediansModes<double>;

}  // namespace pykmeans::detail
