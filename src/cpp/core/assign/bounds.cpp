#include "bounds.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "../../kernels/table.hpp"
#include "../parallel.hpp"

namespace pykmeans::detail {

namespace {

constexpr std::size_t lanes = kernels::group_lanes;
constexpr float infinity = std::numeric_limits<float>::infinity();

float rounded_down(double value) {
  return static_cast<float>(value - std::fabs(value) * 0x1p-21 - 0x1p-148);
}
float rounded_up(double value) {
  return -rounded_down(-value);
}

constexpr double a_little_more = 1.0 + 0x1p-30;
constexpr double a_little_less = 1.0 - 0x1p-30;

}  // namespace

template <class T>
BoundsAssigner<T>::BoundsAssigner(const Points<T>& points, std::size_t n_clusters, const Poll& poll)
    : points_(points), n_clusters_(n_clusters), poll_(poll) {
  // A group is a whole number of panels of centers; as few as half of X's size allows.
  const std::size_t panels = (n_clusters + lanes - 1) / lanes;
  const std::size_t most_groups = std::max<std::size_t>(1, points.values.columns * sizeof(T) / (2 * sizeof(float)));
  panels_per_group_ = (panels + most_groups - 1) / most_groups;
  n_groups_ = (panels + panels_per_group_ - 1) / panels_per_group_;
  // Placed rows that a second-level cache holds; and no block so long that Ctrl-C would have to wait.
  const std::size_t d = points.values.columns;
  const std::size_t fit = std::min((std::size_t{1} << 17) / d, (std::size_t{1} << 27) / (d * n_clusters));
  block_rows_ = std::clamp<std::size_t>(fit / 16 * 16, 16, 512);
}

template <class T>
bool BoundsAssigner<T>::possible(const Points<T>& points) {
  const std::size_t d = points.values.columns;
  return d <= max_float_features && d * sizeof(T) >= 2 * sizeof(float);
}

template <class T>
bool BoundsAssigner<T>::pays(const Points<T>& points, std::size_t n_clusters) {
  const std::size_t d = points.values.columns;
  return n_clusters >= 4 * lanes && d >= 32 && n_clusters * d >= 16384 && d <= max_float_features &&
         points.values.rows >= 4 * n_clusters && d * sizeof(T) / (2 * sizeof(float)) >= 4;
}

template <class T>
void BoundsAssigner<T>::make_groups(const double* centers) {
  const std::size_t slots = n_groups_ * panels_per_group_ * lanes;
  members_.assign(slots, -1);
  place_of_.resize(n_clusters_);
  std::iota(place_of_.begin(), place_of_.end(), 0);  // for a moment, the order of the centers
  split(centers, 0, n_clusters_, 0, n_groups_);
  for (std::size_t place = 0; place < slots; ++place)
    if (members_[place] >= 0) place_of_[static_cast<std::size_t>(members_[place])] = static_cast<std::int32_t>(place);
}

/// Halve the centers by the feature in which they spread most, until a part fits a group.
template <class T>
void BoundsAssigner<T>::split(const double* centers, std::size_t begin, std::size_t end, std::size_t first_group,
                              std::size_t groups) {
  const std::size_t d = points_.values.columns;
  std::int32_t* const order = place_of_.data();
  if (groups == 1) {
    std::copy(order + begin, order + end, members_.data() + first_group * panels_per_group_ * lanes);
    return;
  }
  const auto value = [&](std::int32_t c, std::size_t q) { return centers[static_cast<std::size_t>(c) * d + q]; };
  std::size_t widest = 0;
  double spread = -1.0;
  for (std::size_t q = 0; q < d; ++q) {
    double sum = 0.0, squares = 0.0;
    for (std::size_t i = begin; i < end; ++i) {
      const double v = value(order[i], q) - points_.origin[q];
      sum += v;
      squares += v * v;
    }
    const double variance = squares - sum * sum / static_cast<double>(end - begin);
    if (variance > spread) {
      spread = variance;
      widest = q;
    }
  }
  const std::size_t left = groups / 2;
  const std::size_t middle = begin + ((end - begin) * left + groups - 1) / groups;
  std::nth_element(order + begin, order + middle, order + end, [&](std::int32_t a, std::int32_t b) {
    return value(a, widest) < value(b, widest) || (value(a, widest) == value(b, widest) && a < b);
  });
  split(centers, begin, middle, first_group, left);
  split(centers, middle, end, first_group + left, groups - left);
}

template <class T>
void BoundsAssigner<T>::pack(const double* centers) {
  const std::size_t d = points_.values.columns, panels = n_groups_ * panels_per_group_;
  error_ = FilterError<float>(d, points_.spread_exponent, 0);
  values_.assign(panels * d * lanes, 0.0f);
  starts_.assign(panels * lanes, infinity);
  for (std::size_t place = 0; place < members_.size(); ++place) {
    if (members_[place] < 0) continue;
    const double* center = centers + static_cast<std::size_t>(members_[place]) * d;
    const PackedCenter<float> packed =
        pack_center<float>(center, points_.origin, points_.spread_exponent, error_.epsilon,
                           values_.data() + place / lanes * d * lanes + place % lanes, lanes);
    starts_[place] = packed.start;
  }
}

/// The centers have moved from last_centers_ to these.
template <class T>
void BoundsAssigner<T>::move_bounds(const double* centers, const Referee& referee) {
  const std::size_t d = points_.values.columns, group_size = panels_per_group_ * lanes;
  const double factor = std::ldexp(1.0, -points_.spread_exponent);
  for (std::size_t g = 0; g < n_groups_; ++g) {
    double largest = 0.0;
    for (std::size_t place = g * group_size; place < (g + 1) * group_size; ++place) {
      if (members_[place] < 0) continue;
      const std::size_t at = static_cast<std::size_t>(members_[place]) * d;
      largest = std::max(largest, referee(last_centers_.data() + at, centers + at));
    }
    moves_[g] = (moves_[g] + std::sqrt(largest) * factor) * a_little_more;
  }
}

/// What a thread needs for a block of rows.
template <class T>
struct BoundsAssigner<T>::Worker {
  BoundsAssigner& shared;
  const double* centers;
  const Referee& referee;
  Labeller<T> relabel;

