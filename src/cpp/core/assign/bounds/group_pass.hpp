// GroupPass: one pass of rows against groups of centers, by panels of float32 or of 8-bit integers. What Bounds and
// FullInt8 have in common; bounds.hpp has the proof.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>

#include "../../../kernels/table.hpp"
#include "../../exact/rounding.hpp"
#include "../../filter/groups.hpp"
#include "../../filter/panels.hpp"
#include "../../filter/single_centers.hpp"
#include "../algorithm.hpp"
#include "../thresholds.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// Rows of a block: placed rows that a second-level cache holds; and no block so long that Ctrl-C would have to wait.
inline std::size_t group_block_rows(std::size_t features, std::size_t n_clusters) {
  const std::size_t fit = std::min((std::size_t{1} << 17) / features, (std::size_t{1} << 27) / (features * n_clusters));
  return std::clamp<std::size_t>(fit / 16 * 16, 16, 512);
}

/// Whether they left too much to exact distances.
inline bool int8_is_too_coarse(const Tally& tally, std::size_t rows) {
  return static_cast<double>(tally.distances) > thresholds::int8_most_distances_a_row * static_cast<double>(rows);
}

/// Nothing is known of earlier passes, and nothing is kept: all rows look at all groups.
struct NoBounds {
  static std::size_t choose(std::size_t, std::size_t count, std::size_t, const float*, std::uint32_t* chosen) {
    std::iota(chosen, chosen + count, 0u);
    return count;
  }
  static void keep(std::size_t, std::size_t, std::size_t, const float*, const std::uint32_t*, std::size_t,
                   const float*) {}
  static void admit(std::size_t, std::size_t, std::size_t, std::size_t, std::size_t, double) {}
};

/// What a thread needs for a block of rows. Memory is what is known of earlier passes: NoBounds or KeptBounds.
template <class T, class Panels, class Memory>
struct GroupWorker {
  static constexpr std::size_t lanes = Groups::lanes;
  static constexpr float infinity = std::numeric_limits<float>::infinity();

  const Pass& pass;
  const RowFrame& frame;
  const Groups& groups;
  const Panels& centers;
  const SingleCenters& singles;
  Memory memory;
  const RowBlock<T>* rows = nullptr;  // the block at hand

  // (block_rows)
  typename Panels::Rows placed;
  Vector<std::uint8_t> is_placed;
  Vector<double> own_distance;  // to the row's center: the exact one, or what it is at most
  Vector<std::uint8_t> is_exact;
  Vector<double> norm;         // N
  Vector<float> reach, limit;  // u; limit
  Vector<float> below;         // N (1 - 2 epsilon) - 2 tau
  Vector<std::int32_t> label, slot;
  // Rows of the block that look at a group.
  Vector<std::uint32_t> chosen, contenders, disputed;
  Vector<float> least, group_least;
  Vector<float> lows;  // (groups, rows of the block) what guess() found that no score of a group is below

  GroupWorker(const Pass& call, const RowFrame& where, const Groups& all_groups, const Panels& packed,
              const SingleCenters& single_centers, const Memory& known, std::size_t block_rows)
      : pass(call),
        frame(where),
        groups(all_groups),
        centers(packed),
        singles(single_centers),
        memory(known),
        placed(block_rows, all_groups.features()) {
    for (Vector<std::uint8_t>* v : {&is_placed, &is_exact}) v->resize(block_rows);
    for (Vector<double>* v : {&own_distance, &norm}) v->resize(block_rows);
    for (Vector<float>* v : {&reach, &limit, &below}) v->resize(block_rows);
    for (Vector<float>* v : {&least, &group_least}) v->resize(block_rows + lanes);  // kernels take whole vectors
    for (Vector<std::int32_t>* v : {&label, &slot}) v->resize(block_rows);
    for (Vector<std::uint32_t>* v : {&chosen, &contenders, &disputed}) v->resize(block_rows + lanes);
  }

  double in_frame(double squared) const { return std::ldexp(squared, -2 * frame.spread_exponent); }

