#include "bounds.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "../../../kernels/table.hpp"
#include "../../machine/parallel.hpp"
#include "../../rows/row_reader.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

constexpr std::size_t lanes = Groups::lanes;
constexpr float infinity = std::numeric_limits<float>::infinity();

float rounded_down(double value) {
  return static_cast<float>(value - std::fabs(value) * 0x1p-21 - 0x1p-148);
}
float rounded_up(double value) {
  return -rounded_down(-value);
}

constexpr double a_little_more = 1.0 + 0x1p-30;
constexpr double a_little_less = 1.0 - 0x1p-30;

template <class T>
std::size_t most_groups(const Points<T>& points) {  // whose bounds take half of X's size
  return std::max<std::size_t>(1, points.values.columns * sizeof(T) / (2 * sizeof(float)));
}

}  // namespace

template <class T>
Bounds<T>::Bounds(const Points<T>& points, std::size_t n_clusters, bool remember, const Poll& poll)
    : points_(points),
      remember_(remember),
      poll_(poll),
      groups_(n_clusters, points.values.columns, remember ? most_groups(points) : n_clusters),
      leaders_(groups_.count(), points.values.columns, n_clusters),
      use_int8_(kernels::pick().int8 && points.values.columns >= least_int8_features &&
                points.values.columns <= max_int8_features) {
  // Placed rows that a second-level cache holds; and no block so long that Ctrl-C would have to wait.
  const std::size_t d = points.values.columns;
  const std::size_t fit = std::min((std::size_t{1} << 17) / d, (std::size_t{1} << 27) / (d * n_clusters));
  block_rows_ = std::clamp<std::size_t>(fit / 16 * 16, 16, 512);
}

template <class T>
bool Bounds<T>::possible(const Points<T>& points) {
  const std::size_t d = points.values.columns;
  return d <= max_float_features && d * sizeof(T) >= 2 * sizeof(float);
}

template <class T>
bool Bounds<T>::pays(const Points<T>& points, std::size_t n_clusters) {
  const std::size_t d = points.values.columns;
  return n_clusters >= 4 * lanes && d >= 32 && n_clusters * d >= 16384 && d <= max_float_features &&
         points.values.rows >= 4 * n_clusters && d * sizeof(T) / (2 * sizeof(float)) >= 4;
}

/// What a thread needs for a block of rows.
template <class T>
template <class Panels>
struct Bounds<T>::Worker {
  Bounds& shared;
  const Points<T>& points;
  const Groups& groups;
  const Panels& panels;
  const Panels& leaders;
  const Assignment& pass;
  const Frame frame;
  Labeller<T> relabel;
  RowReader<T> read = RowReader<T>(points);

  // (block_rows)
  typename Panels::Rows rows;
  Vector<std::uint8_t> is_placed;
  Vector<double> own_distance;  // the exact distance's, to the row's center
  Vector<double> norm;          // N
  Vector<float> reach, limit;   // u; limit
  Vector<float> below;          // N (1 - 2 epsilon) - 2 tau
  Vector<std::int32_t> label, slot;
  // Rows of the block that look at a group.
  Vector<std::uint32_t> chosen, contenders, disputed;
  Vector<float> least, group_least;
  std::size_t looks = 0, judged = 0;

  Worker(Bounds& assigner, const Panels& packed, const Panels& packed_means, const Assignment& call, Partial* sums)
      : shared(assigner),
        points(assigner.points_),
        groups(assigner.groups_),
        panels(packed),
        leaders(packed_means),
        pass(call),
        frame{points.origin, points.spread_exponent},
        relabel{points, call.labels, sums},
        rows(assigner.block_rows_, points.values.columns) {
    const std::size_t n = assigner.block_rows_;
    is_placed.resize(n);
    for (Vector<double>* v : {&own_distance, &norm}) v->resize(n);
    for (Vector<float>* v : {&reach, &limit, &below}) v->resize(n);
    for (Vector<float>* v : {&least, &group_least}) v->resize(n + lanes);  // kernels take whole vectors
    for (Vector<std::int32_t>* v : {&label, &slot}) v->resize(n);
    for (Vector<std::uint32_t>* v : {&chosen, &contenders, &disputed}) v->resize(n + lanes);
  }

  double in_frame(double squared) const { return std::ldexp(squared, -2 * frame.exponent); }
  const double* center(std::int32_t c) const {
    return pass.centers + static_cast<std::size_t>(c) * points.values.columns;
  }

