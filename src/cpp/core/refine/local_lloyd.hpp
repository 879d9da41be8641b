// LocalLloyd: Lloyd's algorithm where little changes. It keeps the rows of each cluster together, and looks at a row
// only where a center moved that might be nearer than its own, so that moving one center costs what its surroundings
// cost. What was tried can be undone. The result is that of an assignment of all rows.
//
// What is left out follows from the triangle inequality. Let D be the distance of two centers a and m, both squared, and
// d that of a row x to a. If D > 4 d, then |x - m| >= |a - m| - |x - a| > |x - a|. All of these are exact distances here,
// each of relative error g = (features / 16 + 9) 2^-53 at most, and an absolute error of what vanishes in squares, which
// is below 2^-1000 and nothing beside D > 2^-900. With errors, d(x, m) > d(x, a) follows from
//     sqrt(D (1 - g)) - sqrt(d (1 + g)) > sqrt(d (1 + g) (1 + g) / (1 - g)),
// for which D (1 - 8 g) > 4 d is enough: the roots add up to at most 2 sqrt(d) (1 + 1.6 g), for g < 2^-20, whose square
// is 4 d (1 + 3.3 g), and dividing by (1 - g) leaves 4 d (1 + 4.4 g). Likewise, m is farther than another center that is
// d2 from x where sqrt(D) (1 - 4 g) > sqrt(d) + sqrt(d2), the roots rounded. The largest d of a cluster, and the largest
// d2, do for all its rows.
//
// More follows from what was known when changes were last kept. All centers but its own were at least sqrt(d2) from x
// then. A center is still farther than its own where sqrt(d2) (1 - 4 g) > sqrt(d) + the distance that it has moved
// since. Centers that were placed elsewhere are looked at separately.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "../distance/exact_distance.hpp"
#include "../exact/limb_sum.hpp"
#include "../filter/center_scores.hpp"
#include "../rows/row_block.hpp"
#include "pykmeans/partial.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// A row of positive weight, and the two centers that are nearest to it.
struct Member {
  static constexpr std::int32_t unknown = -1;

  std::size_t row;
  double distance;                // to the center of its cluster
  double second_distance = 0.0;   // to the second nearest center
  std::int32_t second = unknown;  // while it is unknown, second_distance is a lower bound
  float jump_root = 0.0f;         // a lower bound of the root of the distance to where a center jumped last
};

struct Cluster {
  Vector<Member> members;      // in any order
  double radius = 0.0;         // largest distance
  double second_radius = 0.0;  // largest distance of a second nearest center, or a bound
  double loss = 0.0;           // sum of w * (second_distance - distance), rounded once
  double estimate = 0.0;       // sum of w * distance, in float64
  LimbSum inertia;             // the exact one, where changes were kept last
  std::size_t last_jump = 0;   // that its rows know of
};

enum class Ending {
  settled,  ///< no label changed
  used_up,  ///< so were the updates
  failed,   ///< a cluster lost all its rows, or it was given up
  unclear,  ///< estimates cannot tell whether it is given up
};

/// When a run that seems to gain too little is given up.
enum class GiveUp { never, by_estimates, by_exact_sums };

struct Near {
  double distance;  // of two centers, or its root
  std::size_t center;
};

/// Centers near another one, the nearest first, sorted as far as they are asked for.
class Neighbors {
 public:
  bool is_empty() const { return centers_.empty(); }
  void clear() {
    centers_.clear();
    sorted_ = 0;
  }
  void add(const Near& near) { centers_.push_back(near); }
  /// Whether there is an i-th one; to be asked before it is looked at.
  bool has(std::size_t i) {
    if (i >= sorted_ && i < centers_.size()) sort_more();
    return i < centers_.size();
  }
  const Near& operator[](std::size_t i) const { return centers_[i]; }

 private:
  void sort_more() {
    const auto is_nearer = [](const Near& a, const Near& b) { return a.distance < b.distance; };
    const auto first = centers_.begin() + static_cast<std::ptrdiff_t>(sorted_);
    sorted_ = std::min(centers_.size(), std::max<std::size_t>(16, 3 * sorted_));
    const auto last = centers_.begin() + static_cast<std::ptrdiff_t>(sorted_);
    if (last != centers_.end()) std::nth_element(first, last - 1, centers_.end(), is_nearer);
    std::sort(first, last, is_nearer);
  }
  Vector<Near> centers_;
  std::size_t sorted_ = 0;
};

