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
#include "../../filter/groups.hpp"
#include "../../filter/panels.hpp"
#include "../algorithm.hpp"
#include "../thresholds.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// Whether float32 holds the value; not where it would overflow.
inline bool is_single(double value) {
  return std::fabs(value) <= static_cast<double>(std::numeric_limits<float>::max()) &&
         static_cast<double>(static_cast<float>(value)) == value;
}

constexpr double a_little_more = 1.0 + 0x1p-30;
constexpr double a_little_less = 1.0 - 0x1p-30;

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

/// Groups, and their centers packed.
template <class Panels>
struct PackedGroups {
  const Groups* groups = nullptr;
  Panels panels;

  Vector<float> singles;  // (centers, features) the centers in float32, where that holds all of their values

  void pack(const double* centers, const Groups& of, const RowFrame& frame, const Pass& pass) {
    groups = &of;
    panels.pack(centers, of, frame, pass.threads, pass.poll);
  }

  /// Exact distances read half as much of centers in float32.
  void keep_singles(const double* centers, std::size_t count) {
    const std::size_t size = count * groups->features();
    if (!std::all_of(centers, centers + size, [](double value) { return is_single(value); })) return;
    singles.resize(size);
    std::transform(centers, centers + size, singles.begin(), [](double value) { return static_cast<float>(value); });
  }

  template <class T>
  double distance(const Pass& pass, const T* row, std::int32_t c) const {
    const std::size_t at = static_cast<std::size_t>(c) * groups->features();
    return singles.empty() ? pass.exact(row, pass.centers + at) : pass.exact(row, singles.data() + at);
  }
};

/// What a thread needs for a block of rows. Memory is what is known of earlier passes: NoBounds or KeptBounds.
template <class T, class Panels, class Memory>
struct GroupWorker {
  static constexpr std::size_t lanes = Groups::lanes;
  static constexpr float infinity = std::numeric_limits<float>::infinity();

  const Pass& pass;
  const RowFrame& frame;
  const PackedGroups<Panels>& centers;
  const PackedGroups<Panels>& leaders;  // the means of the groups, when rows have no labels yet
  const Groups& groups;
  Memory memory;
  const RowBlock<T>* rows = nullptr;  // the block at hand

  // (block_rows)
  typename Panels::Rows placed;
  Vector<std::uint8_t> is_placed;
  Vector<double> own_distance;  // the exact one, to the row's center
  Vector<double> norm;          // N
  Vector<float> reach, limit;   // u; limit
  Vector<float> below;          // N (1 - 2 epsilon) - 2 tau
  Vector<std::int32_t> label, slot;
  // Rows of the block that look at a group.
  Vector<std::uint32_t> chosen, contenders, disputed;
  Vector<float> least, group_least;

  GroupWorker(const Pass& call, const RowFrame& where, const PackedGroups<Panels>& packed,
              const PackedGroups<Panels>& packed_means, const Memory& known, std::size_t block_rows)
      : pass(call),
        frame(where),
        centers(packed),
        leaders(packed_means),
        groups(*packed.groups),
        memory(known),
        placed(block_rows, packed.groups->features()) {
    is_placed.resize(block_rows);
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
    if (label[0] < 0) guess();  // none has a label yet
    for (std::size_t i = 0; i < count; ++i) {
      slot[i] = groups.slot_of(label[i]);
      own_distance[i] = centers.distance(pass, that.row(i), label[i]);
      reach[i] = rounded_up(std::sqrt(in_frame(own_distance[i])) * a_little_more);
      if (is_placed[i]) set_limit(i);
    }
    for (std::size_t g = 0; g < groups.count(); ++g) look_at(g, tally);
    const BlockLabels<T> relabel(that, labels, sums, tally);
    for (std::size_t i = 0; i < count; ++i) relabel(i, label[i]);
  }

  /// Labels that are likely to be right: of the best center in the group whose mean is nearest.
  void guess() {
    const std::size_t count = rows->count;
    Vector<std::int32_t> group(count);
    for (std::size_t i = 0; i < count; ++i) {
      put(i);
      slot[i] = -1;
      limit[i] = -infinity;
      label[i] = 0;
    }
    choose_all(count);
    best_of(leaders.panels, *leaders.groups, 0, leaders.groups->count(), count, group);
    for (std::size_t g = 0; g < groups.count(); ++g) {
      std::size_t n = 0;
      for (std::size_t i = 0; i < count; ++i)
        if (group[i] == static_cast<std::int32_t>(g)) chosen[n++] = static_cast<std::uint32_t>(i);
      best_of(centers.panels, groups, g, g + 1, n, label);
    }
  }

