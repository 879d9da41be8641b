// Rows that change their cluster one by one (J. A. Hartigan, 1975).
//
// A group of weight w, equal rows x, would leave cluster a for b where key(b) < key(a), with
//     key(a) = |x - S_a / m_a|^2 m_a / (m_a - w)    and    key(b) = |x - S_b / m_b|^2 m_b / (m_b + w).
// Centers are these means, rounded. So the exact distances bound the keys from both sides, and only where that leaves
// something open is a key compared exactly. Most rows do not even need the bounds: all other centers are at least as
// far as the second nearest, and a key is much less than its distance only where the cluster is small.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "../exact/exact_number.hpp"
#include "refine.hpp"

namespace pykmeans::detail {

namespace {

constexpr std::size_t most_rounds = 100, most_changes = 10;
/// Clusters that are looked at one by one, where the second nearest center is not known.
constexpr std::size_t few = 4;

/// Equal rows of a cluster.
struct Group {
  std::size_t row;  // one of them
  std::size_t cluster;
};

/// What a key lies between.
struct Interval {
  double low = 0.0;
  double high = std::numeric_limits<double>::infinity();
};

/// For each row of a cluster, an upper bound on the weight of all its rows that are equally far from its center.
class AsFar {
 public:
  /// @param weight  of a row
  template <class Weight>
  AsFar(const Vector<Member>& members, const Weight& weight) {
    std::size_t size = 16;
    while (size < 2 * members.size()) size *= 2;
    weights_.resize(size);
    for (const Member& member : members) weights_[place(member)] += weight(member.row);
  }
  double weight(const Member& member) const { return weights_[place(member)]; }

 private:
  std::size_t place(const Member& member) const {
    const auto bits = static_cast<std::uint64_t>(bits_of(member.distance));
    return static_cast<std::size_t>((bits * 0x9e3779b97f4a7c15u) >> 20) & (weights_.size() - 1);
  }
  Vector<double> weights_;
};

template <class T>
class Moves {
 public:
  explicit Moves(LocalLloyd<T>& state)
      : state_(state),
        points_(state.points()),
        d_(points_.columns()),
        unit_(points_.source->has_single_centers() ? 0x1p-23 : 0x1p-51),
        least_(points_.source->has_single_centers() ? 0x1p-148 : 0x1p-1073),
        weight_exponent_(state.weight_exponent()),
        error_(state.size()),
        mass_(state.size()),
        by_mass_(state.size()),
        is_new_(state.size()),
        reach_(state.size()) {
    std::iota(by_mass_.begin(), by_mass_.end(), std::size_t{0});
    learn(by_mass_);
  }

  /// One round, without the iterations that follow it. @return how many rows moved
  std::size_t round() {
    Vector<Group> groups = leaving();
    keep_one_of_equal(groups, 0);
    std::size_t moved = 0;
    for (const Group& group : groups) moved += move(group);
    return moved;
  }

  /// These clusters have changed since the last round: only they can make rows leave, or take them in.
  void learn(const Vector<std::size_t>& touched) {
    for (const std::size_t c : new_) is_new_[c] = 0;
    new_ = touched;
    for (const std::size_t c : new_) {
      is_new_[c] = 1;
      learn(c);
    }
  }

 private:
  void learn(std::size_t c) {
    const double* const center = state_.seen_center(c);
    double squares = 0.0, largest = 0.0;
    for (std::size_t q = 0; q < d_; ++q) largest = std::max(largest, std::fabs(state_.exact().scaled(center[q])));
    for (std::size_t q = 0; largest > 0.0 && q < d_; ++q) {
      const double part = state_.exact().scaled(center[q]) / largest;
      squares += part * part;
    }
    // What vanishes in a square is below 2^-537.
    error_[c] = unit_ * largest * std::sqrt(squares) * (1.0 + 0x1p-20) +
                std::sqrt(static_cast<double>(d_)) * (state_.exact().scaled(least_) + 0x1p-536);
    const Rounded mass = state_.sums().weight(c);
    mass_[c] = std::ldexp(mass.fraction, mass.exponent - weight_exponent_);
  }

  /// Weights and masses are divided by a power of two, so that the largest weight is near 1.
  double weight_of(std::size_t row) const {
    return points_.weights ? std::ldexp(points_.weights[row], -weight_exponent_) : 1.0;
  }