  std::vector<float> placed;  // (block_rows, features)
  std::vector<std::uint8_t> is_placed;
  std::vector<double> own_distance;  // (block_rows) the referee's, to the row's center
  std::vector<double> norm;          // (block_rows) N
  std::vector<float> reach, limit;   // (block_rows) u; limit
  std::vector<std::int32_t> label;   // (block_rows) as it stands
  // Rows of the block that look at a group.
  std::vector<std::uint32_t> survivors;
  std::vector<const float*> rows;
  std::vector<float> limits, least, group_least;
  std::vector<std::int32_t> own;
  std::vector<std::uint32_t> contenders;
  std::size_t looks = 0, chances = 0;

  Worker(BoundsAssigner& assigner, const Assignment& pass, Partial* sums)
      : shared(assigner),
        centers(pass.centers),
        referee(pass.referee),
        relabel{assigner.points_, pass.labels, sums},
        placed(assigner.block_rows_ * assigner.points_.values.columns),
        is_placed(assigner.block_rows_),
        own_distance(assigner.block_rows_),
        norm(assigner.block_rows_),
        reach(assigner.block_rows_),
        limit(assigner.block_rows_),
        label(assigner.block_rows_),
        survivors(assigner.block_rows_),
        rows(assigner.block_rows_),
        limits(assigner.block_rows_),
        least(assigner.block_rows_),
        group_least(assigner.block_rows_),
        own(assigner.block_rows_),
        contenders(assigner.block_rows_) {}

  std::size_t features() const { return shared.points_.values.columns; }
  double frame(double squared) const { return std::ldexp(squared, -2 * shared.points_.spread_exponent); }
  const double* center(std::int32_t c) const { return centers + static_cast<std::size_t>(c) * features(); }

  void block(std::size_t number) {
    const std::size_t begin = number * shared.block_rows_;
    const std::size_t count = std::min(shared.block_rows_, shared.points_.values.rows - begin);
    float* kept = shared.kept_.data() + begin * shared.n_groups_;
    for (std::size_t i = 0; i < count; ++i) {
      label[i] = relabel.labels[begin + i];
      own_distance[i] = referee(shared.points_.values.row(begin + i), center(label[i]));
      reach[i] = rounded_up(std::sqrt(frame(own_distance[i])) * a_little_more);
      is_placed[i] = 0;
    }
    chances += count * shared.n_groups_;
    for (std::size_t g = 0; g < shared.n_groups_; ++g) group(g, begin, count, kept);
    for (std::size_t i = 0; i < count; ++i) relabel(begin + i, label[i]);
  }

  void group(std::size_t g, std::size_t begin, std::size_t count, float* kept) {
    float* const bound = kept + g * count;
    std::size_t n = 0;
    if (shared.known_) {
      const float moved = rounded_up(shared.moves_[g]);
      for (std::size_t i = 0; i < count; ++i) {
        survivors[n] = static_cast<std::uint32_t>(i);
        n += bound[i] > (reach[i] + moved) * (1.0f + 0x1p-22f) ? 0 : 1;
      }
    } else {
      std::iota(survivors.begin(), survivors.begin() + static_cast<std::ptrdiff_t>(count), 0u);
      n = count;
    }
    if (n == 0) return;
    looks += n;
    for (std::size_t s = 0; s < n; ++s) {
      const std::size_t i = survivors[s];
      if (!is_placed[i]) place(i, begin + i);
      rows[s] = placed.data() + i * features();
      limits[s] = limit[i];
      group_least[s] = infinity;
    }
    for (std::size_t p = 0; p < shared.panels_per_group_; ++p)
      panel(g * shared.panels_per_group_ + p, begin, n, kept, count);
    for (std::size_t s = 0; s < n; ++s)
      bound[survivors[s]] = bound_from(survivors[s], group_least[s], shared.moves_[g]);
  }

