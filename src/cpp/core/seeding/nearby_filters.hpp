// Chooses the filter of k-means++ from step to step.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

#include "int8_nearby.hpp"
#include "neighborhoods.hpp"

namespace pykmeans::detail {

/// float32 at first, while a seed gains many rows: it estimates gains, so that few exact distances are needed. Later,
/// where they pay, 8-bit integers, which find the few rows that are left faster.
template <class T>
class NearbyFilters {
 public:
  /// The arguments must outlive it. @param n_candidates  most of a step  @param kept  bytes that are taken already
  NearbyFilters(const Points<T>& points, const ExactDistance& exact, std::size_t n_clusters, std::size_t n_candidates,
                const MemoryLimit& limit, std::size_t kept, const Poll& poll)
      : points_(points),
        exact_(exact),
        limit_(limit),
        poll_(poll),
        n_clusters_(n_clusters),
        kept_(kept),
        steps_(n_clusters),
        int8_pays_(Int8Nearby<T>::pays(points, exact, n_candidates, limit, kept)) {
    use_floats();
  }

  void begin(const double* values) { in_use_->begin(values); }

  Nearby* operator->() { return in_use_.get(); }
  const Nearby* operator->() const { return in_use_.get(); }

  /// A step was made. @param gained  rows whose values became less  @param values (n_samples)
  void next(std::size_t gained, const double* values) {
    --steps_;
    steps_of_few_ = gained <= points_.rows() / gained_part ? steps_of_few_ + 1 : 0;
    if (in_use_->disappoints() && steps_ > 0)
      use_floats();
    else if (int8_pays_ && steps_ >= fewest_steps && steps_of_few_ >= fewest_steps_of_few)
      return use_int8(values);
    else
      return;
    in_use_->begin(values);
  }

 private:
  static constexpr std::size_t fewest_steps = 24;        // so many that packing the rows pays off
  static constexpr std::size_t gained_part = 16;         // so few rows that their exact distances cost little
  static constexpr std::size_t fewest_steps_of_few = 8;  // the first may have been outliers

  void use_floats() {
    in_use_.reset();
    in_use_ = std::make_unique<Neighborhoods<T>>(points_, exact_, n_clusters_, limit_, kept_, poll_);
  }

  void use_int8(const double* values) {
    int8_pays_ = false;  // it is tried only once
    in_use_.reset();     // its memory may be needed
    try {
      in_use_ = std::make_unique<Int8Nearby<T>>(points_, poll_);
      in_use_->begin(values);
    } catch (const std::bad_alloc&) {
      use_floats();
      in_use_->begin(values);
    }
  }

  const Points<T>& points_;
  const ExactDistance& exact_;
  const MemoryLimit& limit_;
  const Poll& poll_;
  const std::size_t n_clusters_, kept_;
  std::size_t steps_;             // that are left
  std::size_t steps_of_few_ = 0;  // in a row, that gained few rows
  bool int8_pays_;
  std::unique_ptr<Nearby> in_use_;
};

}  // namespace pykmeans::detail