  /// For each of the first n chosen rows the center of the least score in groups [begin, end).
  void best_of(const Panels& of, const Groups& among, std::size_t begin, std::size_t end, std::size_t n,
               Vector<std::int32_t>& best) {
    const auto nothing = [](std::size_t, std::size_t) {};
    for (std::size_t s = 0; s < n; ++s) limit[chosen[s]] = infinity;
    for (std::size_t g = begin; g < end; ++g) {
      score_group(of, among, g, n, nothing);
      for (std::size_t s = 0; s < n; ++s) limit[chosen[s]] = std::min(limit[chosen[s]], group_least[s]);
    }
    for (std::size_t g = begin; g < end; ++g)
      score_group(of, among, g, n, [&](std::size_t s, std::size_t panel) {
        std::size_t lane = 0;
        while (lane + 1 < lanes && (contenders[s] >> lane & 1) == 0) ++lane;
        best[chosen[s]] = std::max(0, among.member(panel * lanes + lane));
      });
  }

  void choose_all(std::size_t count) {
    std::iota(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(count), 0u);
  }

  /// The first n of the chosen rows against all panels of a group; contended(s, panel) where there are contenders.
  template <class Contended>
  void score_group(const Panels& of, const Groups& among, std::size_t g, std::size_t n, Contended&& contended) {
    if (n == 0) return;
    std::fill_n(chosen.begin() + static_cast<std::ptrdiff_t>(n), lanes, chosen[n - 1]);
    const std::size_t first = g * among.panels_per_group();
    for (std::size_t p = first; p < first + among.panels_per_group(); ++p) {
      typename Panels::Query query{};
      query.chosen = chosen.data();
      query.count = n;
      query.limits = limit.data();
      query.slot = slot.data();
      query.first_slot = static_cast<std::int32_t>(p * lanes);
      const std::size_t m = of.score(
          p, placed, query, {p == first ? group_least.data() : least.data(), contenders.data(), disputed.data()});
      if (p != first)
        for (std::size_t s = 0; s < n; ++s) group_least[s] = std::min(group_least[s], least[s]);
      for (std::size_t i = 0; i < m; ++i) contended(disputed[i], p);
    }
  }

  /// The rows that must look at a group do so.
  void look_at(std::size_t g, Tally& tally) {
    const std::size_t n = memory.choose(rows->first, rows->count, g, reach.data(), chosen.data());
    if (n == 0) return;
    tally.looks += n;
    for (std::size_t s = 0; s < n; ++s) {
      const std::size_t i = chosen[s];
      if (is_placed[i]) continue;
      put(i);
      set_limit(i);
    }
    score_group(centers.panels, groups, g, n,
                [&](std::size_t s, std::size_t panel) { tally.distances += judge(s, panel); });
    memory.keep(rows->first, rows->count, g, group_least.data(), chosen.data(), n, below.data());
  }

  /// Into the filter's frame.
  void put(std::size_t i) {
    norm[i] = static_cast<double>(placed.place(i, rows->row(i), frame));
    is_placed[i] = 1;
    const FilterError<float>& error = centers.panels.error();
    below[i] = norm[i] <= 0x1p80 ? rounded_down(norm[i] * (1.0 - 2.0 * error.epsilon) - 2.0 * error.tau) : -infinity;
  }

  void set_limit(std::size_t i) {
    const FilterError<float>& error = centers.panels.error();
    const double exact = 0.5 * (in_frame(own_distance[i]) - norm[i]) + error.epsilon * norm[i] + error.tau;
    limit[i] = norm[i] <= 0x1p80 ? rounded_up(exact) : infinity;
  }

  /// The exact distance decides among the center of a chosen row and the contenders of a panel.
  /// @return how many distances that took
  std::size_t judge(std::size_t s, std::size_t panel) {
    const std::size_t i = chosen[s];
    const std::int32_t before = label[i];
    const double distance_before = own_distance[i];
    std::size_t distances = 0;
    std::uint32_t mask = contenders[s];
    for (std::size_t l = 0; mask != 0; ++l, mask >>= 1) {
      const std::int32_t c = (mask & 1) != 0 ? groups.member(panel * lanes + l) : -1;
      if (c < 0) continue;
      ++distances;
      const double distance = centers.distance(pass, rows->row(i), c);
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
  /// What is given must outlive it. @param leaders  the groups of the groups' means; made where rows have no labels yet
  GroupPass(const Pass& pass, const RowFrame& frame, const Groups& groups, Groups& leaders, const Memory& memory,
            std::size_t block_rows)
      : pass_(pass) {
    centers_.pack(pass.centers, groups, frame, pass_);
    centers_.keep_singles(pass.centers, groups.centers());
    if (pass.labels[0] < 0) {
      const Vector<double> means = groups.means(pass.centers);
      leaders.make(means.data());
      leaders_.pack(means.data(), leaders, frame, pass_);
    }
    for (int w = 0; w < pass.threads; ++w) workers_.emplace_back(pass_, frame, centers_, leaders_, memory, block_rows);
  }

  void label(const RowBlock<T>& block, std::int32_t* labels, Partial* sums, Tally& tally, int worker) override {
    workers_[static_cast<std::size_t>(worker)].block(block, labels, sums, tally);
  }

 private:
  const Pass pass_;
  PackedGroups<Panels> centers_, leaders_;
  Vector<GroupWorker<T, Panels, Memory>> workers_;
};

}  // namespace pykmeans::detail
