#include "codebook.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

template <class Float>
FilterError<Float>::FilterError(std::size_t features, int frame_exponent, int distance_scale) {
  const double d = static_cast<double>(features);
  const double unit = 0.5 * static_cast<double>(std::numeric_limits<Float>::epsilon());
  const double double_unit = 0x1p-53;
  const double exact = (d / 16 + 9) * double_unit;
  epsilon = 1.03 * ((d + 10) * unit + (d + 2) * double_unit + 2 * exact);
  const double own = std::ldexp(d + 2, sizeof(Float) == 4 ? -100 : -1000);
  const double vanished = distance_scale == 0 ? 0.0 : std::ldexp(d + 2, -585 - 2 * (distance_scale + frame_exponent));
  tau = own + vanished;
}

template <class Float>
Float FilterError<Float>::row_error(Float norm) const {
  const double square = static_cast<double>(norm);
  const double row_error = (epsilon * square + 2.0 * tau) * (1.0 + 0x1p-20);
  return square <= 0x1p80 && row_error <= 0x1p100 ? static_cast<Float>(row_error)
                                                  : std::numeric_limits<Float>::infinity();
}

template <class Float>
void row_errors_of_products(const FilterError<Float>& error, std::size_t, const Float* norms, std::size_t count,
                            Float* row_errors) {
  for (std::size_t i = 0; i < count; ++i) row_errors[i] = error.row_error(norms[i]);
}

template <class Float>
PackedCenter<Float> pack_center(const double* center, const Vector<double>& origin, int frame_exponent, double epsilon,
                                Float* packed, std::size_t stride) {
  const double factor = std::ldexp(1.0, -frame_exponent);
  double norm = 0.0;
  for (std::size_t q = 0; q < origin.size(); ++q) {
    const double z = (center[q] - origin[q]) * factor;
    norm += z * z;
    packed[q * stride] = static_cast<Float>(-z);
  }
  if (norm <= 0x1p86) return {static_cast<Float>(0.5 * norm - epsilon * norm), 2.0 * epsilon * norm};
  for (std::size_t q = 0; q < origin.size(); ++q) packed[q * stride] = Float(0);
  return {static_cast<Float>(std::min(0.2 * norm, 0x1p120)), std::numeric_limits<double>::infinity()};
}

namespace {

template <class Float>
const kernels::ScoreKernels<Float>& dot(const kernels::FilterKernels<Float>& all) {
  return all.dot;
}

template <class Float>
FilterError<Float> error_of_products(const FilterFrame& frame, const double*, std::size_t, int distance_scale) {
  return {frame.numbers(), frame.exponent, distance_scale};
}

template <class Float>
constexpr ScoreFilter<Float> products = {dot<Float>, error_of_products<Float>, pack_center<Float>,
                                         row_errors_of_products<Float>};

}  // namespace

extern const LloydFilter product_filter = {products<float>, products<double>, /*scales=*/true, /*seeks_grid=*/false,
                                           /*fit_frame=*/nullptr};

template <class Float>
void Codebook<Float>::row_errors(const Float* norms, std::size_t count, Float* row_errors) const {
  filter_->row_errors(error_, features_, norms, count, row_errors);
}

template <class Float>
PackedCenter<Float> Codebook<Float>::pack_one(const double* center, Float* packed) {
  const std::size_t numbers = frame_->numbers();
  for (std::size_t q = numbers; q < features_; ++q) {
    const auto category = static_cast<Float>(center[q]);
    packed[q * width_] =
        static_cast<double>(category) == center[q] ? category : std::numeric_limits<Float>::quiet_NaN();
  }
  return filter_->pack_center(center, frame_->origin, frame_->exponent, error_.epsilon, packed, width_);
}

/// Panels as wide as the registers allow, and no wider than the centers fill.
template <class Float>
void Codebook<Float>::place(const double* centers, std::size_t widest) {
  n_panels_ = (size_ + widest - 1) / widest;
  width_ = (size_ + n_panels_ - 1) / n_panels_;
  values_.assign(slots() * features_, Float(0));
  starts_.assign(slots(), std::numeric_limits<Float>::infinity());
  names_.resize(slots(), names_[0]);
  for (std::size_t c = 0; c < size_; ++c) {
    const auto name = static_cast<std::size_t>(names_[c]);
    const PackedCenter<Float> packed =
        pack_one(centers + name * features_, values_.data() + (c / width_) * width_ * features_ + c % width_);
    starts_[c] = packed.start;
    center_errors_[name] = static_cast<Float>(packed.center_error * (1.0 + 0x1p-20));
  }
}

/// Keep the names of centers that equal no earlier one. @return whether others were dropped
template <class Float>
bool Codebook<Float>::drop_equal(const double* centers) {
  const auto row = [&](std::int32_t p) {
    return centers + static_cast<std::size_t>(names_[static_cast<std::size_t>(p)]) * features_;
  };
  const auto start = [&](std::int32_t p) { return starts_[static_cast<std::size_t>(p)]; };
  order_.resize(size_);
  std::iota(order_.begin(), order_.end(), 0);
  std::sort(order_.begin(), order_.end(), [&](std::int32_t a, std::int32_t b) {
    if (start(a) != start(b)) return start(a) < start(b);  // equal centers start equal: few values are compared
    const auto [left, right] = std::mismatch(row(a), row(a) + features_, row(b));
    return left == row(a) + features_ ? a < b : *left < *right;
  });
  const auto equal = [&](std::int32_t a, std::int32_t b) {
    return start(a) == start(b) && std::equal(row(a), row(a) + features_, row(b));
  };
  order_.erase(std::unique(order_.begin(), order_.end(), equal), order_.end());
  if (order_.size() == size_) return false;
  std::sort(order_.begin(), order_.end());
  names_ = order_;  // all centers were there until now, so a position is a name
  size_ = order_.size();
  return true;
}

template <class Float>
void Codebook<Float>::pack(const double* centers, std::size_t count, const FilterFrame& frame, int distance_scale,
                           std::size_t widest) {
  frame_ = &frame;
  filter_ = &frame.filter->of(Float());
  features_ = frame.numbers() + frame.categories();
  size_ = count;
  error_ = filter_->error(frame, centers, count, distance_scale);
  center_errors_.resize(count);
  names_.resize(count);
  std::iota(names_.begin(), names_.end(), 0);
  place(centers, widest);
  most_slots_ = slots();
  if (drop_equal(centers)) place(centers, widest);
}

template struct FilterError<float>;
template struct FilterError<double>;
template PackedCenter<float> pack_center(const double*, const Vector<double>&, int, double, float*, std::size_t);
template PackedCenter<double> pack_center(const double*, const Vector<double>&, int, double, double*, std::size_t);
template void row_errors_of_products(const FilterError<float>&, std::size_t, const float*, std::size_t, float*);
template void row_errors_of_products(const FilterError<double>&, std::size_t, const double*, std::size_t, double*);
template class Codebook<float>;
template class Codebook<double>;

}  // namespace pykmeans::detail
