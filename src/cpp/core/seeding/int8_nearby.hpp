// The filter of k-means++ in 8-bit integers. Use when: Euclidean, many features, a CPU with kernels for 8-bit integers.
// Cost: a byte for each value of X, packed once; a fraction of the time that float32 takes.
//
// The roles of panels.hpp are swapped: sixteen rows of X are a panel, and the candidates of a step are scored against all
// panels. Notation as there and in codebook.hpp, z being a row of X and y a candidate. Let v be a row's value in the
// frame, and N the computed |y|^2. As in 3. of bounds.hpp, with v in place of the distance to a row's own center: if
//     s(z) > (v - N) / 2 + epsilon N + tau,
// the exact distance is more than v. The row's part of this goes into the start of its score, h - v / 2; the candidate's
// part is the limit. The start is rounded down by 2^-21 of its size. That is also more than the roundings of three
// additions to it (3 u), which panels.hpp does not cover where v is larger than |z|^2 / 2.
//
// It finds the rows that a candidate may gain, but not how much it gains: the exact distance looks at each of them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../distance/exact_distance.hpp"
#include "../filter/panels.hpp"
#include "../machine/memory_limit.hpp"
#include "nearby.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

template <class T>
class Int8Nearby final : public Nearby {
 public:
  /// `points` must outlive it.
  Int8Nearby(const Points<T>& points, const Poll& poll);

  /// Whether it can work on the points, and is faster. @param n_candidates  most of a step
  /// @param kept  bytes that are taken already
  static bool pays(const Points<T>& points, const ExactDistance& exact, std::size_t n_candidates,
                   const MemoryLimit& limit, std::size_t kept);

  void begin(const double* values) override;
  Gains estimate(const double* centers, std::size_t count) override;
  std::size_t parts() const override { return (panels_ + part_panels_ - 1) / part_panels_; }
  void near(std::size_t part, std::size_t candidate, Vector<Near>& found) const override;
  void improve(const Vector<Near>& rows, const double* values) override;
  bool disappoints() const override { return disappoints_; }

 private:
  static constexpr std::size_t lanes = kernels::group_lanes;

  struct Scratch;

  template <class Use>
  void each_panel(std::size_t part, const Use& use) const;
  void pack(std::size_t panel, const double* values);
  float bound(std::size_t row, double value) const;
  std::size_t score(std::size_t panel, Scratch& scratch);

  const Points<T>& points_;
  const Poll& poll_;
  const int threads_;
  const std::size_t panels_, part_panels_;
  const FilterError<float> error_;
  Int8Values packed_;
  Vector<float> starts_;  // (panels, 16) h
  Vector<float> bounds_;  // (panels, 16) h - v / 2; infinity where there is no row, or it has no weight

  Int8Rows candidates_;
  std::size_t count_ = 0;       // of the candidates
  Vector<float> limits_;        // (count + 16)
  Vector<std::uint16_t> left_;  // (panels, count) bit l: row l may be nearer to the candidate than v
  bool disappoints_ = false;
};

}  // namespace pykmeans::detail
