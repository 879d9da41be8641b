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

template <class T>
void CenterScores::Rows<T>::set_limit(std::size_t i, double distance) {
  const double norm = norms_[i], in_frame = std::ldexp(distance, -2 * frame_->spread_exponent);
  limits_[i] = norm <= 0x1p80 ? rounded_up(0.5 * (in_frame - norm) + error_.epsilon * norm + error_.tau)
                              : std::numeric_limits<float>::infinity();
}

template class CenterScores::Rows<std::uint8_t>;
template class CenterScores::Rows<float>;
template class CenterScores::Rows<double>;

}  // namespace pykmeans::detail
