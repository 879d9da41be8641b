#include "local_lloyd.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../distance/metrics.hpp"
#include "../exact/rounding.hpp"
#include "../rows/check.hpp"
#include "../rows/normalize.hpp"
#include "../update/mean.hpp"

namespace pykmeans::detail {

namespace {

double relative_error(std::size_t features) {
  return (static_cast<double>(features) / 16.0 + 9.0) * 0x1p-53;
}

/// As Member keeps it.
float jump_root(double root) {
  return rounded_down(std::min(root, 0x1p126));
}

}  // namespace

template <class T>
LocalLloyd<T>::LocalLloyd(const Points<T>& points, const Vector<double>& centers, const std::int32_t* labels,
                          const Partial& sums, const ExactDistance& exact, const Poll& poll)
    : points_(points),
      poll_(poll),
      exact_(exact),
      d_(points.columns()),
      normalized_(traits(points.metric.distance).normalized),
      shrink_(1.0 - 8.0 * relative_error(d_)),
      root_shrink_(1.0 - 4.0 * relative_error(d_)),
      units_(exact.highest() + 4 + weight_exponent()),
      centers_(centers),
      seen_(centers),
      sums_(points.layout, centers.size() / d_),
      clusters_(sums_.clusters()),
      is_touched_(size()),
      saved_(size()),
      saved_centers_(centers_.size()),
      saved_seen_(centers_.size()),
      saved_sums_(points.layout, size()),
      is_moved_(size()),
      drift_(size()),
      changes_(size()) {
  for (int t = 0; t < std::max(1, points.n_threads); ++t) readers_.emplace_back(points, /*slots=*/2);
  for (std::size_t c = 0; c < size(); ++c) {
    const Vector<double> as_seen = seen(centers_.data() + c * d_);
    std::copy(as_seen.begin(), as_seen.end(), seen_.begin() + static_cast<std::ptrdiff_t>(c * d_));
    sums_.add(c, sums, c);
    sums_.settle(c);
  }
  if (traits(points.metric.distance).filter && CenterScores::serve(d_, exact_)) {
    scores_.emplace(points.frame, size());
    for (std::size_t c = 0; c < size(); ++c) scores_->pack(c, seen_center(c));
    for (std::size_t t = 0; t < readers_.size(); ++t) scored_.emplace_back(points.frame);
  }
  Vector<std::size_t> rows(size());
  for (std::size_t i = 0; i < points.rows(); ++i) ++rows[static_cast<std::size_t>(labels[i])];
  for (std::size_t c = 0; c < size(); ++c) clusters_[c].members.reserve(rows[c]);
  for (std::size_t i = 0; i < points.rows(); ++i)
    if (points.weight(i) > 0.0) clusters_[static_cast<std::size_t>(labels[i])].members.push_back({i, 0.0});
  each(size(), static_cast<double>(points.rows() * d_), [&](std::size_t c, int worker) {
    for (Member& member : clusters_[c].members) {
      breathe(worker);
      member.distance = exact_(row(member.row, worker), seen_center(c));
    }
    measure(c);
    clusters_[c].inertia = inertia_of(clusters_[c]);
  });
  for (const Cluster& cluster : clusters_) inertia_.add(cluster.inertia);
  for (std::size_t c = 0; c < size(); ++c) {
    touched_.push_back(c);
    is_touched_[c] = 1;
  }
  find_seconds();
  forget_saved();
}

template <class T>
Vector<double> LocalLloyd<T>::seen(const double* values) const {
  Vector<double> result(values, values + d_);
  if (normalized_) normalize(values, d_, result.data());
  return result;
}

template <class T>
Vector<double> LocalLloyd<T>::center_of(const Partial& sums, std::size_t cluster, const double* before) const {
  const bool single = points_.source->has_single_centers();
  Vector<double> center(before, before + d_);
  Partial sum(points_.layout, 1);
  sum.add(0, sums, cluster);
  if (normalized_)
    move_to_directions(sum, single, d_, center.data(), 1, {});
  else
    move_to_means(sum, single, d_, d_, center.data(), 1, {});
  return center;
}

// ---------------------------------------------------------------- what can be undone

template <class T>
void LocalLloyd<T>::save(std::size_t c) {
  if (is_touched_[c]) return;
  is_touched_[c] = 1;
  touched_.push_back(c);
  saved_[c] = clusters_[c];
  std::copy_n(centers_.data() + c * d_, d_, saved_centers_.data() + c * d_);
  std::copy_n(seen_center(c), d_, saved_seen_.data() + c * d_);
  saved_sums_.clear(c);
  saved_sums_.add(c, sums_, c);
}

template <class T>
void LocalLloyd<T>::forget_saved() {
  for (const std::size_t c : touched_) {
    is_touched_[c] = 0;
    drift_[c] = 0.0;
  }
  touched_.clear();
  for (const std::size_t c : moved_) is_moved_[c] = 0;
  moved_.clear();
  jumped_ = false;
  jumped_to_ = nowhere;
}

template <class T>
void LocalLloyd<T>::restore() {
  for (const std::size_t c : touched_) {
    std::swap(clusters_[c], saved_[c]);
    std::copy_n(saved_centers_.data() + c * d_, d_, centers_.data() + c * d_);
    std::copy_n(saved_seen_.data() + c * d_, d_, seen_.data() + c * d_);
    if (scores_) scores_->pack(c, seen_center(c));
    sums_.clear(c);
    sums_.add(c, saved_sums_, c);
    sums_.settle(c);
  }
}

template <class T>
void LocalLloyd<T>::keep(bool with_seconds) {
  each(touched_.size(), static_cast<double>(rows_of(touched_) * 8), [&](std::size_t i, int) {
    Cluster& cluster = clusters_[touched_[i]];
    cluster.inertia = inertia_of(cluster);
  });
  for (const std::size_t c : touched_) {
    inertia_.add(clusters_[c].inertia);
    inertia_.subtract(saved_[c].inertia);
  }
  if (with_seconds)
    find_seconds();
  else
    bound_seconds();
}

template <class T>
bool LocalLloyd<T>::keep_if_lower(Ending ending, bool with_seconds) {
  const bool lower = (ending == Ending::settled || ending == Ending::used_up) && is_lower();
  if (lower)
    keep(with_seconds);
  else
    restore();
  forget_saved();
  return lower;
}

template <class T>
LimbSum LocalLloyd<T>::change() const {
  LimbSum sum;
  for (const std::size_t c : touched_) {
    sum.add(inertia_of(clusters_[c]));
    sum.subtract(saved_[c].inertia);
  }
  return sum;
}

/// The same in float64. A sum of m terms is right to m roundings of it, and each term to one.
template <class T>
typename LocalLloyd<T>::Estimate LocalLloyd<T>::estimated_change() const {
  Estimate change{0.0, 0.0};
  double magnitude = 0.0;
  for (const std::size_t c : touched_) {
    for (const Cluster* const cluster : {&clusters_[c], &saved_[c]}) {
      change.error += static_cast<double>(cluster->members.size() + 2) * 0x1p-52 * cluster->estimate;
      magnitude += cluster->estimate;
    }
    change.value += clusters_[c].estimate - saved_[c].estimate;
  }
  change.error += static_cast<double>(2 * touched_.size()) * 0x1p-52 * magnitude;
  return change;
}

template <class T>
bool LocalLloyd<T>::is_lower() const {
  const Estimate estimate = estimated_change();
  if (estimate.is_clear(estimate.value, estimate.error)) return estimate.value < 0.0;
  return change().sign(units_) < 0;
}

// ---------------------------------------------------------------- moving centers

template <class T>
void LocalLloyd<T>::set_center(std::size_t c, const double* values) {
  check_finite(Vector<double>(values, values + d_));
  std::copy_n(values, d_, centers_.data() + c * d_);
  std::copy_n(values, d_, seen_.data() + c * d_);
  if (normalized_) normalize(values, d_, seen_.data() + c * d_);
  if (scores_) scores_->pack(c, seen_center(c));
  mark_moved(c);
}

template <class T>
void LocalLloyd<T>::mark_moved(std::size_t c) {
  if (is_moved_[c]) return;
  is_moved_[c] = 1;
  moved_.push_back(c);
}

template <class T>
void LocalLloyd<T>::place(std::size_t c, const double* values) {
  save(c);
  set_center(c, values);
  drift_[c] = std::numeric_limits<double>::infinity();
}

template <class T>
void LocalLloyd<T>::jump(std::size_t c, const double* values) {
  place(c, values);
  ++jumps_;
  std::copy_n(values, d_, seen_.data() + c * d_);  // a row that has been normalized is as it should be
  if (scores_) scores_->pack(c, seen_center(c));
  jumped_ = true;
}

template <class T>
void LocalLloyd<T>::move(std::size_t from, std::size_t to, const Vector<std::size_t>& positions) {
  for (const std::size_t position : positions) changes_[from].push_back({position, static_cast<std::int32_t>(to), 0.0});
  transfer();
  update();
  mark_moved(from);  // run() takes the distances of their rows
  mark_moved(to);
}

template <class T>
void LocalLloyd<T>::update_all() {
  changed_.resize(size());
  for (std::size_t c = 0; c < size(); ++c) changed_[c] = c;
  update();
}

/// Make the centers of the clusters that changed the means of their rows.
template <class T>
void LocalLloyd<T>::update() {
  for (const std::size_t c : changed_) {
    const Vector<double> mean = center_of(sums_, c, centers_.data() + c * d_);
    check_finite(mean);
    const Vector<double> as_seen = seen(mean.data());
    if (std::equal(mean.begin(), mean.end(), centers_.data() + c * d_) &&
        std::equal(as_seen.begin(), as_seen.end(), seen_center(c))) {
      std::copy(mean.begin(), mean.end(), centers_.data() + c * d_);  // a zero may have another sign
      continue;
    }
    save(c);
    set_center(c, mean.data());
  }
}

template <class T>
void LocalLloyd<T>::find_drift() {
  for (const std::size_t c : touched_)
    if (std::isfinite(drift_[c]))
      drift_[c] = std::sqrt(between(seen_center(c), saved_seen_.data() + c * d_)) * (2.0 - root_shrink_);
  if (jumped_to_ != nowhere)
    jump_drift_ = std::sqrt(between(seen_center(jumped_to_), jump_.data())) * (2.0 - root_shrink_);
}

// ---------------------------------------------------------------- assignment

template <class T>
std::size_t LocalLloyd<T>::rows_of(const Vector<std::size_t>& clusters) const {
  std::size_t rows = 0;
  for (const std::size_t c : clusters) rows += clusters_[c].members.size();
  return rows;
}

/// The estimate and the radius of a cluster.
template <class T>
void LocalLloyd<T>::measure(std::size_t c) {
  double sums[4] = {}, radius = 0.0;
  const Vector<Member>& members = clusters_[c].members;
  for (std::size_t i = 0; i < members.size(); ++i) {
    radius = std::max(radius, members[i].distance);
    sums[i % 4] += members[i].distance * (points_.weights ? points_.weights[members[i].row] : 1.0);
  }
  clusters_[c].radius = radius;
  clusters_[c].estimate = (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

template <class T>
LimbSum LocalLloyd<T>::inertia_of(const Cluster& cluster) const {
  LimbSum sum;
  for (const Member& member : cluster.members) add(sum, member.distance, member.row);
  return sum;
}

/// Find the rows whose nearest center is another one, now that some centers moved.
template <class T>
void LocalLloyd<T>::assign() {
  const auto work = static_cast<double>(rows_of(moved_) * d_);
  each(moved_.size(), work, [&](std::size_t i, int worker) {
    const std::size_t c = moved_[i];
    double radius = 0.0;
    for (Member& member : clusters_[c].members) {
      breathe(worker);
      member.distance = exact_(row(member.row, worker), seen_center(c));
      radius = std::max(radius, member.distance);
    }
    clusters_[c].radius = radius;
  });
  find_drift();
  if (scores_ && moved_.size() > few_centers) {
    moved_scores_.emplace(points_.frame, moved_.size());
    for (std::size_t i = 0; i < moved_.size(); ++i) moved_scores_->pack(i, seen_center(moved_[i]));
  }
  Vector<Vector<Near>> near(static_cast<std::size_t>(threads()));
  const double share = static_cast<double>(moved_.size()) / static_cast<double>(size());
  each(size(), share * static_cast<double>(points_.rows() * d_ * 8), [&](std::size_t a, int worker) {
    Vector<Near>& of_thread = near[static_cast<std::size_t>(worker)];
    find_near(a, of_thread);
    look_at(a, of_thread, worker);
  });
}

/// The centers that rows of a cluster may be nearer to than to their own, as far as one of the two moved.
template <class T>
void LocalLloyd<T>::find_near(std::size_t a, Vector<Near>& near) const {
  near.clear();
  const double radius = clusters_[a].radius;
  const auto add = [&](std::size_t c) {
    const double distance = between(seen_center(a), seen_center(c));
    if (c != a && !beyond(distance, radius)) near.push_back({distance, c});
  };
  if (is_moved_[a] != 0)
    for (std::size_t c = 0; c < size(); ++c) add(c);
  else
    for (const std::size_t c : moved_) add(c);
  std::sort(near.begin(), near.end(), [](const Near& x, const Near& y) { return x.distance < y.distance; });
}

template <class T>
void LocalLloyd<T>::look_at(std::size_t a, const Vector<Near>& near, int worker) {
  if (near.empty()) return;
  const Cluster& cluster = clusters_[a];
  const bool by_scores = scores_ && near.size() > few_centers, jump_is_known = cluster.last_jump == jumps_;
  const std::size_t jumped = jumped_to_;
  bool jumped_is_near = false;
  double largest = 0.0;  // drift of the others
  for (const Near& other : near)
    if (other.center == jumped)
      jumped_is_near = true;
    else
      largest = std::max(largest, drift_[other.center]);
  Vector<std::size_t> positions;
  for (std::size_t i = 0; i < cluster.members.size(); ++i) {
    breathe(worker);
    const Member& member = cluster.members[i];
    const double own = member.distance;
    if (beyond(near[0].distance, own)) continue;
    const double needed = needed_drift(member);
    const bool at_jumped =
        jumped_is_near && !(jump_is_known && static_cast<double>(member.jump_root) - std::sqrt(own) > jump_drift_);
    if (largest < needed && !at_jumped) continue;
    const T* const values = row(member.row, worker);
    if (largest >= needed && by_scores) {
      CenterScores::Rows<T>& rows = scored_[static_cast<std::size_t>(worker)];
      rows.add(values, is_moved_[a] != 0 ? label_of(a) : CenterScores::none, own);
      positions.push_back(i);
      if (rows.count() == rows.most) look_by_scores(a, positions, worker);
      continue;
    }
    Nearest best{label_of(a), own};
    const auto look = [&](std::size_t other) { best.look(label_of(other), exact_(values, seen_center(other))); };
    if (largest < needed) {
      look(jumped);
    } else {
      for (const Near& other : near) {
        if (beyond(other.distance, own)) break;
        if (drift_[other.center] >= needed) look(other.center);
      }
    }
    if (best.center != label_of(a)) changes_[a].push_back({i, best.center, best.distance});
  }
  if (!by_scores) return;
  look_by_scores(a, positions, worker);
  std::sort(changes_[a].begin(), changes_[a].end(),
            [](const Change& x, const Change& y) { return x.position < y.position; });
}

/// The nearest centers of the rows that are to be scored: against all centers where their own moved, else against those
/// that did.
template <class T>
void LocalLloyd<T>::look_by_scores(std::size_t a, Vector<std::size_t>& positions, int worker) {
  CenterScores::Rows<T>& rows = scored_[static_cast<std::size_t>(worker)];
  const Vector<Member>& members = clusters_[a].members;
  const bool has_moved = is_moved_[a] != 0;
  Vector<Nearest> best;
  for (const std::size_t position : positions) best.push_back({label_of(a), members[position].distance});
  rows.look(has_moved ? *scores_ : *moved_scores_, [&](std::size_t i, std::size_t at) {
    const std::size_t c = has_moved ? at : moved_[at];
    best[i].look(label_of(c), exact_(row(members[positions[i]].row, worker), seen_center(c)));
    rows.set_limit(i, best[i].distance);
  });
  for (std::size_t i = 0; i < positions.size(); ++i)
    if (best[i].center != label_of(a)) changes_[a].push_back({positions[i], best[i].center, best[i].distance});
  rows.clear();
  positions.clear();
}

/// The same where one center moved that may be far from its rows now: their second nearest centers are known.
template <class T>
void LocalLloyd<T>::assign_jumped() {
  const std::size_t to = moved_[0];
  const double* const center = seen_center(to);
  jumped_to_ = to;
  jump_.assign(center, center + d_);
  between_.resize(size());
  for (std::size_t c = 0; c < size(); ++c) between_[c] = between(center, seen_center(c));
  each(size(), static_cast<double>(rows_of(moved_) * d_ * 4), [&](std::size_t a, int worker) {
    Vector<Member>& members = clusters_[a].members;
    if (a != to && beyond(between_[a], clusters_[a].radius)) return;
    clusters_[a].last_jump = jumps_;
    for (std::size_t i = 0; i < members.size(); ++i) {
      breathe(worker);
      Member& member = members[i];
      if (a != to && beyond(between_[a], member.distance)) {
        member.jump_root = jump_root(std::sqrt(between_[a]) * root_shrink_ - std::sqrt(member.distance));
        continue;
      }
      const double distance = exact_(row(member.row, worker), center);
      Nearest best{label_of(to), distance};
      best.look(a == to ? member.second : label_of(a), a == to ? member.second_distance : member.distance);
      member.jump_root = distance > 0x1p-900 ? jump_root(std::sqrt(distance) * root_shrink_) : 0.0f;
      if (a == to) member.distance = distance;
      if (best.center != label_of(a)) changes_[a].push_back({i, best.center, best.distance});
    }
  });
  jumped_ = false;
}

/// Move the rows whose label changed.
template <class T>
void LocalLloyd<T>::transfer() {
  changed_.clear();
  const auto touch = [&](std::size_t c) {
    save(c);
    if (!sums_.touched(c)) changed_.push_back(c);
  };
  for (std::size_t a = 0; a < size(); ++a) {
    if (changes_[a].empty()) continue;
    touch(a);
    for (const Change& change : changes_[a]) {
      breathe(0);
      const auto to = static_cast<std::size_t>(change.to);
      touch(to);
      const Member& member = clusters_[a].members[change.position];
      sums_.move(a, to, row(member.row, 0), points_.weight(member.row));
      clusters_[to].members.push_back({member.row, change.distance});
    }
    Vector<Member>& members = clusters_[a].members;
    for (std::size_t i = changes_[a].size(); i-- > 0;) {
      members[changes_[a][i].position] = members.back();
      members.pop_back();
    }
    changes_[a].clear();
  }
  for (const std::size_t c : changed_) sums_.settle(c);
}

/// Move the rows whose label changed, and measure what changed. @return whether there were any
template <class T>
bool LocalLloyd<T>::apply() {
  transfer();
  Vector<std::size_t> stale = std::move(moved_);
  moved_ = {};
  for (const std::size_t c : changed_)
    if (!is_moved_[c]) stale.push_back(c);
  for (const std::size_t c : stale) is_moved_[c] = 0;
  each(stale.size(), static_cast<double>(rows_of(stale) * 8), [&](std::size_t i, int) { measure(stale[i]); });
  return !changed_.empty();
}

/// @return failed or unclear, or nothing
template <class T>
std::optional<Ending> LocalLloyd<T>::given_up(const Estimate& before, const Estimate& now) {
  const bool fails = now.value > 0.0 && now.value > 3.0 * (before.value - now.value);
  if (now.error != 0.0 || before.error != 0.0) {
    const double margin =
        4.0 * now.error + 3.0 * before.error + 0x1p-40 * (std::fabs(now.value) + std::fabs(before.value));
    const double excess = 4.0 * now.value - 3.0 * before.value;
    if (!(now.is_clear(now.value, now.error) && now.is_clear(excess, margin))) return Ending::unclear;
  }
  return fails ? std::optional(Ending::failed) : std::nullopt;
}

template <class T>
Ending LocalLloyd<T>::run(std::size_t updates, GiveUp give_up) {
  Estimate before{0.0, 0.0};
  for (std::size_t i = 0;; ++i) {
    if (jumped_)
      assign_jumped();
    else
      assign();
    if (!apply()) return Ending::settled;
    for (const std::size_t c : changed_)
      if (sums_.count(c) == 0) return Ending::failed;
    if (i == updates) return Ending::used_up;
    if (give_up != GiveUp::never) {
      const Estimate now =
          give_up == GiveUp::by_estimates ? estimated_change() : Estimate{change().rounded(units_), 0.0};
      if (i >= 2)
        if (const auto ending = given_up(before, now)) return *ending;
      before = now;
    }
    update();
    poll_now_and_then(poll_);
  }
}

template class LocalLloyd<std::uint8_t>;
template class LocalLloyd<float>;
template class LocalLloyd<double>;

}  // namespace pykmeans::detail