  void block(std::size_t number) {
    const std::size_t begin = number * shared.block_rows_;
    const std::size_t count = std::min(shared.block_rows_, points.values.rows - begin);
    float* const kept = shared.remember_ ? shared.kept_.data() + begin * groups.count() : nullptr;
    for (std::size_t i = 0; i < count; ++i) {
      label[i] = relabel.labels[begin + i];
      is_placed[i] = 0;
    }
    if (label[0] < 0) guess(begin, count);  // none has a label yet
    for (std::size_t i = 0; i < count; ++i) {
      slot[i] = groups.slot_of(label[i]);
      own_distance[i] = pass.exact(read(begin + i), center(label[i]));
      reach[i] = rounded_up(std::sqrt(in_frame(own_distance[i])) * a_little_more);
      if (is_placed[i]) set_limit(i);
    }
    for (std::size_t g = 0; g < groups.count(); ++g) group(g, begin, count, kept);
    for (std::size_t i = 0; i < count; ++i) relabel(begin + i, label[i]);
  }

  /// Labels that are likely to be right: of the best center in the group whose mean is nearest.
  void guess(std::size_t begin, std::size_t count) {
    Vector<std::int32_t> group(count);
    for (std::size_t i = 0; i < count; ++i) {
      put(i, begin + i);
      slot[i] = -1;
      limit[i] = -infinity;
      label[i] = 0;
    }
    choose_all(count);
    best_of(leaders, shared.leaders_, 0, shared.leaders_.count(), count, group);
    for (std::size_t g = 0; g < groups.count(); ++g) {
      std::size_t n = 0;
      for (std::size_t i = 0; i < count; ++i)
        if (group[i] == static_cast<std::int32_t>(g)) chosen[n++] = static_cast<std::uint32_t>(i);
      best_of(panels, groups, g, g + 1, n, label);
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
          p, rows, query, {p == first ? group_least.data() : least.data(), contenders.data(), disputed.data()});
      if (p != first)
        for (std::size_t s = 0; s < n; ++s) group_least[s] = std::min(group_least[s], least[s]);
      for (std::size_t i = 0; i < m; ++i) contended(disputed[i], p);
    }
  }

  void group(std::size_t g, std::size_t begin, std::size_t count, float* kept) {
    float* const bound = kept + g * count;
    std::size_t n = count;
    if (shared.known_)
      n = kernels::pick().group.survivors(bound, reach.data(), rounded_up(groups.moved(g)), count, chosen.data());
    else
      choose_all(count);
    if (n == 0) return;
    looks += n;
    for (std::size_t s = 0; s < n; ++s) {
      const std::size_t i = chosen[s];
      if (is_placed[i]) continue;
      put(i, begin + i);
      set_limit(i);
    }
    score_group(panels, groups, g, n, [&](std::size_t s, std::size_t panel) { judge(s, begin, panel, kept, count); });
    if (shared.remember_)
      kernels::pick().group.keep_bounds(group_least.data(), chosen.data(), n, below.data(),
                                        static_cast<float>(groups.moved(g)), bound);
  }

  /// Into the filter's frame.
  void put(std::size_t i, std::size_t row) {
    norm[i] = static_cast<double>(rows.place(i, read(row), frame));
    is_placed[i] = 1;
    const FilterError<float>& error = panels.error();
    below[i] = norm[i] <= 0x1p80 ? rounded_down(norm[i] * (1.0 - 2.0 * error.epsilon) - 2.0 * error.tau) : -infinity;
  }

  void set_limit(std::size_t i) {
    const FilterError<float>& error = panels.error();
    const double exact = 0.5 * (in_frame(own_distance[i]) - norm[i]) + error.epsilon * norm[i] + error.tau;
    limit[i] = norm[i] <= 0x1p80 ? rounded_up(exact) : infinity;
  }

  /// The exact distance decides among the center of a survivor and the contenders of a panel.
  void judge(std::size_t s, std::size_t begin, std::size_t panel, float* kept, std::size_t count) {
    const std::size_t i = chosen[s];
    const std::int32_t before = label[i];
    const double distance_before = own_distance[i];
    std::uint32_t mask = contenders[s];
    for (std::size_t l = 0; mask != 0; ++l, mask >>= 1) {
      const std::int32_t c = (mask & 1) != 0 ? groups.member(panel * lanes + l) : -1;
      if (c < 0) continue;
      ++judged;
      const double distance = pass.exact(read(begin + i), center(c));
      if (distance < own_distance[i] || (distance == own_distance[i] && c < label[i])) {
        own_distance[i] = distance;
        label[i] = c;
      }
    }
    if (label[i] == before) return;
    // The row's new center is nearer: what was certain stays certain. Its old center is now one of the others, and the
    // bound of that center's group must hold for it.
    set_limit(i);
    slot[i] = groups.slot_of(label[i]);
    reach[i] = rounded_up(std::sqrt(in_frame(own_distance[i])) * a_little_more);
    const std::size_t g = groups.group_of(groups.slot_of(before)), here = panel / groups.panels_per_group();
    // The group at hand needs nothing: see rule 4.
    if (!shared.remember_ || g == here || (!shared.known_ && g > here)) return;  // or it is still to be looked at
    float& bound = kept[g * count + i];
    const double distance = std::sqrt(in_frame(distance_before) * a_little_less) * a_little_less;
    bound = std::min(bound, rounded_down(distance + groups.moved(g)));
  }
};