  // -------------------------------------------------------------- groups that would leave

  Vector<Group> leaving() {
    for (Vector<std::size_t>* const clusters : {&by_mass_, &new_})
      std::sort(clusters->begin(), clusters->end(), [&](std::size_t a, std::size_t b) { return mass_[a] < mass_[b]; });
    largest_error_ = *std::max_element(error_.begin(), error_.end());
    Vector<Vector<Group>> found(state_.size());
    state_.each(state_.size(), static_cast<double>(points_.rows() * 32), [&](std::size_t c, int worker) {
      for (const Group& group : candidates(c, worker))
        if (target(group, worker) != c) found[c].push_back(group);
    });
    Vector<Group> all;
    for (const Vector<Group>& of_cluster : found) all.insert(all.end(), of_cluster.begin(), of_cluster.end());
    return all;
  }

  /// The groups of a cluster that might leave it, by bounds alone.
  Vector<Group> candidates(std::size_t c, int worker) {
    const Vector<Member>& members = state_[c].members;
    Vector<Group> groups;
    if (members.size() == 1) return groups;
    if (!is_new_[c] && !may_attract(c)) return groups;
    // Equal rows are equally far: what is as far weighs at least as much as they do.
    const AsFar as_far(members, [&](std::size_t row) { return weight_of(row); });
    Reach& reach = reach_[c];
    if (is_new_[c]) reach = {};
    Vector<std::size_t> unknown;
    for (std::size_t i = 0; i < members.size(); ++i) {
      state_.breathe(worker);
      const double weight = as_far.weight(members[i]);
      reach.key = std::max(reach.key, highest_key(members[i], c, weight * (1.0 + 0x1p-20)));
      reach.weight = std::max(reach.weight, weight * (1.0 + 0x1p-20));
      if (members[i].second == Member::unknown && attractors(members[i], c, weight).size() > few) unknown.push_back(i);
    }
    state_.seconds_of(c, unknown, worker);
    for (std::size_t i = 0; i < members.size(); ++i) {
      state_.breathe(worker);
      if (!stays(members[i], c, as_far.weight(members[i]), worker)) groups.push_back({members[i].row, c});
    }
    keep_one_of_equal(groups, worker);
    const auto stays_with_its_own_weight = [&](const Group& group) {
      const Rows rows = rows_of(group, worker);
      return rows.positions.empty() || stays(members[rows.positions[0]], c, rows.mass, worker);
    };
    groups.erase(std::remove_if(groups.begin(), groups.end(), stays_with_its_own_weight), groups.end());
    return groups;
  }

  /// In lexicographic order, one group for equal rows.
  void keep_one_of_equal(Vector<Group>& groups, int worker) const {
    state_.sort_rows(groups, worker);
    const auto equal = [&](const Group& a, const Group& b) { return !state_.is_before(a.row, b.row, worker); };
    groups.erase(std::unique(groups.begin(), groups.end(), equal), groups.end());
  }

  /// Whether a new cluster may attract a row of one that is not.
  bool may_attract(std::size_t home) const {
    const double radius = std::sqrt(state_[home].radius);
    return std::any_of(new_.begin(), new_.end(), [&](std::size_t c) {
      const double apart = std::sqrt(state_.between(state_.seen_center(home), state_.seen_center(c)));
      const double low = apart * (1.0 - 0x1p-30) - radius * (1.0 + 0x1p-30) - error_[c];
      const double factor = mass_[c] / (mass_[c] + reach_[home].weight) * (1.0 - 0x1p-20);
      return !(low > 0.0 && low * low * factor > reach_[home].key);
    });
  }

  /// The clusters whose keys may be less than that of a row's own cluster. They are the lightest of all clusters, or of
  /// the new ones if its own is not new: the other pairs were looked at before. A cluster that is heavy enough cannot
  /// be among them, as its center is at least as far as the second nearest.
  struct Attractors {
    const std::size_t *first, *last;
    double key;  // the row's own is at most that
    std::size_t size() const { return static_cast<std::size_t>(last - first); }
  };
  Attractors attractors(const Member& member, std::size_t home, double weight) const {
    weight *= 1.0 + 0x1p-20;
    const double low = std::sqrt(member.second_distance) * (1.0 - 0x1p-30) - largest_error_;
    const double key = highest_key(member, home, weight), least = low * low;
    const Vector<std::size_t>& others = is_new_[home] ? by_mass_ : new_;
    const std::size_t* last = others.data() + others.size();
    if (low > 0.0 && key < least && least > 0x1p-900) {
      // m_b / (m_b + w) > key / least
      const double enough = weight * key / (least - key) * (1.0 + 0x1p-20);
      last = std::partition_point(others.data(), last, [&](std::size_t c) { return mass_[c] <= enough; });
    }
    return {others.data(), last, key};
  }

