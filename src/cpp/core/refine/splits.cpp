// Rounds in which clusters whose split gains much take the centers of clusters whose loss is small (T. Kaukoranta,
// P. Franti and O. Nevalainen, "Iterative split-and-merge algorithm for vector quantization codebook generation", 1998).
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "refine.hpp"

namespace pykmeans::detail {

namespace {

constexpr std::size_t most_rounds = 100, updates_of_parts = 5;

/// What splitting a cluster gives.
struct Parting {
  double gain = -std::numeric_limits<double>::infinity();  // where there is none
  Vector<double> centers[2];
};

/// Two clusters among the rows of one.
template <class T>
class Halves {
 public:
  Halves(const LocalLloyd<T>& state, std::size_t cluster, int worker)
      : state_(state),
        members_(state[cluster].members),
        worker_(worker),
        d_(state.points().columns()),
        sums_(state.points().layout, 2),
        labels_(members_.size(), -1) {}

  Parting split(const LimbSum& inertia) {
    Parting found;
    if (members_.size() < 2) return found;
    const std::size_t first = farthest([&](std::size_t i) { return members_[i].distance; });
    set(0, first);
    const std::size_t second = farthest([&](std::size_t i) { return state_.exact()(row(i), seen_[0].data()); });
    set(1, second);
    for (std::size_t update = 0;; ++update) {
      const bool changed = assign();
      if (sums_.count(0) == 0 || sums_.count(1) == 0) return found;
      if (!changed || update == updates_of_parts) break;
      move_centers();
    }
    LimbSum gain = inertia;
    gain.subtract(inertia_);
    found.gain = gain.rounded(state_.units());
    found.centers[0] = centers_[0];
    found.centers[1] = centers_[1];
    return found;
  }

 private:
  const T* row(std::size_t i) const { return state_.row(members_[i].row, worker_); }

  /// The member of largest distance, the first in lexicographic order at a tie.
  template <class Distance>
  std::size_t farthest(const Distance& distance) const {
    std::size_t best = 0;
    double largest = distance(0);
    for (std::size_t i = 1; i < members_.size(); ++i) {
      state_.breathe(worker_);
      const double other = distance(i);
      if (other < largest) continue;
      if (other == largest && !state_.is_before(members_[i].row, members_[best].row, worker_)) continue;
      best = i;
      largest = other;
    }
    return best;
  }

  void set(std::size_t part, std::size_t member) {
    const T* const values = row(member);
    centers_[part].assign(values, values + d_);
    seen_[part] = centers_[part];
  }

  /// @return whether a label changed
  bool assign() {
    bool changed = false;
    inertia_ = LimbSum();
    for (std::size_t i = 0; i < members_.size(); ++i) {
      state_.breathe(worker_);
      const T* const values = row(i);
      const double first = state_.exact()(values, seen_[0].data()), second = state_.exact()(values, seen_[1].data());
      const int label = second < first ? 1 : 0;
      state_.add(inertia_, std::min(first, second), members_[i].row);
      if (label == labels_[i]) continue;
      changed = true;
      const double weight = state_.points().weight(members_[i].row);
      if (labels_[i] < 0)
        sums_.add(static_cast<std::size_t>(label), values, weight);
      else
        sums_.move(static_cast<std::size_t>(1 - label), static_cast<std::size_t>(label), values, weight);
      labels_[i] = label;
    }
    return changed;
  }

  void move_centers() {
    for (std::size_t part = 0; part < 2; ++part) {
      centers_[part] = state_.center_of(sums_, part, centers_[part].data());
      seen_[part] = state_.seen(centers_[part].data());
    }
  }

