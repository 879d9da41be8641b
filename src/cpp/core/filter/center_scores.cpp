#include "center_scores.hpp"

#include <cmath>
#include <limits>

#include "../exact/rounding.hpp"

namespace pykmeans::detail {

CenterScores::CenterScores(const RowFrame& frame, std::size_t n_clusters) : frame_(frame), n_clusters_(n_clusters) {
  centers_.make_space((n_clusters + lanes - 1) / lanes, frame);
}

void CenterScores::pack(std::size_t c, const double* center) {
  centers_.pack(c, center, frame_);
}

float CenterScores::limit(double norm, double distance) const {
  if (!(norm <= 0x1p80)) return std::numeric_limits<float>::infinity();
  const FilterError<float>& error = centers_.error();
  const double in_frame = std::ldexp(distance, -2 * frame_.spread_exponent);
  return rounded_up(0.5 * (in_frame - norm) + error.epsilon * norm + error.tau);
}

}  // namespace pykmeans::detail
