#include "int16.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../exact/rounding.hpp"
#include "distinct_centers.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

constexpr std::size_t panel = kernels::int16_panel;
constexpr std::int32_t largest = std::numeric_limits<std::int32_t>::max();

/// A center in the frame.
struct Placed {
  Vector<double> z;
  double square = 0.0;  // |z|^2, right to (d + 4) 2^-53 of it
  double widest = 0.0;  // largest |z_q|

  void place(const double* center, const Vector<double>& origin, double factor) {
    z.resize(origin.size());
    square = widest = 0.0;
    for (std::size_t q = 0; q < z.size(); ++q) {
      z[q] = (center[q] - origin[q]) * factor;
      square += z[q] * z[q];
      widest = std::max(widest, std::fabs(z[q]));
    }
  }
  /// Q
  double length() const { return std::sqrt(square) * a_little_more; }
};

/// Scores stay below `most`, so that a score plus a margin fits int32.
constexpr double most = 0x1.ep30, most_margin = 0x1p26;

}  // namespace

bool Int16Codebook::pack(const double* centers, std::size_t count, const Vector<double>& origin, int frame_exponent,
                         const Int16Rows& rows, const Groups* groups) {
  const std::size_t d = origin.size();
  const double factor = std::ldexp(1.0, -frame_exponent), exact = (static_cast<double>(d) / 16 + 9) * 0x1p-53;
  const double tau = std::ldexp(static_cast<double>(d) + 2, -100), reach = rows.longest + rows.error;
  Placed center;
  const auto place = [&](std::int32_t c) { center.place(centers + static_cast<std::size_t>(c) * d, origin, factor); };
  double widest = 0.0, nearest_far = std::numeric_limits<double>::infinity();
  names_.clear();
  far_.clear();
  longest_ = 0.0;
  for (const std::int32_t c : distinct_centers(centers, count, d)) {
    place(c);
    const double length = center.length();
    if (!(length <= 4.0 * reach)) {
      far_.push_back(c);
      const double square = std::min(center.square, std::numeric_limits<double>::max());  // it may have overflowed
      nearest_far = std::min(nearest_far, 0.2 * square * (1.0 - 0x1p-30) - tau);
      continue;
    }
    names_.push_back(c);
    longest_ = std::max(longest_, length);
    widest = std::max(widest, center.widest);
  }
  if (names_.empty()) return false;
  in_groups_ = groups && names_.size() == count;
  if (in_groups_) names_ = groups->members();
  // The step of the centers: their numbers must fit 16 bits, and scores 31.
  const double score = 0.5 * longest_ * longest_ + rows.longest * longest_;
  step_ = std::max({widest / 32000.0, 1.01 * score / (rows.step * most), rows.step * 0x1p-10});
  const double unit = rows.step * step_;
  pairs_ = (d + 1) / 2;
  const std::size_t slots = (names_.size() + panel - 1) / panel * panel;
  values_.assign(slots * pairs_ * 2, 0);
  starts_.assign(slots, largest);
  margin_ = 0;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i] < 0) continue;
    place(names_[i]);
    std::int16_t* const values = values_.data() + i / panel * panel * pairs_ * 2 + i % panel * 2;
    double gamma_square = 0.0, b_square = 0.0;
    for (std::size_t q = 0; q < d; ++q) {
      const double b = std::nearbyint(center.z[q] / step_), gamma = center.z[q] - step_ * b;
      values[q / 2 * panel * 2 + q % 2] = static_cast<std::int16_t>(-b);
      gamma_square += gamma * gamma;
      b_square += b * b;
    }
    const double length = center.length();
    const double gamma = std::sqrt(gamma_square) * a_little_more + 0x1p-50 * length;  // the frame's own rounding
    const double own = (rows.longest * gamma + rows.error * length + exact * (reach * reach + length * length) + tau +
                        (static_cast<double>(d) + 8) * 0x1p-53 * center.square) *
                       a_little_more;
    const double start = (0.5 * center.square - own) / unit;
    if (!(std::fabs(start) + rows.longest / rows.step * std::sqrt(b_square) < most)) return false;
    starts_[i] = static_cast<std::int32_t>(std::floor(start)) - 1;
    const double margin = std::ceil(2.0 * own / unit * a_little_more) + 3.0;
    if (!(margin < most_margin)) return false;
    margin_ = std::max(margin_, static_cast<std::int32_t>(margin));
  }
  floor_ = far_.empty() ? largest : static_cast<std::int32_t>(std::min(nearest_far / unit, most)) - 1;
  names_.resize(slots, 0);
  std::replace(names_.begin(), names_.end(), -1, 0);  // empty slots: they never win
  return true;
}

}  // namespace pykmeans::detail