  const LocalLloyd<T>& state_;
  const Vector<Member>& members_;
  const int worker_;
  const std::size_t d_;
  Partial sums_;
  Vector<int> labels_;
  LimbSum inertia_;
  Vector<double> centers_[2], seen_[2];
};

/// What dissolving a cluster costs: its loss, less what is won when its heirs' centers move to the means of what they
/// have then. Rows of weight g, with a center of their own at distance h from the heir's, of weight m, win h g g / (m + g).
template <class T>
double loss_of(const LocalLloyd<T>& state, std::size_t cluster, int worker) {
  const int exponent = state.weight_exponent();
  const auto mass = [&](const Partial& sums, std::size_t c) {
    const Rounded weight = sums.weight(c);
    return std::ldexp(weight.fraction, weight.exponent - exponent);
  };
  Vector<Member> members = state[cluster].members;
  std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) { return a.second < b.second; });
  Partial sums(state.points().layout, 1);
  double loss = state[cluster].loss;
  for (std::size_t i = 0; i < members.size();) {
    const auto heir = static_cast<std::size_t>(members[i].second);
    sums.clear(0);
    for (; i < members.size() && static_cast<std::size_t>(members[i].second) == heir; ++i) {
      state.breathe(worker);
      sums.add(0, state.row(members[i].row, worker), state.points().weight(members[i].row));
    }
    const Vector<double> center = state.seen(state.center_of(sums, 0, state.seen_center(heir)).data());
    const double apart = state.between(center.data(), state.seen_center(heir));
    const double gone = mass(sums, 0), kept = mass(state.sums(), heir);
    loss -= std::ldexp(apart, exponent - state.units().exponent) * gone * (gone / (kept + gone));
  }
  return loss;
}

/// Clusters in the order of a value of theirs, the lowest index at a tie.
template <class IsBefore>
Vector<std::size_t> sorted(std::size_t count, const IsBefore& is_before) {
  Vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), is_before);
  return order;
}

/// Pair clusters that are split with others that are dissolved, and give them their centers. @return whether any were
template <class T>
bool pair_up(LocalLloyd<T>& state, const Vector<Parting>& splits, const Vector<double>& losses) {
  const std::size_t k = state.size();
  const auto by_gain = sorted(k, [&](std::size_t a, std::size_t b) { return splits[a].gain > splits[b].gain; });
  const auto by_loss = sorted(k, [&](std::size_t a, std::size_t b) { return losses[a] < losses[b]; });
  Vector<std::uint8_t> used(k), around(k);
  bool any = false;
  for (const std::size_t dissolved : by_loss) {
    std::fill(around.begin(), around.end(), std::uint8_t{0});
    around[dissolved] = 1;
    for (const Member& member : state[dissolved].members) around[static_cast<std::size_t>(member.second)] = 1;
    bool passed_over = false;
    for (std::size_t c = 0; c < k; ++c) passed_over = passed_over || (around[c] && used[c]);
    if (passed_over) continue;
    const auto split =
        std::find_if(by_gain.begin(), by_gain.end(), [&](std::size_t a) { return !used[a] && !around[a]; });
    if (split == by_gain.end() || !(splits[*split].gain > losses[dissolved])) break;
    for (std::size_t c = 0; c < k; ++c) used[c] |= around[c];
    used[*split] = 1;
    state.place(*split, splits[*split].centers[0].data());
    state.place(dissolved, splits[*split].centers[1].data());
    any = true;
  }
  return any;
}

}  // namespace

template <class T>
std::optional<StopReason> split_clusters(LocalLloyd<T>& state, const FitOptions& options, const Asked& asked) {
  for (std::size_t round = 0; round < most_rounds; ++round) {
    Vector<Parting> splits(state.size());
    const auto work = static_cast<double>(state.points().rows() * state.points().columns() * 2 * updates_of_parts);
    Vector<double> losses(state.size());
    state.each(state.size(), work, [&](std::size_t c, int worker) {
      splits[c] = Halves<T>(state, c, worker).split(state[c].inertia);
      losses[c] = loss_of(state, c, worker);
    });
    if (!pair_up(state, splits, losses)) return std::nullopt;
    const bool kept = state.keep_if_lower(state.run(options.max_iter));
    if (const auto reason = asked()) return reason;
    if (!kept) return std::nullopt;
  }
  return std::nullopt;
}

template std::optional<StopReason> split_clusters(LocalLloyd<std::uint8_t>&, const FitOptions&, const Asked&);
template std::optional<StopReason> split_clusters(LocalLloyd<float>&, const FitOptions&, const Asked&);
template std::optional<StopReason> split_clusters(LocalLloyd<double>&, const FitOptions&, const Asked&);

}  // namespace pykmeans::detail
