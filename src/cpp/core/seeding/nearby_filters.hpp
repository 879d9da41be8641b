// Which filter k-means++ uses from step to step.
#pragma once

#include <cstddef>
#include <memory>

#include "int8_nearby.hpp"
#include "neighborhoods.hpp"

namespace pykmeans::detail {

/// float32 at first, while a seed gains many rows: it estimates gains, so that few exact distances are needed. Then,
/// where they pay, 8-bit integers, which find the few rows that are left in less time.
template <class T>
class NearbyFilters {
 public:
  /// What is given must outlive it. @param kept  bytes that are taken besides
  NearbyFilters(const Points<T>& points, const ExactDistance& exact, std::size_t n_clusters, const MemoryLimit& limit,
                std::size_t kept, const Poll& poll)
      : points_(points),
        poll_(poll),
        steps_(n_clusters),
        int8_pays_(Int8Nearby<T>::pays(points, exact, limit, kept)),
        in_floats_(points, exact, int8_pays_ ? fewest_steps : n_clusters, limit, kept, poll) {}

  void begin(const double* values) { in_floats_.begin(values); }

  Nearby* operator->() { return in_int8_ ? static_cast<Nearby*>(in_int8_.get()) : &in_floats_; }
  const Nearby* operator->() const { return in_int8_ ? static_cast<const Nearby*>(in_int8_.get()) : &in_floats_; }

  /// A step was made. @param gained  rows whose values became less  @param values (n_samples)
  void next(std::size_t gained, const double* values) {
    --steps_;
    if (in_int8_ && in_int8_->disappoints()) {
      int8_pays_ = false;
      in_int8_.reset();
      in_floats_.begin(values);
    } else if (!in_int8_ && int8_pays_ && steps_ >= fewest_steps && gained <= points_.rows() / gained_part) {
      in_int8_ = std::make_unique<Int8Nearby<T>>(points_, poll_);
      in_int8_->begin(values);
    }
  }

 private:
  static constexpr std::size_t fewest_steps = 24;  // packing the rows must be repaid
  static constexpr std::size_t gained_part = 16;   // so few that their exact distances take little beside the filter

  const Points<T>& points_;
  const Poll& poll_;
  std::size_t steps_;  // that are left
  bool int8_pays_;
  Neighborhoods<T> in_floats_;
  std::unique_ptr<Int8Nearby<T>> in_int8_;  // while it is in use
};

}  // namespace pykmeans::detail