template <class T>
class LocalLloyd {
 public:
  /// @param labels (n_samples) of the nearest centers  @param sums  of these labels
  /// @param exact  for these centers and all that follow
  LocalLloyd(const Points<T>& points, const Vector<double>& centers, const std::int32_t* labels, const Partial& sums,
             const ExactDistance& exact, const Poll& poll);

  /// What it keeps of the rows, as they are and as they were.
  static std::size_t bytes(const Points<T>& points) { return 2 * points.rows() * sizeof(Member); }

  std::size_t size() const { return clusters_.size(); }
  const Cluster& operator[](std::size_t c) const { return clusters_[c]; }
  const Vector<double>& centers() const { return centers_; }
  const Partial& sums() const { return sums_; }
  const LimbSum::Units& units() const { return units_; }
  const ExactDistance& exact() const { return exact_; }
  const Points<T>& points() const { return points_; }

  /// The largest weight is near two to it.
  int weight_exponent() const { return points_.weights ? points_.facts.weights.highest : 0; }

  /// The center that rows of these sums have. @param before  the one that they have where the sums give none
  Vector<double> center_of(const Partial& sums, std::size_t cluster, const double* before) const;
  /// A center as distances see it. @param values (n_features)
  Vector<double> seen(const double* values) const;
  const double* seen_center(std::size_t c) const { return seen_.data() + c * d_; }
  double between(const double* a, const double* b) const { return exact_(a, b); }

  /// Whether no row within a distance of `radius` of a center can be nearer to another center than to that one, where
  /// the two are `distance` apart.
  bool beyond(double distance, double radius) const { return distance > 0x1p-900 && distance * shrink_ > 4.0 * radius; }

  /// Add w * distance of a row to a sum, or take it away where the distance is negative.
  void add(LimbSum& sum, double distance, std::size_t at) const {
    if (points_.weights)
      sum.add(units_, distance, points_.weights[at]);
    else
      sum.add(units_, distance);
  }

  /// The inertia where changes were kept last, rounded once.
  double inertia() const { return inertia_.to_double(units_, exact_.exponent()); }

  /// Give a cluster another center, from which run() goes on.
  void place(std::size_t c, const double* values);
  /// The same for one cluster, whose center becomes a row, as it is seen, that may be far away.
  void jump(std::size_t c, const double* values);
  /// Move some rows of a cluster to another one, whose centers are updated; run() goes on.
  /// @param positions  among the members of `from`, in increasing order
  void move(std::size_t from, std::size_t to, const Vector<std::size_t>& positions);
  /// Make all centers the means of their rows, from which run() goes on.
  void update_all();

  /// Assignments and at most so many updates in between, of the clusters that gained or lost rows.
  Ending run(std::size_t updates, GiveUp give_up = GiveUp::never);

  /// The clusters whose centers or rows changed since keep_if_lower() was called last.
  const Vector<std::size_t>& touched() const { return touched_; }
  /// Go on from here, where the inertia is less than where this was called last; else, or where run() failed, go back to
  /// there. @return whether it is less
  /// @param with_seconds  bring second nearest centers and losses up to date; else there are bounds on their distances
  bool keep_if_lower(Ending ending, bool with_seconds = true);
  void undo() {
    restore();
    forget_saved();
  }

  /// Find the second nearest centers of some rows of a cluster. @param positions  among its members
  void seconds_of(std::size_t c, const Vector<std::size_t>& positions, int worker);

  /// Call body(i, worker) for i in [0, count) by some threads. @param work  multiply-adds in all
  template <class Body>
  void each(std::size_t count, double work, const Body& body) const {
    parallel_blocks(count, useful_threads(points_.n_threads, {static_cast<std::size_t>(work)}), poll_,
                    [&](std::size_t i, int worker) { body(i, worker); });
  }
  const T* row(std::size_t at, int worker, std::size_t slot = 0) const {
    return readers_[static_cast<std::size_t>(worker)](at, slot);
  }
  /// Whether a row comes before another one in lexicographic order.
  bool is_before(std::size_t a, std::size_t b, int worker) const {
    const T *left = row(a, worker, 0), *right = row(b, worker, 1);
    return std::lexicographical_compare(left, left + d_, right, right + d_);
  }
  /// Sort what has a row into that order, by a heap: it stays within bounds even where somebody writes into X meanwhile.
  template <class WithRow>
  void sort_rows(Vector<WithRow>& rows, int worker) const {
    const auto before = [&](const WithRow& a, const WithRow& b) {
      breathe(worker);
      return is_before(a.row, b.row, worker);
    };
    std::make_heap(rows.begin(), rows.end(), before);
    std::sort_heap(rows.begin(), rows.end(), before);
  }
  /// To be called for each row of a long loop, so that Ctrl-C need not wait for the loop's end.
  void breathe(int worker) const {
    if (worker == 0 && ++breaths_ % 256 == 0) poll_now_and_then(poll_);
  }
  int threads() const { return static_cast<int>(readers_.size()); }

