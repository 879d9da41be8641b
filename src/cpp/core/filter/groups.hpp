// Groups of neighboring centers, and how far each group has moved.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../kernels/table.hpp"
#include "../distance/exact_distance.hpp"
#include "pykmeans/options.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// Each center has a slot: a group is a whole number of panels of slots, the last of which may be empty.
class Groups {
 public:
  static constexpr std::size_t lanes = kernels::group_lanes;

  /// @param panel_slots  slots of a panel
  Groups(std::size_t n_clusters, std::size_t features, std::size_t most_groups, std::size_t panel_slots = lanes);

  /// Halve the centers until a part fits a group: by the feature in which they spread most, or by how far they moved
  /// last, where that tells more.
  void make(const double* centers);

  std::size_t count() const { return n_groups_; }
  std::size_t centers() const { return n_clusters_; }
  std::size_t features() const { return features_; }
  std::size_t panels_per_group() const { return panels_per_group_; }
  std::size_t slots() const { return n_groups_ * group_slots(); }
  std::size_t group_of(std::int32_t slot) const { return static_cast<std::size_t>(slot) / group_slots(); }
  /// The center in a slot, -1 for none.
  std::int32_t member(std::size_t slot) const { return members_[slot]; }
  /// The same for all slots.
  const Vector<std::int32_t>& members() const { return members_; }
  std::int32_t slot_of(std::int32_t center) const { return slot_of_[static_cast<std::size_t>(center)]; }

  /// From now on moves are counted from zero, beginning with these centers.
  void start(const double* centers);
  /// The centers have moved to these. @param factor  from the unit of X to that of the moves
  void move(const double* centers, const ExactDistance& exact, double factor, int threads, const Poll& poll);
  /// Sum of the largest moves of a group's centers since start().
  double moved(std::size_t group) const { return moved_[group]; }

 private:
  std::size_t group_slots() const { return panels_per_group_ * panel_slots_; }
  void split(const double* centers, std::size_t begin, std::size_t end, std::size_t first_group, std::size_t groups);
  bool halve_by_moves(std::size_t begin, std::size_t end, const Vector<double>& spread) const;

  const std::size_t n_clusters_, features_, panel_slots_;
  std::size_t panels_per_group_ = 1;
  std::size_t n_groups_ = 0;
  Vector<std::int32_t> members_;  // (slots)
  Vector<std::int32_t> slot_of_;  // (n_clusters)
  Vector<double> last_;           // (n_clusters, features) the centers of the last call
  Vector<double> last_moves_;     // (n_clusters) what each moved by then, in the unit of X; empty before
  Vector<double> moved_;          // (n_groups)
};

}  // namespace pykmeans::detail
