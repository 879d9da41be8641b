#include "int8_nearby.hpp"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <limits>
#include <numeric>

#include "../../kernels/bits.hpp"
#include "../exact/rounding.hpp"
#include "../filter/codebook.hpp"
#include "../machine/parallel.hpp"
#include "../rows/row_block.hpp"

namespace pykmeans::detail {

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

// With fewer features, what follows a score takes as long as the score.
constexpr std::size_t fewest_features = 32;
// So few values of a part that Ctrl-C is heard in time.
constexpr std::size_t part_values = 32768;
// Where more than this share of the pairs of row and candidate is left, float32 is faster.
constexpr double most_left = 0.2;

}  // namespace

/// What a worker needs for the candidates of a step.
template <class T>
struct Int8Nearby<T>::Scratch {
  Vector<std::uint32_t> chosen, contenders, contended;
  Vector<float> least;
  Vector<std::int32_t> slot;
  std::size_t left = 0;

  explicit Scratch(std::size_t count)
      : chosen(count + lanes), contenders(count + lanes), contended(count + lanes), least(count + lanes), slot(count) {
    std::iota(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(count), 0u);
    std::fill(slot.begin(), slot.end(), -1);
  }
};

template <class T>
Int8Nearby<T>::Int8Nearby(const Points<T>& points, const Poll& poll)
    : points_(points),
      poll_(poll),
      threads_(useful_threads(points.n_threads, {points.rows(), points.columns(), 2})),
      panels_((points.rows() + lanes - 1) / lanes),
      part_panels_(std::clamp<std::size_t>(part_values / (lanes * points.columns()), 1, 32)),
      error_(points.columns(), points.frame.spread_exponent, 0),
      candidates_(0, points.columns()) {}

template <class T>
bool Int8Nearby<T>::pays(const Points<T>& points, const ExactDistance& exact, std::size_t n_candidates,
                         const MemoryLimit& limit, std::size_t kept) {
  const std::size_t d = points.columns(), panels = (points.rows() + lanes - 1) / lanes;
  if (!traits(points.metric.distance).squared_euclidean || !int8_serves(d) || exact.scale() != 0) return false;
  const std::size_t of_panel = lanes * 2 * sizeof(float) + n_candidates * sizeof(std::uint16_t);
  return d >= fewest_features && limit.allows(Int8Values::bytes(panels, d) + panels * of_panel, kept);
}

template <class T>
float Int8Nearby<T>::bound(std::size_t row, double value) const {
  const double half = 0.5 * std::ldexp(value, -2 * points_.frame.spread_exponent);
  return points_.weight(row) == 0.0 ? infinity : rounded_down(static_cast<double>(starts_[row]) - half);
}

template <class T>
template <class Use>
void Int8Nearby<T>::each_panel(std::size_t part, const Use& use) const {
  for (std::size_t panel = part * part_panels_; panel < std::min(panels_, (part + 1) * part_panels_); ++panel)
    use(panel);
}

template <class T>
void Int8Nearby<T>::begin(const double* values) {
  packed_.resize(panels_, points_.columns());
  starts_.assign(panels_ * lanes, infinity);
  bounds_.assign(panels_ * lanes, infinity);
  parallel_blocks(parts(), threads_, poll_,
                  [&](std::size_t part, int) { each_panel(part, [&](std::size_t panel) { pack(panel, values); }); });
}

template <class T>
void Int8Nearby<T>::pack(std::size_t panel, const double* values) {
  const std::size_t d = points_.columns();
  const RowReader<T> read(points_);
  Vector<float> floats(d * lanes);
  Vector<double> row(d);
  for (std::size_t l = 0; l < lanes && panel * lanes + l < points_.rows(); ++l) {
    const std::size_t i = panel * lanes + l;
    const T* from = read(i);
    std::transform(from, from + d, row.begin(), [](T value) { return static_cast<double>(value); });
    starts_[i] = pack_center<float>(row.data(), points_.frame.origin, points_.frame.spread_exponent, error_.epsilon,
                                    floats.data() + l, lanes)
                     .start;
    bounds_[i] = bound(i, values[i]);
  }
  packed_.pack(panel, floats.data());
}

template <class T>
Nearby::Gains Int8Nearby<T>::estimate(const double* centers, std::size_t count) {
  const std::size_t d = points_.columns();
  candidates_ = Int8Rows(count, d);
  count_ = count;
  limits_.assign(count + lanes, infinity);
  Vector<T> row(d);
  for (std::size_t l = 0; l < count; ++l) {
    for (std::size_t q = 0; q < d; ++q) row[q] = static_cast<T>(centers[l * d + q]);  // the row that it was
    const auto norm = static_cast<double>(candidates_.place(l, row.data(), points_.frame));
    if (norm <= 0x1p80) limits_[l] = rounded_up(error_.epsilon * norm + error_.tau - 0.5 * norm);
  }
  left_.resize(panels_ * count);
  Vector<Scratch> scratch(static_cast<std::size_t>(threads_), Scratch(count));
  parallel_blocks(parts(), threads_, poll_, [&](std::size_t part, int worker) {
    Scratch& own = scratch[static_cast<std::size_t>(worker)];
    each_panel(part, [&](std::size_t panel) { own.left += score(panel, own); });
  });
  std::size_t left = 0;
  for (const Scratch& own : scratch) left += own.left;
  disappoints_ = static_cast<double>(left) > most_left * static_cast<double>(points_.rows() * count);
  return Gains::unknown(count);
}

/// Which rows of a panel are left to the candidates. @return how many, for all candidates
template <class T>
std::size_t Int8Nearby<T>::score(std::size_t panel, Scratch& scratch) {
  std::uint16_t* left = left_.data() + panel * count_;
  std::fill_n(left, count_, std::uint16_t{0});
  Int8Values::Query query{};
  query.chosen = scratch.chosen.data();
  query.count = count_;
  query.bounds = bounds_.data() + panel * lanes;
  query.limits = limits_.data();
  query.slot = scratch.slot.data();
  const std::size_t contended = packed_.score(
      panel, candidates_, query, {scratch.least.data(), scratch.contenders.data(), scratch.contended.data()});
  std::size_t rows = 0;
  for (std::size_t i = 0; i < contended; ++i) {
    const std::uint32_t candidate = scratch.contended[i];
    left[candidate] = static_cast<std::uint16_t>(scratch.contenders[candidate]);
    rows += std::bitset<lanes>(left[candidate]).count();
  }
  return rows;
}

template <class T>
void Int8Nearby<T>::near(std::size_t part, std::size_t candidate, Vector<Near>& found) const {
  found.clear();
  each_panel(part, [&](std::size_t panel) {
    for (unsigned left = left_[panel * count_ + candidate]; left != 0; left &= left - 1) {
      const std::size_t row = panel * lanes + kernels::lowest_bit(left);
      if (row < points_.rows() && points_.weight(row) != 0.0) found.push_back({row, row});
    }
  });
}

template <class T>
void Int8Nearby<T>::improve(const Vector<Near>& rows, const double* values) {
  for (const Near& at : rows) bounds_[at.slot] = bound(at.row, values[at.row]);
}

template class Int8Nearby<std::uint8_t>;
template class Int8Nearby<float>;
template class Int8Nearby<double>;

}  // namespace pykmeans::detail