  void block(const RowBlock<T>& that, std::int32_t* labels, Partial* sums, Tally& tally) {
    rows = &that;
    const std::size_t count = that.count;
    for (std::size_t i = 0; i < count; ++i) {
      label[i] = labels[i];
      is_placed[i] = 0;
    }
    const bool labeled = label[0] >= 0;  // or none of them is
    if (!labeled) guess(tally);
    for (std::size_t i = 0; i < count; ++i) {
      slot[i] = groups.slot_of(label[i]);
      measure_own(i);
      reach[i] = rounded_up(std::sqrt(in_frame(own_distance[i])) * a_little_more);
      if (is_placed[i]) set_limit(i);
    }
    for (std::size_t g = 0; g < groups.count(); ++g)
      look_at(g, labeled ? memory.choose(that.first, count, g, reach.data(), chosen.data()) : choose_near(g), tally);
    const BlockLabels<T> relabel(that, labels, sums, tally);
    for (std::size_t i = 0; i < count; ++i) relabel(i, label[i]);
  }

  /// Labels that are likely to be right: of the center of the least score. All groups are scored for that, so that each
  /// has a bound.
  void guess(Tally& tally) {
    const std::size_t count = rows->count;
    Vector<std::uint32_t> nearest(count, 0);  // the group that the center is in
    for (std::size_t i = 0; i < count; ++i) {
      put(i);
      slot[i] = -1;
      limit[i] = -infinity;
      label[i] = 0;
    }
    lows.resize(groups.count() * count);
    for (std::size_t g = 0; g < groups.count(); ++g) {
      std::iota(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(count), 0u);
      score_group(g, count, [](std::size_t, std::size_t) {});
      std::copy_n(group_least.data(), count, lows.data() + g * count);
      memory.keep(rows->first, count, g, group_least.data(), chosen.data(), count, below.data());
      for (std::size_t i = 0; i < count; ++i)
        if (group_least[i] < lows[nearest[i] * count + i]) nearest[i] = static_cast<std::uint32_t>(g);
    }
    tally.looks += groups.count() * count;
    for (std::size_t g = 0; g < groups.count(); ++g) {
      std::size_t n = 0;
      for (std::size_t i = 0; i < count; ++i)
        if (nearest[i] == g) chosen[n++] = static_cast<std::uint32_t>(i);
      label_by_score(g, n);
    }
  }

  /// The first n of the chosen rows get the center of the least score in a group.
  void label_by_score(std::size_t g, std::size_t n) {
    for (std::size_t s = 0; s < n; ++s) limit[chosen[s]] = infinity;
    score_group(g, n, [](std::size_t, std::size_t) {});
    for (std::size_t s = 0; s < n; ++s) limit[chosen[s]] = group_least[s];
    score_group(g, n, [&](std::size_t s, std::size_t panel) {
      std::size_t lane = 0;
      while (lane + 1 < lanes && (contenders[s] >> lane & 1) == 0) ++lane;
      label[chosen[s]] = std::max(0, groups.member(panel * lanes + lane));
    });
  }

  /// The rows that have a contender in a group, or may have, after guess().
  std::size_t choose_near(std::size_t g) {
    const float* const low = lows.data() + g * rows->count;
    std::size_t n = 0;
    for (std::size_t i = 0; i < rows->count; ++i) {
      chosen[n] = static_cast<std::uint32_t>(i);
      n += low[i] > limit[i] ? 0 : 1;
    }
    return n;
  }

  /// The first n of the chosen rows against all panels of a group; contended(s, panel) where there are contenders.
  template <class Contended>
  void score_group(std::size_t g, std::size_t n, Contended&& contended) {
    if (n == 0) return;
    std::fill_n(chosen.begin() + static_cast<std::ptrdiff_t>(n), lanes, chosen[n - 1]);
    const std::size_t first = g * groups.panels_per_group();
    for (std::size_t p = first; p < first + groups.panels_per_group(); ++p) {
      typename Panels::Query query{};
      query.chosen = chosen.data();
      query.count = n;
      query.limits = limit.data();
      query.slot = slot.data();
      query.first_slot = static_cast<std::int32_t>(p * lanes);
      const std::size_t m = centers.score(
          p, placed, query, {p == first ? group_least.data() : least.data(), contenders.data(), disputed.data()});
      if (p != first)
        for (std::size_t s = 0; s < n; ++s) group_least[s] = std::min(group_least[s], least[s]);
      for (std::size_t i = 0; i < m; ++i) contended(disputed[i], p);
    }
  }

  /// The first n of the chosen rows look at a group.
  void look_at(std::size_t g, std::size_t n, Tally& tally) {
    if (n == 0) return;
    tally.looks += n;
    for (std::size_t s = 0; s < n; ++s) {
      const std::size_t i = chosen[s];
      if (is_placed[i]) continue;
      put(i);
      set_limit(i);
    }
    score_group(g, n, [&](std::size_t s, std::size_t panel) { tally.distances += judge(s, panel); });
    memory.keep(rows->first, rows->count, g, group_least.data(), chosen.data(), n, below.data());
  }

