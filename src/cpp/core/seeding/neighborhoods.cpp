#include "neighborhoods.hpp"

#include <cmath>
#include <limits>
#include <type_traits>

#include "../machine/parallel.hpp"
#include "../rows/row_block.hpp"
#include "nearby_order.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

constexpr float nowhere = -1e30f;  // the value where there is no row: below all that is added

float row_error_of_squares(float norm, std::size_t) {
  return 0x1p-26f * norm + 0x1p-100f;
}

float row_error_of_sums(float norm, std::size_t features) {
  return 0x1p-23f * std::sqrt(static_cast<float>(features) * norm) + 0x1p-75f;
}

float no_row_error(float, std::size_t) {
  return 0.0f;
}

const kernels::SeedMetric& squares() {
  return kernels::pick().seed.squared;
}
const kernels::SeedMetric& sums() {
  return kernels::pick().seed.absolute;
}
const kernels::SeedMetric& with_categories() {
  return kernels::pick().seed.mixed;
}

}  // namespace

extern const SeedFilter square_seeds = {squares, row_error_of_squares, /*counts=*/false};
extern const SeedFilter l1_seeds = {sums, row_error_of_sums, /*counts=*/false};
extern const SeedFilter mixed_seeds = {with_categories, row_error_of_squares, /*counts=*/false};
extern const SeedFilter count_seeds = {with_categories, no_row_error, /*counts=*/true};

template <class T>
Neighborhoods<T>::Neighborhoods(const Points<T>& points, const ExactDistance& exact, std::size_t n_clusters,
                                const MemoryLimit& limit, std::size_t kept, const Poll& poll)
    : points_(points),
      poll_(poll),
      numbers_(numeric_features(points.metric, points.columns())),
      filter_(traits(points.metric.distance).seeds),
      kernels_(filter_ ? &filter_->kernels() : nullptr),
      threads_(useful_threads(points.n_threads, {points.rows(), points.columns(), 4})),
      works_(choose_frame(exact) && limit.allows(points.rows() * row_bytes(), kept)),
      keeps_copy_(keeps_copy(n_clusters, limit, kept)),
      uses_boxes_(uses_boxes(n_clusters)),
      relative_error_(filter_ && filter_->counts
                          ? 0.0f
                          : static_cast<float>(2.0 * (static_cast<double>(points.columns() + 8) * 0x1p-24 + 0x1p-20))) {
  const std::size_t n = points.rows(), d = points.columns();
  block_tiles_ = uses_boxes_ || d <= 64 ? kernels::seed_block_tiles : 4;
  const std::size_t block_rows = block_tiles_ * tile;
  blocks_ = (n + block_rows - 1) / block_rows;
  part_blocks_ = std::clamp<std::size_t>(32768 / (block_rows * d), 1, 2048 / block_rows);
  if (points.weights) {
    int exponent = 0;
    std::frexp(*std::max_element(points.weights, points.weights + n), &exponent);
    weight_factor_ = std::ldexp(1.0, std::min(-exponent, 900));
  }
}

/// Whether there is a frame: the largest magnitude becomes about 1, so that only what vanishes beside it is lost.
template <class T>
bool Neighborhoods<T>::choose_frame(const ExactDistance& exact) {
  if (!filter_) return false;
  const std::size_t d = points_.columns(), categories = d - numbers_;
  // Beside categories the exact distance scales nothing up.
  const int limit = !std::is_same_v<T, double> ? 120 : categories != 0 ? 400 : 900;
  const int exponent = -(points_.range.highest + 1), nearest = std::clamp(exponent, -limit, limit);
  factor_ = std::ldexp(1.0, nearest);
  to_frame_ = traits(points_.metric.distance).degree * (nearest - exact.scale());
  if (exponent < -limit - 6 || exponent > limit || d > 100000) return false;
  if (categories == 0) return true;
  for (std::size_t q = numbers_; q < d; ++q)
    if (std::is_same_v<T, double> && points_.facts.columns[q].highest > 24) return false;
  mismatch_ = std::ldexp(exact.mismatch(), to_frame_);
  return mismatch_ <= 0x1p80;
}

