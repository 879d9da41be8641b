// Trials in which one center moves: to a row that is drawn, from the cluster whose loss is least.
#include <algorithm>
#include <random>
#include <utility>

#include "refine.hpp"

namespace pykmeans::detail {

namespace {

constexpr std::size_t most_updates = 10, most_failures = 10;

/// What NumPy's RandomState(seed).random_sample() draws.
class Uniforms {
 public:
  explicit Uniforms(std::uint32_t seed) : generator_(seed) {}
  double operator()() {
    const auto high = static_cast<double>(generator_() >> 5), low = static_cast<double>(generator_() >> 6);
    return (high * 0x1p26 + low) * 0x1p-53;
  }

 private:
  std::mt19937 generator_;
};

template <class T>
class Swaps {
 public:
  Swaps(LocalLloyd<T>& state, std::uint32_t seed) : state_(state), uniform_(seed), inertia_(state.size()) {
    learn_inertia();
  }

  /// @return whether the trial was kept
  bool trial() {
    const Vector<double> uniforms{uniform_(), uniform_(), uniform_()};
    if (!std::any_of(inertia_.begin(), inertia_.end(), [](double inertia) { return inertia > 0.0; })) return false;
    Vector<double> values;
    double largest = 0.0;
    std::size_t home = 0;
    for (const double uniform : uniforms) {
      const auto [cluster, row] = draw(uniform);
      const T* const drawn = state_.row(row, 0);
      const Vector<double> center(drawn, drawn + state_.points().columns());
      const double gain = gain_of(center);
      if (!values.empty() && !(gain > largest)) continue;
      values = center;
      largest = gain;
      home = cluster;
    }
    const std::size_t from = least_loss(home);
    state_.jump(from, values.data());
    Ending ending = state_.run(most_updates, GiveUp::by_estimates);
    if (ending == Ending::unclear) {
      state_.undo();
      state_.jump(from, values.data());
      ending = state_.run(most_updates, GiveUp::by_exact_sums);
    }
    if (!state_.keep_if_lower(ending)) return false;
    learn_inertia();
    return true;
  }

 private:
  /// A row and its distance. They are compared by the bits, which have the order of numbers that are not negative, and
  /// have one even where somebody has written NaN into X.
  struct Far {
    double distance;
    std::size_t row;
    bool operator<(const Far& other) const { return bits_of(distance) < bits_of(other.distance); }
  };
  void add(LimbSum& sum, const Far& far) const {
    state_.breathe(0);
    state_.add(sum, far.distance, far.row);
  }

  void learn_inertia() {
    for (std::size_t c = 0; c < state_.size(); ++c) inertia_[c] = state_[c].inertia.rounded(state_.units());
  }

  /// @return a cluster and one of its rows
  std::pair<std::size_t, std::size_t> draw(double uniform) const {
    double total = 0.0;
    for (const double inertia : inertia_) total += inertia;
    const double threshold = uniform * total;
    double sum = 0.0, before = 0.0;
    std::size_t cluster = 0;
    for (std::size_t c = 0; c < inertia_.size(); ++c) {
      if (inertia_[c] > 0.0) {
        cluster = c;
        before = sum;
      }
      sum += inertia_[c];
      if (sum > threshold) break;
    }
    return {cluster, row_at(cluster, threshold - before)};
  }

  /// The first row of a cluster, the nearest first, whose exact prefix sum is > the threshold.
  std::size_t row_at(std::size_t cluster, double threshold) const {
    order_.clear();
    for (const Member& member : state_[cluster].members) {
      state_.breathe(0);
      order_.push_back({member.distance, member.row});
    }
    // Halve what is left: the first half is added up, and stays if it is enough.
    auto first = order_.begin(), last = order_.end();
    LimbSum before;
    while (last - first > 1) {
      const auto middle = first + (last - first) / 2;
      std::nth_element(first, middle, last);
      LimbSum sum = before;
      for (auto at = first; at != middle; ++at) add(sum, *at);
      if (exceeds(sum, threshold)) {
        last = middle;
      } else {
        before = sum;
        first = middle;
      }
    }
    return first_of_equally_far(*first, threshold);
  }

  /// The same among the rows that are as far as the one that was found.
  std::size_t first_of_equally_far(const Far& found, double threshold) const {
    Vector<Far> equal;
    LimbSum sum;
    for (const Far& far : order_)
      if (far < found)
        add(sum, far);
      else if (!(found < far))
        equal.push_back(far);
    state_.sort_rows(equal, 0);
    for (const Far& far : equal) {
      add(sum, far);
      if (exceeds(sum, threshold)) return far.row;
    }
    return equal.back().row;
  }

  bool exceeds(const LimbSum& sum, double threshold) const {
    const double rounded = sum.rounded(state_.units());
    return rounded != threshold ? rounded > threshold : sum.exceeds(state_.units(), threshold);
  }

  /// What all rows gain that are nearer to a new center than to their own.
  double gain_of(const Vector<double>& seen) const {
    const Points<T>& points = state_.points();
    Vector<LimbSum> gains(static_cast<std::size_t>(state_.threads()));
    const double work = static_cast<double>(3 * points.rows() * points.columns() / state_.size());
    state_.each(state_.size(), work, [&](std::size_t c, int worker) {
      const Cluster& cluster = state_[c];
      const double apart = state_.between(seen.data(), state_.seen_center(c));
      if (state_.beyond(apart, cluster.radius)) return;
      LimbSum& gain = gains[static_cast<std::size_t>(worker)];
      for (const Member& member : cluster.members) {
        state_.breathe(worker);
        if (state_.beyond(apart, member.distance)) continue;
        const double distance = state_.exact()(state_.row(member.row, worker), seen.data());
        if (!(distance < member.distance)) continue;
        state_.add(gain, member.distance, member.row);
        state_.add(gain, -distance, member.row);
      }
    });
    for (std::size_t t = 1; t < gains.size(); ++t) gains[0].add(gains[t]);
    return gains[0].rounded(state_.units());
  }

  std::size_t least_loss(std::size_t without) const {
    std::size_t least = without == 0 ? 1 : 0;
    for (std::size_t c = 0; c < state_.size(); ++c)
      if (c != without && state_[c].loss < state_[least].loss) least = c;
    return least;
  }

  LocalLloyd<T>& state_;
  Uniforms uniform_;
  Vector<double> inertia_;     // of the clusters
  mutable Vector<Far> order_;  // memory for row_at()
};

}  // namespace

template <class T>
std::optional<StopReason> swap_centers(LocalLloyd<T>& state, const FitOptions& options, FitSummary& summary,
                                       const Asked& asked) {
  Swaps<T> swaps(state, options.seed);
  std::size_t failures = 0;
  while (options.n_swaps == 0 ? failures < most_failures : summary.n_swaps < options.n_swaps) {
    const bool kept = swaps.trial();
    ++summary.n_swaps;
    summary.n_accepted_swaps += kept ? 1 : 0;
    failures = kept ? 0 : failures + 1;
    if (const auto reason = asked()) return reason;
  }
  return std::nullopt;
}

template std::optional<StopReason> swap_centers(LocalLloyd<std::uint8_t>&, const FitOptions&, FitSummary&,
                                                const Asked&);
template std::optional<StopReason> swap_centers(LocalLloyd<float>&, const FitOptions&, FitSummary&, const Asked&);
template std::optional<StopReason> swap_centers(LocalLloyd<double>&, const FitOptions&, FitSummary&, const Asked&);

}  // namespace pykmeans::detail
