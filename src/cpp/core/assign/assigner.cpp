#include "assigner.hpp"

#include <algorithm>

#include "boxes/boxes.hpp"
#include "tiles/tiles.hpp"

namespace pykmeans::detail {

namespace {

/// The way that is worth trying beside "lloyd".
template <class T>
Algorithm choose(const Points<T>& points, std::size_t n_clusters) {
  if (Boxes<T>::pays(points, n_clusters)) return Algorithm::boxes;
  // By measurement: up to here a full pass in 16 bits takes less than bounds and their exceptions.
  if (points.values.columns <= 64 && Tiles<T>::pays(points, n_clusters)) return Algorithm::tiles;
  if (Bounds<T>::pays(points, n_clusters)) return Algorithm::bounds;
  if (Tiles<T>::pays(points, n_clusters)) return Algorithm::tiles;
  return Algorithm::lloyd;
}

template <class T>
std::unique_ptr<Way<T>> make(Algorithm algorithm, const Points<T>& points, std::size_t n_clusters, const Poll& poll) {
  if (algorithm == Algorithm::bounds && Bounds<T>::possible(points))
    return std::make_unique<Bounds<T>>(points, n_clusters, /*remember=*/true, poll);
  if (algorithm == Algorithm::boxes && Boxes<T>::possible(points))
    return std::make_unique<Boxes<T>>(points, n_clusters, poll);
  if (algorithm == Algorithm::tiles && Tiles<T>::possible(points)) return std::make_unique<Tiles<T>>(points, poll);
  return nullptr;
}

}  // namespace

template <class T>
Assigner<T>::Assigner(const Points<T>& points, std::size_t n_clusters, Algorithm algorithm, std::int32_t* labels,
                      const Poll& poll)
    : points_(points),
      n_clusters_(n_clusters),
      labels_(labels),
      poll_(poll),
      brute_(points, n_clusters, poll),
      automatic_(algorithm == Algorithm::automatic) {
  if (!traits(points.metric.distance).squared_euclidean) return;
  name_ = automatic_ ? choose(points, n_clusters) : algorithm;
  clever_ = make(name_, points, n_clusters, poll);
  // By measurement; and packing the centers must be repaid.
  if (n_clusters * points.values.columns >= 65536 && points.values.columns >= 64 && points.values.rows >= 512) {
    int8_ = std::make_unique<Bounds<T>>(points, n_clusters, /*remember=*/false, poll);
    if (!int8_->uses_int8()) int8_.reset();
  }
  restless_ = automatic_ && clever_ && clever_->needs_labels() ? points.values.rows / 4 : points.values.rows;
}

template <class T>
bool Assigner<T>::clever_is_better(const Assignment& pass) const {
  if (!clever_ || pass.exact.scale() != 0) return false;
  if (best_full_pass()) return true;
  if (!labelled_ && clever_->needs_labels()) return false;
  // Bounds spare little while centers still move far, which shows in how many rows change their label.
  return changed_ <= restless_ && clever_->takes(pass);
}

template <class T>
Way<T>& Assigner<T>::plain(const ExactDistance& exact) {
  if (int8_ && int8_->uses_int8() && exact.scale() == 0) return *int8_;
  return brute_;
}

template <class T>
std::size_t Assigner<T>::assign(const double* centers, const ExactDistance& exact, Partial* sums) {
  const int threads = useful_threads(points_.n_threads, {points_.values.rows, n_clusters_, points_.values.columns});
  sums_.prepare(sums, threads);
  const Assignment pass{centers, n_clusters_, exact, labels_, sums_, threads};
  const bool clever = clever_is_better(pass);
  if (!labelled_ && !(clever && clever_->keeps_labels())) std::fill_n(labels_, points_.values.rows, -1);
  if (clever) {
    used_ = name_;
    changed_ = clever_->assign(pass);
    if (automatic_ && !best_full_pass() && clever_->spared() < 0.3) {
      restless_ = changed_ / 2;
      clever_->forget();
    }
  } else {
    used_ = Algorithm::lloyd;
    labels();
    if (clever_) clever_->forget();
    changed_ = plain(exact).assign(pass);
  }
  labelled_ = true;
  sums_.merge(points_.values.columns, threads, poll_);
  return changed_;
}

template class Assigner<std::uint8_t>;
template class Assigner<float>;
template class Assigner<double>;

}  // namespace pykmeans::detail