  /// Into the filter's frame.
  void put(std::size_t i) {
    norm[i] = static_cast<double>(placed.place(i, rows->row(i), frame));
    is_placed[i] = 1;
    const FilterError<float>& error = centers.error();
    below[i] = norm[i] <= 0x1p80 ? rounded_down(norm[i] * (1.0 - 2.0 * error.epsilon) - 2.0 * error.tau) : -infinity;
  }

  /// As well as needs be for bounds.
  void measure_own(std::size_t i) {
    is_exact[i] = 0;
    if constexpr (std::is_same_v<T, float>) {
      if (singles.kept()) {
        own_distance[i] = singles.estimate(rows->row(i), label[i]).upper;
        return;
      }
    }
    make_exact(i);
  }

  void make_exact(std::size_t i) {
    if (is_exact[i]) return;
    own_distance[i] = singles.exact(pass.exact, rows->row(i), label[i]);
    is_exact[i] = 1;
  }

  /// Whether an estimate shows that another center is farther than the row's.
  bool is_farther(std::size_t i, std::int32_t c) const {
    if constexpr (std::is_same_v<T, float>)
      return singles.kept() && singles.estimate(rows->row(i), c).lower > own_distance[i];
    return false;
  }

  void set_limit(std::size_t i) {
    const FilterError<float>& error = centers.error();
    const double exact = 0.5 * (in_frame(own_distance[i]) - norm[i]) + error.epsilon * norm[i] + error.tau;
    limit[i] = norm[i] <= 0x1p80 ? rounded_up(exact) : infinity;
  }

  /// The exact distance decides among the center of a chosen row and the contenders of a panel.
  /// @return how many contenders there were
  std::size_t judge(std::size_t s, std::size_t panel) {
    const std::size_t i = chosen[s];
    const std::int32_t before = label[i];
    double distance_before = 0.0;
    std::size_t distances = 0;
    std::uint32_t mask = contenders[s];
    for (std::size_t l = 0; mask != 0; ++l, mask >>= 1) {
      const std::int32_t c = (mask & 1) != 0 ? groups.member(panel * lanes + l) : -1;
      if (c < 0) continue;
      ++distances;
      if (is_farther(i, c)) continue;
      make_exact(i);
      if (label[i] == before) distance_before = own_distance[i];
      const double distance = singles.exact(pass.exact, rows->row(i), c);
      if (distance < own_distance[i] || (distance == own_distance[i] && c < label[i])) {
        own_distance[i] = distance;
        label[i] = c;
      }
    }
    if (label[i] == before) return distances;
    // The row's new center is nearer: what was certain stays certain. Its old center is now one of the others, and the
    // bound of that center's group must hold for it.
    set_limit(i);
    slot[i] = groups.slot_of(label[i]);
    reach[i] = rounded_up(std::sqrt(in_frame(own_distance[i])) * a_little_more);
    memory.admit(rows->first, rows->count, i, groups.group_of(groups.slot_of(before)),
                 panel / groups.panels_per_group(), in_frame(distance_before));
    return distances;
  }
};

/// A pass at hand, whatever the panels and the memory.
template <class T>
class BlockPass : public Pooled {
 public:
  virtual ~BlockPass() = default;
  virtual void label(const RowBlock<T>& block, std::int32_t* labels, Partial* sums, Tally& tally, int worker) = 0;
};

template <class T, class Panels, class Memory>
class GroupPass final : public BlockPass<T> {
 public:
  /// What is given must outlive it.
  GroupPass(const Pass& pass, const RowFrame& frame, const Groups& groups, const Memory& memory, std::size_t block_rows)
      : pass_(pass) {
    centers_.pack(pass.centers, groups, frame, pass.threads, pass.poll);
    singles_.keep(pass.centers, groups.centers(), groups.features());
    for (int w = 0; w < pass.threads; ++w)
      workers_.emplace_back(pass_, frame, groups, centers_, singles_, memory, block_rows);
  }

  void label(const RowBlock<T>& block, std::int32_t* labels, Partial* sums, Tally& tally, int worker) override {
    workers_[static_cast<std::size_t>(worker)].block(block, labels, sums, tally);
  }

 private:
  const Pass pass_;
  Panels centers_;
  SingleCenters singles_;
  Vector<GroupWorker<T, Panels, Memory>> workers_;
};

}  // namespace pykmeans::detail