/// Rows in the frame are kept where there are few columns or many steps. Else they are placed anew at every step.
template <class T>
bool Neighborhoods<T>::keeps_copy(std::size_t n_clusters, const MemoryLimit& limit, std::size_t kept) const {
  const std::size_t n = points_.rows(), bytes = 4 * n * points_.columns();
  const bool small = bytes <= std::max<std::size_t>(32 * n, std::size_t{1} << 24);
  // Boxes would be an eighth of it, and the order 5 bytes a row.
  return works_ && limit.allows(bytes + bytes / 8 + 5 * n, kept + n * row_bytes()) &&
         (small || (n_clusters >= 24 && bytes <= std::size_t{1} << 30));
}

/// What is kept for each row besides a copy: its value, its weight, and its part of what is kept for a tile.
template <class T>
std::size_t Neighborhoods<T>::row_bytes() const {
  return sizeof(float) + (points_.weights ? sizeof(float) : 0) + 1;
}

/// Boxes pay where halving the rows has cut every column, and where the steps are enough to pay for the order.
template <class T>
bool Neighborhoods<T>::uses_boxes(std::size_t n_clusters) const {
  const std::size_t n = points_.rows(), d = points_.columns();
  return keeps_copy_ && numbers_ == d && d <= kernels::most_boxed_features && n <= std::size_t{1} << 22 &&
         n_clusters * (d + 5) >= 1000 && std::log2(static_cast<double>(n) / tile) >= 1.5 * static_cast<double>(d);
}

/// What is kept of a value: N.
template <class T>
float Neighborhoods<T>::stored(double value, std::size_t tile_number) const {
  const auto framed = static_cast<float>(times_power_of_two(value, to_frame_));
  return framed * (1.0f + relative_error_) + row_errors_[tile_number];
}

/// Some tiles in the frame. @param row_errors [out] (count) or nullptr
template <class T>
const float* Neighborhoods<T>::pack(std::size_t first_tile, std::size_t count, Vector<float>& scratch,
                                    float* row_errors) const {
  const std::size_t d = points_.columns();
  scratch.resize(count * tile * d);
  const auto pack = pack_.from(T());
  const RowReader<T> read(points_, tile);
  const T* present = read(0);  // the last row stands in for rows that are not there
  for (std::size_t t = 0; t < count; ++t) {
    const T* rows[tile];
    for (std::size_t l = 0; l < tile; ++l) {
      const std::size_t row = row_at((first_tile + t) * tile + l);
      if (row != no_row) present = read(row, l);
      rows[l] = present;
    }
    float squares[tile];
    float* to = scratch.data() + t * tile * d;
    pack(rows, points_.frame.origin.data(), factor_, numbers_, to, squares);
    if (row_errors) row_errors[t] = filter_->row_error(*std::max_element(squares, squares + tile), d);
    if (numbers_ == d) continue;
    for (const T*& row : rows) row += numbers_;
    pack(rows, points_.frame.origin.data() + numbers_, 1.0, d - numbers_, to + numbers_ * tile, squares);
  }
  return scratch.data();
}

template <class T>
void Neighborhoods<T>::begin(const double* values) {
  if (!works_) return;
  if (uses_boxes_) order_ = nearby_order(points_, factor_, blocks_ * block_tiles_ * tile, threads_, poll_);
  const std::size_t tiles = blocks_ * block_tiles_, d = points_.columns();
  nearest_.resize(tiles * tile);
  if (points_.weights) weights_.resize(tiles * tile);
  row_errors_.resize(tiles);
  reach_.resize(tiles);
  if (keeps_copy_) copy_.resize(tiles * tile * d);
  if (uses_boxes_) {
    box_reach_.resize(blocks_);
    boxes_.resize(blocks_ * 2 * d);
    tile_boxes_.resize(tiles * 2 * d);
  }
  parallel_blocks(parts(), threads_, poll_, [&](std::size_t part, int) {
    for (std::size_t b = part * part_blocks_; b < std::min(blocks_, (part + 1) * part_blocks_); ++b)
      fill_block(b, values);
  });
}

