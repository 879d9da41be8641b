// The part of LocalLloyd that keeps the second nearest centers of all rows, or bounds on how far they are.
#include <algorithm>
#include <cmath>
#include <limits>

#include "local_lloyd.hpp"

namespace pykmeans::detail {

/// Look at some centers, the nearest to the row's own first, until none can be nearer than the second nearest so far.
template <class T>
void LocalLloyd<T>::look_for_second(Member& member, Neighbors& near, std::size_t most, int worker) const {
  const T* values = nullptr;
  const double own = std::sqrt(member.distance);
  Nearest second{member.second, member.second_distance};
  double reach = own + std::sqrt(second.distance);
  for (std::size_t i = 0; i < most && near.has(i); ++i) {
    const Near& other = near[i];
    if (is_farther(other.distance, reach)) break;
    if (!values) values = row(member.row, worker);
    const double distance = exact_(values, seen_center(other.center));
    if (distance > second.distance) continue;
    second.look(label_of(other.center), distance);
    reach = own + std::sqrt(distance);
  }
  member.second = second.center;
  member.second_distance = second.distance;
}

/// Find the second nearest centers of some rows of a cluster anew.
template <class T>
void LocalLloyd<T>::seconds_of(std::size_t a, const Vector<std::size_t>& positions, int worker) {
  if (positions.empty()) return;
  Neighbors neighbors;
  for (std::size_t c = 0; c < size(); ++c)
    if (c != a) neighbors.add({std::sqrt(between(seen_center(a), seen_center(c))), c});
  const bool by_scores = scores_ && size() > few_centers;
  for (std::size_t first = 0; first < positions.size(); first += CenterScores::Rows<T>::most) {
    const std::size_t count = std::min(positions.size() - first, CenterScores::Rows<T>::most);
    for (std::size_t i = first; i < first + count; ++i) {
      Member& member = clusters_[a].members[positions[i]];
      member.second = 0;
      member.second_distance = std::numeric_limits<double>::infinity();
      look_for_second(member, neighbors, by_scores ? few_centers / 2 : size(), worker);
    }
    if (by_scores) seconds_by_scores(a, positions.data() + first, count, worker);
    for (std::size_t i = first; i < first + count; ++i) {
      breathe(worker);
      clusters_[a].second_radius =
          std::max(clusters_[a].second_radius, clusters_[a].members[positions[i]].second_distance);
    }
  }
}

template <class T>
void LocalLloyd<T>::seconds_by_scores(std::size_t a, const std::size_t* positions, std::size_t count, int worker) {
  CenterScores::Rows<T>& rows = scored_[static_cast<std::size_t>(worker)];
  Vector<Member>& members = clusters_[a].members;
  for (std::size_t i = 0; i < count; ++i) {
    const Member& member = members[positions[i]];
    rows.add(row(member.row, worker), label_of(a), member.second_distance);
  }
  rows.look(*scores_, [&](std::size_t i, std::size_t c) {
    Member& member = members[positions[i]];
    Nearest second{member.second, member.second_distance};
    second.look(label_of(c), exact_(row(member.row, worker), seen_center(c)));
    member.second = second.center;
    member.second_distance = second.distance;
    rows.set_limit(i, second.distance);
  });
  rows.clear();
}

template <class T>
void LocalLloyd<T>::measure_seconds(std::size_t c) {
  Cluster& cluster = clusters_[c];
  LimbSum loss;
  cluster.second_radius = 0.0;
  for (const Member& member : cluster.members) {
    cluster.second_radius = std::max(cluster.second_radius, member.second_distance);
    add(loss, member.second_distance, member.row);
    add(loss, -member.distance, member.row);
  }
  cluster.loss = loss.rounded(units_);
}

/// Find the second nearest centers again, where centers of some clusters, or their rows, changed.
template <class T>
void LocalLloyd<T>::find_seconds() {
  const double share = static_cast<double>(touched_.size()) / static_cast<double>(size());
  Vector<Neighbors> changed(static_cast<std::size_t>(threads()));
  each(size(), share * static_cast<double>(points_.rows() * d_ * 16), [&](std::size_t a, int worker) {
    Neighbors& near = changed[static_cast<std::size_t>(worker)];
    find_changed(a, near);
    if (near.is_empty() && !is_touched_[a]) return;
    Vector<Member>& members = clusters_[a].members;
    Vector<std::size_t> anew;
    for (std::size_t i = 0; i < members.size(); ++i) {
      breathe(worker);
      if (members[i].second == Member::unknown || is_touched_[static_cast<std::size_t>(members[i].second)])
        anew.push_back(i);
      else
        look_for_second(members[i], near, size(), worker);
    }
    seconds_of(a, anew, worker);
    measure_seconds(a);
  });
}

/// Bound the distances of second nearest centers by how far centers moved, none of which was placed.
template <class T>
void LocalLloyd<T>::bound_seconds() {
  find_drift();
  const double share = static_cast<double>(touched_.size()) / static_cast<double>(size());
  each(size(), share * static_cast<double>(points_.rows() * 16), [&](std::size_t a, int) {
    Neighbors near;
    find_changed(a, near);
    if (near.is_empty() && !is_touched_[a]) return;
    double drift = 0.0;
    for (std::size_t i = 0; near.has(i); ++i) drift = std::max(drift, drift_[near[i].center]);
    for (Member& member : clusters_[a].members) {
      const double root = std::sqrt(member.second_distance) * root_shrink_ - drift;
      member.second = Member::unknown;
      member.second_distance = root > 0.0 ? root * root * root_shrink_ : 0.0;
    }
    double& radius = clusters_[a].second_radius;
    radius = std::sqrt(radius) + drift;
    radius *= radius * (2.0 - root_shrink_);
  });
}

/// The touched centers that may be, or may have been, the second nearest of a row of a cluster.
template <class T>
void LocalLloyd<T>::find_changed(std::size_t a, Neighbors& near) const {
  near.clear();
  const double reach = std::sqrt(clusters_[a].radius) + std::sqrt(clusters_[a].second_radius);
  for (const std::size_t t : touched_) {
    if (t == a) continue;
    const double now = std::sqrt(between(seen_center(t), seen_center(a)));
    if (!is_touched_[a]) {
      const double before = std::sqrt(between(saved_seen_.data() + t * d_, seen_center(a)));
      if (is_farther(std::min(now, before), reach)) continue;
    }
    near.add({now, t});
  }
}

#define PYKMEANS_INSTANTIATE(T)                                                          \
  template void LocalLloyd<T>::seconds_of(std::size_t, const Vector<std::size_t>&, int); \
  template void LocalLloyd<T>::find_seconds();                                           \
  template void LocalLloyd<T>::bound_seconds()

PYKMEANS_INSTANTIATE(std::uint8_t);
PYKMEANS_INSTANTIATE(float);
PYKMEANS_INSTANTIATE(double);

#undef PYKMEANS_INSTANTIATE

}  // namespace pykmeans::detail
