// PassPolicy: from one pass of a fit to the next, whether to label by looking at every center or by an algorithm that
// remembers. It knows numbers only, so that tests can drive it without data.
#pragma once

#include <cstddef>

#include "thresholds.hpp"

namespace pykmeans::detail {

class PassPolicy {
 public:
  /// What the algorithm that may be used beside full passes is like.
  struct Candidate {
    bool exists = false;
    bool needs_labels = false;    ///< it cannot make the first pass
    bool best_full_pass = false;  ///< it makes even a full pass faster, so that it is always used
    bool may_be_left = false;     ///< "auto": the user has not asked for it
    std::size_t part = 1;         ///< it waits until at most this part of the rows changes its label
  };

  enum class State {
    full,     ///< no row has a label yet, or there is no candidate
    waiting,  ///< too many rows change their label
    pruning,  ///< the candidate is worth a try
  };

  PassPolicy(const Candidate& candidate, std::size_t rows)
      : candidate_(candidate), most_changes_(rows / candidate.part) {}

  State state() const {
    if (!candidate_.exists) return State::full;
    if (candidate_.best_full_pass) return State::pruning;
    if (!labeled_ && candidate_.needs_labels) return State::full;
    return changed_ <= most_changes_ ? State::pruning : State::waiting;
  }

  /// A full pass was made.
  void made_full_pass(std::size_t changed) {
    labeled_ = true;
    changed_ = changed;
  }

  /// A pass was made by the candidate. @param pruned_fraction  what it needed no look at
  /// @return whether it was not worth it, so that the candidate should forget what it knows
  bool made_pruned_pass(std::size_t changed, double pruned_fraction) {
    labeled_ = true;
    changed_ = changed;
    const bool disappoints =
        candidate_.may_be_left && !candidate_.best_full_pass && pruned_fraction < thresholds::least_pruned_fraction;
    if (disappoints) most_changes_ = changed / thresholds::patience_part;
    return disappoints;
  }

  /// Whether all rows have labels.
  bool labeled() const { return labeled_; }

 private:
  const Candidate candidate_;
  std::size_t most_changes_;  // it waits while more rows than this change their label
  std::size_t changed_ = 0;   // by the last pass
  bool labeled_ = false;
};

}  // namespace pykmeans::detail