template <class T>
void Neighborhoods<T>::fill_block(std::size_t block, const double* values) {
  const std::size_t first = block * block_tiles_;
  Vector<float> scratch;
  const float* packed = pack(first, block_tiles_, scratch, row_errors_.data() + first);
  if (keeps_copy_) std::copy_n(packed, scratch.size(), copy_.data() + block * scratch.size());
  for (std::size_t slot = first * tile; slot < (first + block_tiles_) * tile; ++slot) {
    const std::size_t row = row_at(slot);
    const bool counts = row != no_row && points_.weight(row) != 0.0;
    nearest_[slot] = counts ? stored(values[row], slot / tile) : nowhere;
    if (points_.weights) weights_[slot] = counts ? static_cast<float>(points_.weights[row] * weight_factor_) : 0.0f;
  }
  for (std::size_t t = first; t < first + block_tiles_; ++t) measure(t);
  if (uses_boxes_) make_boxes(block);
}

template <class T>
void Neighborhoods<T>::make_boxes(std::size_t block) {
  const std::size_t d = points_.columns();
  for (std::size_t q = 0; q < d; ++q) {
    float* box = boxes_.data() + (block * d + q) * 2;
    float* below = tile_boxes_.data() + (block * d + q) * 2 * block_tiles_;
    float* above = below + block_tiles_;
    for (std::size_t t = 0; t < block_tiles_; ++t) {
      const float* values = copy_.data() + ((block * block_tiles_ + t) * d + q) * tile;
      below[t] = *std::min_element(values, values + tile);
      above[t] = *std::max_element(values, values + tile);
    }
    box[0] = *std::min_element(below, below + block_tiles_);
    box[1] = *std::max_element(above, above + block_tiles_);
  }
  const float* reach = reach_.data() + block * block_tiles_;
  box_reach_[block] = *std::max_element(reach, reach + block_tiles_);
}

template <class T>
void Neighborhoods<T>::measure(std::size_t number) {
  const float* values = nearest_.data() + number * tile;
  reach_[number] = *std::max_element(values, values + tile) * (1.0f + relative_error_);
}

template <class T>
void Neighborhoods<T>::place_candidates(const double* centers, std::size_t count) {
  const std::size_t d = points_.columns(), n_groups = (count + at_once - 1) / at_once;
  candidates_.assign(n_groups * d * at_once, 0.0f);
  added_.assign(n_groups * at_once, 0.0f);
  reach_added_.assign(n_groups * at_once, 0.0f);
  touched_.resize(n_groups * blocks_ * at_once);
  const auto place = kernels::pick().place.of(T());
  Vector<T> row(d);
  Vector<float> placed(d);
  for (std::size_t l = 0; l < count; ++l) {
    for (std::size_t q = 0; q < d; ++q) row[q] = static_cast<T>(centers[l * d + q]);  // the row that it was
    added_[l] = filter_->row_error(place(row.data(), points_.frame.origin.data(), factor_, numbers_, placed.data()), d);
    for (std::size_t q = numbers_; q < d; ++q) placed[q] = static_cast<float>(row[q]);
    reach_added_[l] = added_[l] * (1.0f + relative_error_);
    float* to = candidates_.data() + l / at_once * d * at_once + l % at_once;
    for (std::size_t q = 0; q < d; ++q) to[q * at_once] = placed[q];
  }
}

template <class T>
kernels::SeedQuery Neighborhoods<T>::query(std::size_t group, std::size_t first_tile, const float* rows) const {
  const std::size_t d = points_.columns(), block = first_tile / block_tiles_;
  kernels::SeedQuery result{};
  result.points = rows;
  result.nearest = nearest_.data() + first_tile * tile;
  result.weights = weights_.empty() ? nullptr : weights_.data() + first_tile * tile;
  result.candidates = candidates_.data() + group * d * at_once;
  result.added = added_.data() + group * at_once;
  result.reach_added = reach_added_.data() + group * at_once;
  result.features = d;
  result.categories = d - numbers_;
  result.mismatch = static_cast<float>(mismatch_);
  result.tiles = block_tiles_;
  if (!uses_boxes_) return result;
  result.box = boxes_.data() + block * 2 * d;
  result.tile_boxes = tile_boxes_.data() + block * block_tiles_ * 2 * d;
  result.tile_reach = reach_.data() + block * block_tiles_;
  result.box_reach = box_reach_[block];
  return result;
}

