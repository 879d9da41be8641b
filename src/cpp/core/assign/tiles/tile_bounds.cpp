#include "tile_bounds.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../../../kernels/table.hpp"
#include "../../exact/rounding.hpp"

namespace pykmeans::detail {

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float tiny = 0x1p-20f;

}  // namespace

void TileBounds::begin(const Int16Codebook& centers, const Groups& groups, const Int16Rows& rows) {
  centers_ = centers.view();
  moved_.resize(panels_);
  for (std::size_t p = 0; p < panels_; ++p) moved_[p] = rounded_up(groups.moved(p));
  most_moved_ = *std::max_element(moved_.begin(), moved_.end());
  const double reach = rows.longest + centers.longest();
  unit_ = static_cast<float>(2.0 * rows.step * centers.step());
  spare_ = rounded_up(0x1p-20 * reach * reach);
  least_ = rounded_up(2.5 * rows.error + 0x1p-40);
}

std::size_t TileBounds::choose(std::size_t t, const std::int16_t* values, const std::int32_t* slots, const float* norms,
                               Scratch& scratch, std::uint32_t* panels) {
  kernels::pick().int16.score(centers_, values, slots, scratch.below);
  float* const own = own_.data() + t * tile;
  float widest = 0.0f, grown = -infinity;
  for (std::size_t l = 0; l < tile; ++l) {
    const std::int32_t most = scratch.below[l] + centers_.margin;
    scratch.below[l] = -(most / 2 + 1);
    const float square = std::max(norms[l] + unit_ * static_cast<float>(most), 0.0f) + spare_;
    const float u = std::sqrt(square) * (1.0f + tiny);
    grown = std::max(grown, known_ ? u - own[l] : 0.0f);
    own[l] = u;
    widest = std::max(widest, u);
  }
  scratch.widest = widest;
  float& sum = grown_[t];
  sum = known_ ? sum + grown : 0.0f;
  sum += tiny * (std::fabs(sum) + widest);
  float* const kept = kept_.data() + t * panels_;
  if (!known_) std::fill_n(kept, panels_, -infinity);
  const float reach = sum + least_ + tiny * (widest + std::fabs(sum) + most_moved_);
  // The kernel adds the two, whichever is which.
  return kernels::pick().group.survivors(kept, moved_.data(), reach, panels_, panels);
}

void TileBounds::keep(std::size_t t, const std::uint32_t* panels, std::size_t count, const Scratch& scratch) {
  const float w = scratch.widest, square = w * w, lost = 2.0f * spare_ + 4.0f * tiny * square, sum = grown_[t];
  const float less = tiny * (w + std::fabs(sum) + most_moved_);
  float* const kept = kept_.data() + t * panels_;
  for (std::size_t i = 0; i < count; ++i) {
    const float more = unit_ * 2.0f * static_cast<float>(scratch.gains[i]) * (1.0f - tiny) - lost;
    const float gap = more > 0.0f ? std::sqrt(square + more) * (1.0f - tiny) - w : -w;
    kept[panels[i]] = gap + moved_[panels[i]] + sum - less;
  }
}

}  // namespace pykmeans::detail
