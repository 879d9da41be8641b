#include "groups.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "../exact/rounding.hpp"
#include "../machine/parallel.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

/// A few centers of a part tell as well as all of them.
std::size_t step_of_few(std::size_t begin, std::size_t end) {
  return std::max<std::size_t>(1, (end - begin) / 64);
}

}  // namespace

Groups::Groups(std::size_t n_clusters, std::size_t features, std::size_t most_groups, std::size_t panel_slots)
    : n_clusters_(n_clusters), features_(features), panel_slots_(panel_slots) {
  const std::size_t panels = (n_clusters + panel_slots - 1) / panel_slots;
  panels_per_group_ = (panels + most_groups - 1) / most_groups;
  n_groups_ = (panels + panels_per_group_ - 1) / panels_per_group_;
}

void Groups::make(const double* centers) {
  members_.assign(slots(), -1);
  slot_of_.resize(n_clusters_);
  std::iota(slot_of_.begin(), slot_of_.end(), 0);  // for a moment, the order of the centers
  split(centers, 0, n_clusters_, 0, n_groups_);
  for (std::size_t slot = 0; slot < slots(); ++slot)
    if (members_[slot] >= 0) slot_of_[static_cast<std::size_t>(members_[slot])] = static_cast<std::int32_t>(slot);
}

/// A group is spared a look where its nearest center is far and none of its centers has moved far. Halving the centers
/// by a feature of variance v makes distances differ by about v / r, where r is what distances are like, and r^2 about
/// the variances' sum; halving them by their moves makes the largest moves differ by the deviation of these. In many
/// features v / r is small, and one center that moves far would spoil the bounds of all that are grouped with it. Moves
/// as long as r, the first from rows to means, say nothing of the next. Both factors were found by measurement.
/// @param spread  of each feature, times the number of centers that tell
bool Groups::halve_by_moves(std::size_t begin, std::size_t end, const Vector<double>& spread) const {
  if (last_moves_.empty()) return false;
  const std::size_t step = step_of_few(begin, end);
  double count = 0.0, sum = 0.0, squares = 0.0;
  for (std::size_t i = begin; i < end; i += step) {
    const double move = last_moves_[static_cast<std::size_t>(slot_of_[i])];
    count += 1.0;
    sum += move;
    squares += move * move;
  }
  const double spread_of_moves = squares - sum * sum / count;
  const double widest = *std::max_element(spread.begin(), spread.end());
  const double all = std::accumulate(spread.begin(), spread.end(), 0.0);
  return spread_of_moves * all > 0.25 * widest * widest && squares < 0.25 * all;
}

void Groups::split(const double* centers, std::size_t begin, std::size_t end, std::size_t first_group,
                   std::size_t groups) {
  std::int32_t* const order = slot_of_.data();
  if (groups == 1) {
    std::copy(order + begin, order + end, members_.data() + first_group * group_slots());
    return;
  }
  const std::size_t step = step_of_few(begin, end), few = (end - begin + step - 1) / step;
  Vector<double> mean(features_, 0.0), spread(features_, 0.0);
  const auto center = [&](std::size_t i) {
    return centers + static_cast<std::size_t>(order[begin + i * step]) * features_;
  };
  for (std::size_t i = 0; i < few; ++i)
    for (std::size_t q = 0; q < features_; ++q) mean[q] += center(i)[q] / static_cast<double>(few);
  for (std::size_t i = 0; i < few; ++i)
    for (std::size_t q = 0; q < features_; ++q) spread[q] += (center(i)[q] - mean[q]) * (center(i)[q] - mean[q]);
  const auto widest = static_cast<std::size_t>(std::max_element(spread.begin(), spread.end()) - spread.begin());
  const bool by_moves = halve_by_moves(begin, end, spread);
  const auto value = [&](std::int32_t c) {
    const auto center_at = static_cast<std::size_t>(c);
    return by_moves ? last_moves_[center_at] : centers[center_at * features_ + widest];
  };
  const std::size_t left = groups / 2;
  const std::size_t middle = begin + ((end - begin) * left + groups - 1) / groups;
  std::nth_element(order + begin, order + middle, order + end, [&](std::int32_t a, std::int32_t b) {
    return value(a) < value(b) || (value(a) == value(b) && a < b);
  });
  split(centers, begin, middle, first_group, left);
  split(centers, middle, end, first_group + left, groups - left);
}

void Groups::start(const double* centers) {
  last_.assign(centers, centers + n_clusters_ * features_);
  moved_.assign(n_groups_, 0.0);
}

void Groups::move(const double* centers, const ExactDistance& exact, double factor, int threads, const Poll& poll) {
  last_moves_.resize(n_clusters_);
  parallel_blocks(n_groups_, threads, poll, [&](std::size_t g, int) {
    double largest = 0.0;
    for (std::size_t slot = g * group_slots(); slot < (g + 1) * group_slots(); ++slot) {
      if (members_[slot] < 0) continue;
      const auto c = static_cast<std::size_t>(members_[slot]);
      last_moves_[c] = std::sqrt(exact(last_.data() + c * features_, centers + c * features_));
      largest = std::max(largest, last_moves_[c]);
    }
    moved_[g] = (moved_[g] + largest * factor) * a_little_more;
  });
  last_.assign(centers, centers + n_clusters_ * features_);
}

}  // namespace pykmeans::detail