  /// Whether a row of a group of at most this weight surely stays.
  bool stays(const Member& member, std::size_t home, double weight, int worker) const {
    const Attractors others = attractors(member, home, weight);
    if (others.size() == 0) return true;
    const T* const values = state_.row(member.row, worker);
    return std::all_of(others.first, others.last, [&](std::size_t c) {
      if (c == home) return true;
      const double near = std::sqrt(state_.exact()(values, state_.seen_center(c))) * (1.0 - 0x1p-30) - error_[c];
      const double factor = mass_[c] / (mass_[c] + weight * (1.0 + 0x1p-20));
      return near > 0.0 && near * near * factor * (1.0 - 0x1p-20) > others.key;
    });
  }

  double highest_key(const Member& member, std::size_t home, double weight) const {
    const double mass = mass_[home] * (1.0 + 0x1p-50);
    const double root = std::sqrt(member.distance) * (1.0 + 0x1p-30) + error_[home];
    return weight < mass ? root * root * (mass / (mass - weight)) * (1.0 + 0x1p-20)
                         : std::numeric_limits<double>::infinity();
  }

  // -------------------------------------------------------------- where a group would go

  /// The rows of a group, and what they weigh.
  struct Rows {
    Vector<std::size_t> positions;  // among the members of the cluster, increasing
    double mass = 0.0;              // as weight_of() has weights
    ExactNumber weight;
  };
  Rows rows_of(const Group& group, int worker) const {
    Rows rows;
    const Vector<Member>& members = state_[group.cluster].members;
    double distance = -1.0;
    for (const Member& member : members)
      if (member.row == group.row) distance = member.distance;
    const T* const values = state_.row(group.row, worker, 0);
    for (std::size_t i = 0; i < members.size(); ++i) {
      state_.breathe(worker);
      if (members[i].distance != distance) continue;
      const T* const other = state_.row(members[i].row, worker, 1);
      if (!std::equal(values, values + d_, other)) continue;
      rows.positions.push_back(i);
      rows.mass += weight_of(members[i].row);
      if (points_.weights) rows.weight = rows.weight + ExactNumber(points_.weights[members[i].row]);
    }
    if (!points_.weights) rows.weight = ExactNumber(static_cast<std::uint64_t>(rows.positions.size()), 0);
    return rows;
  }

  /// The cluster that a group prefers, its own at a tie, else the one of lowest index.
  std::size_t target(const Group& group, int worker) const {
    const Rows rows = rows_of(group, worker);
    if (static_cast<std::int64_t>(rows.positions.size()) == state_.sums().count(group.cluster)) return group.cluster;
    const T* const values = state_.row(group.row, worker, 0);
    Vector<Interval> keys(state_.size());
    for (std::size_t c = 0; c < state_.size(); ++c) keys[c] = key(values, c, group.cluster, rows);
    std::size_t best = group.cluster;
    for (std::size_t c = 0; c < state_.size(); ++c) {
      if (c == group.cluster || keys[c].low > keys[best].high) continue;
      if (keys[c].high < keys[best].low || is_less(values, c, best, group.cluster, rows.weight)) best = c;
    }
    return best;
  }

  Interval key(const T* values, std::size_t c, std::size_t home, const Rows& rows) const {
    const double other = c == home ? mass_[c] - rows.mass : mass_[c] + rows.mass;
    // Both are right to 2^-53, and that for each row that was added; a difference of them to 2^10 times as much.
    const double slack = 0x1p-30 + static_cast<double>(rows.positions.size()) * 0x1p-41;
    if (!(other > mass_[c] * 0x1p-10)) return {};
    const double root = std::sqrt(state_.exact()(values, state_.seen_center(c)));
    const double low = std::max(0.0, root * (1.0 - 0x1p-30) - error_[c]), high = root * (1.0 + 0x1p-30) + error_[c];
    const double factor = mass_[c] / other;
    if (!(high * high > 0x1p-900)) return {};
    return {low * low * factor * (1.0 - slack), high * high * factor * (1.0 + slack)};
  }

