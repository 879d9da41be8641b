#include "l1.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../../kernels/table.hpp"
#include "codebook.hpp"
#include "filter_frame.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

/// Whether a center lies on the frame's grid and is short enough for the exactness of whole numbers.
bool whole_in_frame(const double* center, const Vector<double>& origin, int frame_exponent) {
  const double factor = std::ldexp(1.0, -frame_exponent);
  double length = 0.0;
  for (std::size_t q = 0; q < origin.size(); ++q) {
    // Ask of the value itself: the difference may round a value that is off the grid onto it.
    const double steps = center[q] * factor, z = (center[q] - origin[q]) * factor;
    if (steps != std::nearbyint(steps) || (steps == 0.0 && center[q] != 0.0)) return false;
    length += std::fabs(z);
  }
  return length <= 2.0 * most_whole_length;
}

/// @param epsilon  0 where all values are whole  @param packed [out] z, each value `stride` after the one before
template <class Float>
PackedCenter<Float> pack_center_l1(const double* center, const Vector<double>& origin, int frame_exponent,
                                   double epsilon, Float* packed, std::size_t stride) {
  const double factor = std::ldexp(1.0, -frame_exponent);
  double sum = 0.0, length = 0.0;
  for (std::size_t q = 0; q < origin.size(); ++q) {
    const double z = (center[q] - origin[q]) * factor;
    sum += z;
    length += std::fabs(z);
    packed[q * stride] = static_cast<Float>(z);
  }
  const double own = 1.5 * epsilon * length;
  if (length <= 0x1p43) return {static_cast<Float>(-0.5 * sum - own), 2.0 * own};
  for (std::size_t q = 0; q < origin.size(); ++q) packed[q * stride] = Float(0);
  return {static_cast<Float>(std::min(0.2 * length, 0x1p100)), std::numeric_limits<double>::infinity()};
}

template <class Float>
FilterError<Float> general_error(std::size_t features) {
  const double d = static_cast<double>(features);
  const double unit = 0.5 * static_cast<double>(std::numeric_limits<Float>::epsilon());
  const double double_unit = 0x1p-53;
  const double exact = (d / 16 + 9) * double_unit;
  constexpr bool single = sizeof(Float) == 4;
  FilterError<Float> error;
  error.epsilon = 1.03 * ((d + 3) * unit + (d + 2) * double_unit + exact);
  error.tau = error.epsilon * std::ldexp(d, single ? -73 : -535) + std::ldexp(d + 2, single ? -148 : -1073);
  return error;
}

template <class Float>
FilterError<Float> error_of_l1(const FilterFrame& frame, const double* centers, std::size_t count, int) {
  const std::size_t d = frame.numbers();
  bool whole = frame.whole;
  for (std::size_t c = 0; whole && c < count; ++c)
    whole = whole_in_frame(centers + c * d, frame.origin, frame.exponent);
  if (!whole) return general_error<Float>(d);
  FilterError<Float> error;
  error.tau = -0.125;
  return error;
}

/// 2 B of a point, rounded up. @param norm  sum y^2
template <class Float>
Float row_error_l1(const FilterError<Float>& error, Float norm, double features) {
  const double length = std::sqrt(features * static_cast<double>(norm));
  const double row_error = (2.0 * error.epsilon * length + 2.0 * error.tau) * (1.0 + 0x1p-20);
  return length <= 0x1p40 ? static_cast<Float>(row_error) : std::numeric_limits<Float>::infinity();
}

template <class Float>
void row_errors_l1(const FilterError<Float>& error, std::size_t features, const Float* norms, std::size_t count,
                   Float* row_errors) {
  for (std::size_t i = 0; i < count; ++i) row_errors[i] = row_error_l1(error, norms[i], static_cast<double>(features));
}

template <class Float>
const kernels::ScoreKernels<Float>& l1_scores(const kernels::FilterKernels<Float>& all) {
  return all.l1;
}

template <class Float>
constexpr ScoreFilter<Float> l1 = {l1_scores<Float>, error_of_l1<Float>, pack_center_l1<Float>, row_errors_l1<Float>};

}  // namespace

extern const LloydFilter l1_filter = {l1<float>, l1<double>, /*scales=*/false, /*seeks_grid=*/true,
                                      /*fit_frame=*/nullptr};

}  // namespace pykmeans::detail