  /// Into the filter's frame.
  void place(std::size_t i, std::size_t row) {
    const auto place_row = kernels::pick().place.of(T());
    norm[i] = static_cast<double>(place_row(shared.points_.values.row(row), shared.points_.origin.data(),
                                            std::ldexp(1.0, -shared.points_.spread_exponent), features(),
                                            placed.data() + i * features()));
    is_placed[i] = 1;
    set_limit(i);
  }

  void set_limit(std::size_t i) {
    const FilterError<float>& error = shared.error_;
    const double exact = 0.5 * (frame(own_distance[i]) - norm[i]) + error.epsilon * norm[i] + error.tau;
    limit[i] = norm[i] <= 0x1p80 ? rounded_up(exact) : infinity;
  }

  float bound_from(std::size_t i, float lowest, double moves) const {
    const FilterError<float>& error = shared.error_;
    const double squared = norm[i] * (1.0 - 2.0 * error.epsilon) - 2.0 * error.tau + 2.0 * static_cast<double>(lowest);
    const double distance = norm[i] <= 0x1p80 && squared > 0.0 ? std::sqrt(squared) * a_little_less : 0.0;
    return rounded_down(distance + moves);
  }

  /// Sixteen centers against the survivors.
  void panel(std::size_t number, std::size_t begin, std::size_t n, float* kept, std::size_t count) {
    const auto first = static_cast<std::int32_t>(number * lanes);
    for (std::size_t s = 0; s < n; ++s)
      own[s] = shared.place_of_[static_cast<std::size_t>(label[survivors[s]])] - first;
    kernels::pick().score_group({rows.data(), n, features(), shared.values_.data() + number * features() * lanes,
                                 shared.starts_.data() + number * lanes, limits.data(), own.data()},
                                least.data(), contenders.data());
    for (std::size_t s = 0; s < n; ++s) {
      group_least[s] = std::min(group_least[s], least[s]);
      if (contenders[s] != 0) judge(s, begin, number, contenders[s], kept, count);
    }
  }

  /// The referee decides among the center of a survivor and the contenders of a panel.
  void judge(std::size_t s, std::size_t begin, std::size_t number, std::uint32_t mask, float* kept, std::size_t count) {
    const std::size_t i = survivors[s];
    const std::int32_t before = label[i];
    const double distance_before = own_distance[i];
    for (std::size_t l = 0; mask != 0; ++l, mask >>= 1) {
      const std::int32_t c = (mask & 1) != 0 ? shared.members_[number * lanes + l] : -1;
      if (c < 0) continue;
      const double distance = referee(shared.points_.values.row(begin + i), center(c));
      if (distance < own_distance[i] || (distance == own_distance[i] && c < label[i])) {
        own_distance[i] = distance;
        label[i] = c;
      }
    }
    if (label[i] == before) return;
    // The row's new center is nearer: what was certain stays certain. Its old center is now one of the others, and the
    // bound of that center's group must hold for it.
    set_limit(i);
    const double squared = frame(distance_before) * a_little_less;
    const std::size_t place = static_cast<std::size_t>(shared.place_of_[static_cast<std::size_t>(before)]);
    const std::size_t g = place / (shared.panels_per_group_ * lanes), here = number / shared.panels_per_group_;
    // The group at hand needs nothing: see rule 4.
    if (g == here || (!shared.known_ && g > here)) return;  // or it is still to be looked at
    float& bound = kept[g * count + i];
    bound = std::min(bound, rounded_down(std::sqrt(squared) * a_little_less + shared.moves_[g]));
  }
};

template <class T>
std::size_t BoundsAssigner<T>::assign(const Assignment& pass) {
  const std::size_t n = points_.values.rows, d = points_.values.columns;
  if (members_.empty()) {
    make_groups(pass.centers);
    kept_.resize(n * n_groups_);
  }
  if (known_)
    move_bounds(pass.centers, pass.referee);
  else
    moves_.assign(n_groups_, 0.0);
  last_centers_.assign(pass.centers, pass.centers + n_clusters_ * d);
  pack(pass.centers);
  std::vector<Worker> workers;
  for (int w = 0; w < pass.threads; ++w) workers.emplace_back(*this, pass, pass.sums.of(w));
  parallel_blocks((n + block_rows_ - 1) / block_rows_, pass.threads, poll_,
                  [&](std::size_t block, int worker) { workers[static_cast<std::size_t>(worker)].block(block); });
  std::size_t changed = 0, looks = 0, chances = 0;
  for (const Worker& worker : workers) {
    changed += worker.relabel.changed;
    looks += worker.looks;
    chances += worker.chances;
  }
  spared_ = known_ ? 1.0 - static_cast<double>(looks) / static_cast<double>(chances) : 1.0;
  known_ = true;
  return changed;
}

template class BoundsAssigner<std::uint8_t>;
template class BoundsAssigner<float>;
template class BoundsAssigner<double>;

}  // namespace pykmeans::detail
