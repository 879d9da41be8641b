#include "codebook.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace pykmeans::detail {

template <class Float>
FilterError<Float>::FilterError(std::size_t features, int frame_exponent, int referee_scale) {
  const double d = static_cast<double>(features);
  const double unit = 0.5 * static_cast<double>(std::numeric_limits<Float>::epsilon());
  const double double_unit = 0x1p-53;
  const double referee = (d / 16 + 9) * double_unit;
  epsilon = 1.03 * ((d + 8) * unit + (d + 2) * double_unit + 2 * referee);
  const double own = std::ldexp(d + 2, sizeof(Float) == 4 ? -100 : -1000);
  const double vanished = referee_scale == 0 ? 0.0 : std::ldexp(d + 2, -585 - 2 * (referee_scale + frame_exponent));
  tau = own + vanished;
}

template <class Float>
PackedCenter<Float> pack_center(const double* center, const std::vector<double>& origin, int frame_exponent,
                                double epsilon, Float* packed, std::size_t stride) {
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

template <class Float>
void Codebook<Float>::keep_distinct(const double* centers, std::size_t count, std::size_t features) {
  const auto row = [=](std::int32_t c) { return centers + static_cast<std::size_t>(c) * features; };
  original_.resize(count);
  std::iota(original_.begin(), original_.end(), 0);
  std::sort(original_.begin(), original_.end(), [&](std::int32_t a, std::int32_t b) {
    const auto [left, right] = std::mismatch(row(a), row(a) + features, row(b));
    return left == row(a) + features ? a < b : *left < *right;
  });
  const auto equal = [&](std::int32_t a, std::int32_t b) { return std::equal(row(a), row(a) + features, row(b)); };
  original_.erase(std::unique(original_.begin(), original_.end(), equal), original_.end());
  std::sort(original_.begin(), original_.end());
}

template <class Float>
void Codebook<Float>::pack(const double* centers, std::size_t count, const std::vector<double>& origin,
                           int frame_exponent, int referee_scale, const kernels::DotKernels<Float>& kernels) {
  const std::size_t features = origin.size(), panel = kernels.panel;
  error_ = FilterError<Float>(features, frame_exponent, referee_scale);
  keep_distinct(centers, count, features);
  panels_ = (size() + panel - 1) / panel;
  values_.assign(panels_ * panel * features, Float(0));
  bounds_.assign(panels_ * panel, std::numeric_limits<Float>::infinity());
  slack_.resize(size());
  for (std::size_t c = 0; c < size(); ++c) {
    const PackedCenter<Float> packed =
        pack_center(centers + static_cast<std::size_t>(original_[c]) * features, origin, frame_exponent, error_.epsilon,
                    values_.data() + (c / panel) * panel * features + c % panel, panel);
    bounds_[c] = packed.start;
    slack_[c] = packed.slack;
  }
}

template struct FilterError<float>;
template struct FilterError<double>;
template PackedCenter<float> pack_center(const double*, const std::vector<double>&, int, double, float*, std::size_t);
template PackedCenter<double> pack_center(const double*, const std::vector<double>&, int, double, double*, std::size_t);
template class Codebook<float>;
template class Codebook<double>;

}  // namespace pykmeans::detail
