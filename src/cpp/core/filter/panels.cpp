#include "panels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../machine/parallel.hpp"

namespace pykmeans::detail {

namespace {

constexpr std::size_t lanes = Groups::lanes;

/// @return the sum of squares
template <class T>
float in_frame(const T* row, const RowFrame& frame, float* placed) {
  return kernels::pick().place.of(T())(row, frame.origin.data(), std::ldexp(1.0, -frame.spread_exponent),
                                       frame.origin.size(), placed);
}

}  // namespace

void FloatPanels::make_space(std::size_t panels, const RowFrame& frame) {
  features_ = frame.origin.size();
  error_ = FilterError<float>(features_, frame.spread_exponent, 0);
  values_.assign(panels * lanes * features_, 0.0f);
  starts_.assign(panels * lanes, std::numeric_limits<float>::infinity());
}

void FloatPanels::pack(std::size_t slot, const double* center, const RowFrame& frame) {
  const PackedCenter<float> packed =
      pack_center<float>(center, frame.origin, frame.spread_exponent, error_.epsilon,
                         values_.data() + slot / lanes * features_ * lanes + slot % lanes, lanes);
  starts_[slot] = packed.start;
}

void FloatPanels::pack(const double* centers, const Groups& groups, const RowFrame& frame, int threads,
                       const Poll& poll) {
  make_space(groups.slots() / lanes, frame);
  parallel_blocks(groups.slots() / lanes, threads, poll,
                  [&](std::size_t panel, int) { pack_panel(panel, centers, groups, frame); });
}

void FloatPanels::pack_panel(std::size_t panel, const double* centers, const Groups& groups, const RowFrame& frame) {
  for (std::size_t slot = panel * lanes; slot < (panel + 1) * lanes; ++slot) {
    if (groups.member(slot) < 0) continue;
    pack(slot, centers + static_cast<std::size_t>(groups.member(slot)) * features_, frame);
  }
}

template <class T>
float FloatPanels::Rows::place(std::size_t i, const T* row, const RowFrame& frame) {
  return in_frame(row, frame, values_.data() + i * features_);
}

std::size_t FloatPanels::score(std::size_t panel, const Rows& rows, Query query,
                               const kernels::GroupAnswer& answer) const {
  query.rows = rows.values_.data();
  query.stride = query.features = features_;
  query.centers = packed(panel);
  query.bounds = starts(panel);
  return kernels::pick().group.score_group(query, answer);
}

Int8Rows::Int8Rows(std::size_t rows, std::size_t features)
    : stride_(kernels::pick().int8->row_bytes(features)),
      placed_((features + 15) / 16 * 16),
      values_(rows * stride_),
      about_(rows) {}

template <class T>
float Int8Rows::place(std::size_t i, const T* row, const RowFrame& frame) {
  const float squares = in_frame(row, frame, placed_.data());
  const auto d = static_cast<double>(frame.origin.size());
  const double norm = std::sqrt(static_cast<double>(squares)) * (1.0 + (d + 32.0) * 0x1p-24) + d * 0x1p-70;
  about_[i] = kernels::pick().int8->quantize(placed_.data(), frame.origin.size(), static_cast<float>(norm),
                                             values_.data() + i * stride_);
  return squares;
}

void Int8Values::resize(std::size_t panels, std::size_t features) {
  features_ = features;
  panel_bytes_ = kernels_->panel_bytes(features);
  values_.resize(panels * panel_bytes_ + line - 1);
  about_.resize(panels);
}

/// Where a panel begins. An allocator of aligned memory would not do: glibc's does not find again what was given back.
std::size_t Int8Values::offset(std::size_t panel) const {
  return (line - reinterpret_cast<std::uintptr_t>(values_.data()) % line) % line + panel * panel_bytes_;
}

std::size_t Int8Values::bytes(std::size_t panels, std::size_t features) {
  return panels * (kernels::pick().int8->panel_bytes(features) + sizeof(kernels::Int8Centers));
}

void Int8Values::pack(std::size_t panel, const float* values) {
  about_[panel] = kernels_->pack_centers(values, features_, values_.data() + offset(panel));
}

std::size_t Int8Values::score(std::size_t panel, const Int8Rows& rows, Query query,
                              const kernels::GroupAnswer& answer) const {
  query.rows = rows.values_.data();
  query.stride = rows.stride_;
  query.features = features_;
  query.centers = values_.data() + offset(panel);
  return kernels_->score_group(query, rows.about_.data(), about_[panel], answer);
}

void Int8Panels::pack(const double* centers, const Groups& groups, const RowFrame& frame, int threads,
                      const Poll& poll) {
  floats_.pack(centers, groups, frame, threads, poll);
  values_.resize(groups.slots() / lanes, frame.origin.size());
  parallel_blocks(groups.slots() / lanes, threads, poll,
                  [&](std::size_t panel, int) { values_.pack(panel, floats_.packed(panel)); });
}

std::size_t Int8Panels::score(std::size_t panel, const Rows& rows, Query query,
                              const kernels::GroupAnswer& answer) const {
  query.bounds = floats_.starts(panel);
  return values_.score(panel, rows, query, answer);
}

template float FloatPanels::Rows::place(std::size_t, const std::uint8_t*, const RowFrame&);
template float FloatPanels::Rows::place(std::size_t, const float*, const RowFrame&);
template float FloatPanels::Rows::place(std::size_t, const double*, const RowFrame&);
template float Int8Rows::place(std::size_t, const std::uint8_t*, const RowFrame&);
template float Int8Rows::place(std::size_t, const float*, const RowFrame&);
template float Int8Rows::place(std::size_t, const double*, const RowFrame&);

}  // namespace pykmeans::detail