  bool is_less(const T* values, std::size_t a, std::size_t b, std::size_t home, const ExactNumber& weight) const {
    const Exact first = exact_key(values, a, home, weight), second = exact_key(values, b, home, weight);
    return first.squares * second.masses < second.squares * first.masses;
  }

  /// key(c) = squares / masses: |m x - S|^2 / (m (m +- w)).
  struct Exact {
    ExactNumber squares, masses;
  };
  Exact exact_key(const T* values, std::size_t c, std::size_t home, const ExactNumber& weight) const {
    const ExactNumber mass =
        points_.layout.weighted ? exact_sum(c, d_) : ExactNumber(static_cast<std::uint64_t>(state_.sums().count(c)), 0);
    Exact key;
    for (std::size_t q = 0; q < d_; ++q) {
      const ExactNumber difference = mass * ExactNumber(static_cast<double>(values[q])) - exact_sum(c, q);
      key.squares = key.squares + difference * difference;
    }
    key.masses = mass * (c == home ? mass - weight : mass + weight);
    return key;
  }

  ExactNumber exact_sum(std::size_t c, std::size_t feature) const {
    Vector<std::int64_t> digits;
    state_.sums().digits(c, feature, digits);
    ExactNumber sum;
    for (std::size_t l = 0; l < digits.size(); ++l) {
      const ExactNumber digit(static_cast<std::uint64_t>(digits[l] < 0 ? -digits[l] : digits[l]),
                              points_.layout.unit[feature] + limb_bits * static_cast<int>(l));
      sum = digits[l] < 0 ? sum - digit : sum + digit;
    }
    return sum;
  }

  /// @return how many rows moved
  std::size_t move(const Group& group) {
    const std::size_t to = target(group, 0);
    if (to == group.cluster) return 0;
    const Vector<std::size_t> positions = rows_of(group, 0).positions;
    state_.move(group.cluster, to, positions);
    learn(group.cluster);
    learn(to);
    return positions.size();
  }

  LocalLloyd<T>& state_;
  const Points<T>& points_;
  const std::size_t d_;
  const double unit_, least_;  // a center is right to unit_ of it, and to least_ of what is subnormal
  const int weight_exponent_;
  Vector<double> error_;  // (clusters) how far each center may be from the exact mean
  Vector<double> mass_;   // (clusters) rounded
  Vector<std::size_t> by_mass_;
  Vector<std::size_t> new_;  // clusters that changed since all rows were looked at
  Vector<std::uint8_t> is_new_;
  struct Reach {
    double key = 0.0, weight = 0.0;  // what no group of the cluster has more of
  };
  Vector<Reach> reach_;  // (clusters)
  double largest_error_ = 0.0;
};

}  // namespace

template <class T>
std::optional<StopReason> move_rows(LocalLloyd<T>& state, const FitOptions& options, FitSummary& summary,
                                    const Asked& asked) {
  Moves<T> moves(state);
  std::size_t changes = 0;
  for (std::size_t round = 0; round < most_rounds && changes <= most_changes * state.size(); ++round) {
    const std::size_t moved = moves.round();
    if (moved == 0) return std::nullopt;
    const Ending ending = state.run(options.max_iter);
    const Vector<std::size_t> touched = state.touched();
    changes += touched.size();
    const bool kept = state.keep_if_lower(ending, /*with_seconds=*/false);
    if (kept) summary.n_moves += moved;
    if (const auto reason = asked()) return reason;
    if (!kept || ending != Ending::settled) return std::nullopt;
    moves.learn(touched);
  }
  return std::nullopt;
}

template std::optional<StopReason> move_rows(LocalLloyd<std::uint8_t>&, const FitOptions&, FitSummary&, const Asked&);
template std::optional<StopReason> move_rows(LocalLloyd<float>&, const FitOptions&, FitSummary&, const Asked&);
template std::optional<StopReason> move_rows(LocalLloyd<double>&, const FitOptions&, FitSummary&, const Asked&);

}  // namespace pykmeans::detail
