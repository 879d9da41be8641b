// What Neighborhoods does, for any metric and without a filter: every candidate may be near to every row, and the
// referee measures what it gains.
//
// A gain is a sum of at most n terms max(0, w (value - distance)), each rounded twice and added in double, from several
// threads: off by at most (n + 4) 2^-53 of itself, but for what vanishes: n 2^-1022.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "../parallel.hpp"
#include "../referee.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

template <class T>
class Everywhere {
 public:
  Everywhere(const Points<T>& points, const Referee& referee, std::size_t, const Poll& poll)
      : points_(points),
        referee_(referee),
        poll_(poll),
        threads_(useful_threads(points.n_threads, {points.values.rows, points.values.columns, 4})),
        blocks_(points.values.rows, points.values.columns * 4, threads_) {
    if (!points.weights) return;
    int exponent = 0;
    std::frexp(*std::max_element(points.weights, points.weights + points.values.rows), &exponent);
    weight_factor_ = std::ldexp(1.0, std::clamp(-exponent, -1000, 900));
  }

  /// The values of all rows. @param values (n_samples), which are read as they change
  void begin(const double* values) { values_ = values; }

  struct Gains {
    std::vector<double> gain;
    std::vector<double> error;
  };
  /// What each candidate would take from the exact sum of w * value, in a unit of its own, to `error` on either side.
  /// @param centers (count, features)
  Gains estimate(const double* centers, std::size_t count) {
    std::vector<std::vector<double>> found(static_cast<std::size_t>(threads_), std::vector<double>(count, 0.0));
    parallel_blocks(blocks_.count(), threads_, poll_, [&](std::size_t block, int worker) {
      std::vector<double> gains(count, 0.0);
      for (std::size_t i = blocks_.begin(block); i < blocks_.end(block); ++i) {
        const double weight = points_.weight(i) * weight_factor_;
        if (values_[i] == 0.0 || weight == 0.0) continue;
        for (std::size_t l = 0; l < count; ++l) {
          const double distance = referee_(points_.values.row(i), centers + l * points_.values.columns);
          if (distance < values_[i]) gains[l] += weight * (values_[i] - distance);
        }
      }
      for (std::size_t l = 0; l < count; ++l) found[static_cast<std::size_t>(worker)][l] += gains[l];
    });
    Gains gains{found[0], std::vector<double>(count)};
    const double n = static_cast<double>(points_.values.rows);
    for (std::size_t l = 0; l < count; ++l) {
      for (std::size_t w = 1; w < found.size(); ++w) gains.gain[l] += found[w][l];
      gains.error[l] = gains.gain[l] * (n + 16.0) * 0x1p-52 + n * 0x1p-1021;
    }
    return gains;
  }

  /// A row, and where it lies.
  struct Near {
    std::size_t row;
  };
  std::size_t parts() const { return blocks_.count(); }
  void near(std::size_t part, std::size_t, std::vector<Near>& found) const {
    found.clear();
    for (std::size_t i = blocks_.begin(part); i < blocks_.end(part); ++i)
      if (values_[i] != 0.0) found.push_back({i});
  }
  void improve(const std::vector<Near>&, const double*) {}

 private:
  const Points<T>& points_;
  const Referee& referee_;
  const Poll& poll_;
  const int threads_;
  const Blocks blocks_;
  const double* values_ = nullptr;
  double weight_factor_ = 1.0;
};

}  // namespace pykmeans::detail