template <class T>
template <class Panels>
std::size_t Bounds<T>::assign_by(const Assignment& pass) {
  const Frame frame{points_.origin, points_.spread_exponent};
  Panels panels, leaders;
  panels.pack(pass.centers, groups_, frame, pass.threads, poll_);
  if (pass.labels[0] < 0) {
    const Vector<double> means = groups_.means(pass.centers);
    leaders_.make(means.data());
    leaders.pack(means.data(), leaders_, frame, pass.threads, poll_);
  }
  Vector<Worker<Panels>> workers;
  for (int w = 0; w < pass.threads; ++w) workers.emplace_back(*this, panels, leaders, pass, pass.sums.of(w));
  const std::size_t blocks = (points_.values.rows + block_rows_ - 1) / block_rows_;
  parallel_blocks(blocks, pass.threads, poll_,
                  [&](std::size_t block, int worker) { workers[static_cast<std::size_t>(worker)].block(block); });
  std::size_t changed = 0, looks = 0, judged = 0;
  for (const Worker<Panels>& worker : workers) {
    changed += worker.relabel.changed;
    looks += worker.looks;
    judged += worker.judged;
  }
  const auto rows = static_cast<double>(points_.values.rows);
  const double looks_a_row = static_cast<double>(looks) / rows;
  spared_ = known_ ? 1.0 - looks_a_row / static_cast<double>(groups_.count()) : 1.0;
  // 8-bit integers certify too little, or so little is left to do that tighter bounds are worth more than speed.
  const double centers_a_row = looks_a_row * static_cast<double>(groups_.panels_per_group() * lanes);
  if (static_cast<double>(judged) > 24.0 * rows || (known_ && centers_a_row < 40.0)) use_int8_ = false;
  return changed;
}

/// Whether the bounds, tried on some rows, spare little.
template <class T>
bool Bounds<T>::worn_out(const Assignment& pass) const {
  const std::size_t rows = std::min(block_rows_, points_.values.rows);
  const Frame frame{points_.origin, points_.spread_exponent};
  const RowReader<T> read(points_);
  Vector<float> reach(rows);
  Vector<std::uint32_t> chosen(rows + lanes);
  for (std::size_t i = 0; i < rows; ++i) {
    const double distance =
        pass.exact(read(i), pass.centers + static_cast<std::size_t>(pass.labels[i]) * points_.values.columns);
    reach[i] = static_cast<float>(std::sqrt(std::ldexp(distance, -2 * frame.exponent)));
  }
  std::size_t looks = 0;
  for (std::size_t g = 0; g < groups_.count(); ++g)
    looks += kernels::pick().group.survivors(kept_.data() + g * rows, reach.data(),
                                             static_cast<float>(groups_.moved(g)), rows, chosen.data());
  return looks * 10 > 7 * rows * groups_.count();
}

template <class T>
std::size_t Bounds<T>::assign(const Assignment& pass) {
  if (known_) {
    groups_.move(pass.centers, pass.exact, std::ldexp(1.0, -points_.spread_exponent), pass.threads, poll_);
    if (worn_out(pass)) known_ = false;
  }
  if (!known_) {
    groups_.make(pass.centers);
    groups_.start(pass.centers);
    if (remember_ && !kept_)
      kept_ = LargeArray<float>(points_.values.rows * groups_.count());  // each thread its own part
  }
  const std::size_t changed = use_int8_ ? assign_by<Int8Panels>(pass) : assign_by<FloatPanels>(pass);
  known_ = remember_;
  return changed;
}

template <class T>
void Bounds<T>::label_changed(std::size_t row) {
  if (!known_) return;
  const std::size_t begin = row / block_rows_ * block_rows_;
  const std::size_t count = std::min(block_rows_, points_.values.rows - begin);
  float* const bound = kept_.data() + begin * groups_.count() + (row - begin);
  for (std::size_t g = 0; g < groups_.count(); ++g) bound[g * count] = 0.0f;
}

template class Bounds<std::uint8_t>;
template class Bounds<float>;
template class Bounds<double>;

}  // namespace pykmeans::detail