 private:
  static constexpr std::size_t few_centers = 8;  // to which exact distances are taken, without scores

  struct Change {
    std::size_t position;
    std::int32_t to;
    double distance;
  };
  static std::int32_t label_of(std::size_t c) { return static_cast<std::int32_t>(c); }
  /// How far a center must have moved since the last time to be nearer to a row than its own.
  double needed_drift(const Member& member) const {
    return member.second_distance > 0x1p-900
               ? std::sqrt(member.second_distance) * root_shrink_ - std::sqrt(member.distance)
               : -1.0;
  }
  std::size_t rows_of(const Vector<std::size_t>& clusters) const;
  void save(std::size_t c);
  void set_center(std::size_t c, const double* values);
  void mark_moved(std::size_t c);
  void restore();
  void keep(bool with_seconds);
  void forget_saved();
  LimbSum inertia_of(const Cluster& cluster) const;
  LimbSum change() const;
  struct Estimate {
    double value, error;
    /// Whether the sign of a number is known that is right to `error`. What vanished is far below 2^-900.
    static bool is_clear(double number, double error) {
      return std::fabs(number) > error && std::fabs(number) > 0x1p-900 && std::isfinite(number);
    }
  };
  Estimate estimated_change() const;
  bool is_lower() const;

  void assign();
  void assign_jumped();
  void find_near(std::size_t a, Vector<Near>& near) const;
  void look_at(std::size_t a, const Vector<Near>& near, int worker);
  void look_by_scores(std::size_t a, Vector<std::size_t>& positions, int worker);
  void transfer();
  bool apply();
  static std::optional<Ending> given_up(const Estimate& before, const Estimate& now);
  void measure(std::size_t c);
  void update();
  void find_drift();

  void bound_seconds();
  void find_seconds();
  void find_changed(std::size_t a, Neighbors& near) const;
  void seconds_by_scores(std::size_t a, const std::size_t* positions, std::size_t count, int worker);
  void measure_seconds(std::size_t c);
  void look_for_second(Member& member, Neighbors& near, std::size_t most, int worker) const;
  /// Whether a center is farther from a row than another one, by the root of its distance to the row's own center and
  /// the sum of the roots of the row's distances to the other two.
  bool is_farther(double root, double reach) const { return root > 0x1p-450 && root * root_shrink_ > reach; }

  const Points<T>& points_;
  const Poll& poll_;
  const ExactDistance exact_;
  const std::size_t d_;
  const bool normalized_;
  const double shrink_;       // 1 - 8 g
  const double root_shrink_;  // 1 - 4 g
  const LimbSum::Units units_;
  Vector<RowReader<T>> readers_;  // of the threads
  mutable std::uint32_t breaths_ = 0;

  Vector<double> centers_, seen_;
  std::optional<CenterScores> scores_;        // of seen_, where that pays
  std::optional<CenterScores> moved_scores_;  // of those in moved_
  Vector<CenterScores::Rows<T>> scored_;      // of the threads
  Partial sums_;
  Vector<Cluster> clusters_;
  LimbSum inertia_;  // of all clusters, where changes were kept last

  // As they were where keep_if_lower() was called last, of the clusters that were touched since.
  Vector<std::size_t> touched_;
  Vector<std::uint8_t> is_touched_;
  Vector<Cluster> saved_;
  Vector<double> saved_centers_, saved_seen_;
  Partial saved_sums_;

  // The assignment that comes next.
  Vector<std::size_t> moved_;      // centers that moved since distances were taken
  Vector<std::uint8_t> is_moved_;  // (clusters)
  Vector<double> between_;         // (clusters) from where a center jumped
  bool jumped_ = false;
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
  std::size_t jumps_ = 0;            // so far
  std::size_t jumped_to_ = nowhere;  // the center that jumped, since changes were kept or undone
  Vector<double> jump_;              // (features) where to
  double jump_drift_ = 0.0;          // how far it moved at most from there
  Vector<double> drift_;  // (clusters) how far centers moved at most since they were saved, infinite where placed
  Vector<Vector<Change>> changes_;  // (clusters)
  Vector<std::size_t> changed_;     // clusters that gained or lost rows
};

}  // namespace pykmeans::detail
