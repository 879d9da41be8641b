#include "centers.hpp"

#include <memory>

#include "mean.hpp"
#include "medians_modes.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

namespace {

/// The summed features become means, the others a statistic of their members.
template <class T, Statistic statistic>
class MeansAndOthers final : public CenterUpdate<T> {
 public:
  MeansAndOthers(const Points<T>& points, std::size_t n_clusters, const Poll& poll)
      : points_(points), poll_(poll), summed_(summed_features(points.metric, points.columns())) {
    if (summed_ != points.columns())
      others_ = std::make_unique<MediansModes<T>>(points, n_clusters, summed_, statistic, poll);
  }

  void move(const Partial& sums, const typename CenterUpdate<T>::Labels& labels, double* centers) override {
    if (summed_ != 0)
      move_to_means(sums, points_.source->has_single_centers(), summed_, points_.columns(), centers, points_.n_threads,
                    poll_);
    if (others_) others_->move_centers(labels(), centers);
  }

 private:
  const Points<T>& points_;
  const Poll& poll_;
  const std::size_t summed_;
  std::unique_ptr<MediansModes<T>> others_;
};

template <class T>
class Directions final : public CenterUpdate<T> {
 public:
  Directions(const Points<T>& points, std::size_t, const Poll& poll) : points_(points), poll_(poll) {}

  void move(const Partial& sums, const typename CenterUpdate<T>::Labels&, double* centers) override {
    move_to_directions(sums, points_.source->has_single_centers(), points_.columns(), centers, points_.n_threads,
                       poll_);
  }

 private:
  const Points<T>& points_;
  const Poll& poll_;
};

template <class T>
using Modes = MeansAndOthers<T, Statistic::mode>;
template <class T>
using Medians = MeansAndOthers<T, Statistic::median>;

template <template <class> class Update, class T>
std::unique_ptr<CenterUpdate<T>> make(const Points<T>& points, std::size_t n_clusters, const Poll& poll) {
  return std::make_unique<Update<T>>(points, n_clusters, poll);
}

template <template <class> class Update>
constexpr CenterUpdates updates = {make<Update, std::uint8_t>, make<Update, float>, make<Update, double>};

}  // namespace

extern const CenterUpdates means_and_modes = updates<Modes>;
extern const CenterUpdates medians = updates<Medians>;
extern const CenterUpdates directions = updates<Directions>;

}  // namespace pykmeans::detail