template <class T>
Nearby::Gains Neighborhoods<T>::estimate(const double* centers, std::size_t count) {
  if (!works_) return Gains::unknown(count);
  place_candidates(centers, count);
  const std::size_t d = points_.columns(), lanes = groups() * at_once;
  const std::size_t stride = 2 * lanes + 16;  // of a worker: gains, errors, and scratch to write to lines of its own
  Vector<double> totals(static_cast<std::size_t>(threads_) * stride);
  parallel_blocks(parts(), threads_, poll_, [&](std::size_t part, int worker) {
    double* total = totals.data() + static_cast<std::size_t>(worker) * stride;
    Vector<float> scratch;
    Vector<float> sums(lanes * tile);
    for (std::size_t b = part * part_blocks_; b < std::min(blocks_, (part + 1) * part_blocks_); ++b) {
      const std::size_t first = b * block_tiles_;
      const float* rows = keeps_copy_ ? copy_.data() + first * tile * d : pack(first, block_tiles_, scratch, nullptr);
      for (std::size_t g = 0; g < groups(); ++g) {
        const unsigned wanted = (1u << std::min(at_once, count - g * at_once)) - 1;
        std::uint16_t* touched = touched_.data() + (g * blocks_ + b) * at_once;
        kernels_->gains(query(g, first, rows), wanted, sums.data() + g * at_once * tile, touched);
        for (std::size_t l = 0; l < at_once; ++l)
          for (unsigned tiles = touched[l], t = 0; tiles != 0; tiles >>= 1, ++t)
            if (tiles & 1)
              total[lanes + g * at_once + l] += static_cast<double>(relative_error_ * reach_[first + t] +
                                                                    row_errors_[first + t] + added_[g * at_once + l]);
      }
    }
    for (std::size_t i = 0; i < sums.size(); ++i) total[i / tile] += static_cast<double>(sums[i]);
  });
  Gains gains;
  for (std::size_t l = 0; l < count; ++l) {
    double gain = 0.0, error = 0.0;
    for (std::size_t w = 0; w < totals.size(); w += stride) {
      gain += totals[w + l];
      error += totals[w + lanes + l];
    }
    gains.gain.push_back(gain);
    gains.error.push_back(2.01 * static_cast<double>(tile) * error + 0x1p-14 * gain);
  }
  return gains;
}

template <class T>
void Neighborhoods<T>::near(std::size_t part, std::size_t candidate, Vector<Near>& found) const {
  found.clear();
  const std::size_t d = points_.columns(), group = candidate / at_once, lane = candidate % at_once;
  Vector<float> scratch;
  for (std::size_t b = part * part_blocks_; b < std::min(blocks_, (part + 1) * part_blocks_); ++b) {
    unsigned tiles = works_ ? touched_[(group * blocks_ + b) * at_once + lane] : (1u << block_tiles_) - 1;
    for (std::size_t t = b * block_tiles_; tiles != 0; tiles >>= 1, ++t) {
      if ((tiles & 1) == 0) continue;
      unsigned near = 0xffff;
      if (works_)
        near = kernels_->near(query(group, t, keeps_copy_ ? copy_.data() + t * tile * d : pack(t, 1, scratch, nullptr)),
                              lane);
      for (std::size_t slot = t * tile; near != 0; near >>= 1, ++slot) {
        if ((near & 1) == 0) continue;
        const std::size_t row = row_at(slot);
        if (row != no_row && points_.weight(row) != 0.0) found.push_back({row, slot});
      }
    }
  }
}

template <class T>
void Neighborhoods<T>::improve(const Vector<Near>& rows, const double* values) {
  if (!works_) return;
  for (const Near& at : rows) nearest_[at.slot] = stored(values[at.row], at.slot / tile);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t number = rows[i].slot / tile, block = number / block_tiles_;
    if (i + 1 < rows.size() && rows[i + 1].slot / tile == number) continue;
    measure(number);
    if (!uses_boxes_ || (i + 1 < rows.size() && rows[i + 1].slot / tile / block_tiles_ == block)) continue;
    const float* reach = reach_.data() + block * block_tiles_;
    box_reach_[block] = *std::max_element(reach, reach + block_tiles_);
  }
}

template class Neighborhoods<std::uint8_t>;
template class Neighborhoods<float>;
template class Neighborhoods<double>;

}  // namespace pykmeans::detail
