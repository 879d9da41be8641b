// What k-means++ asks of a filter: what the candidates of a step gain, and which rows they may be nearer to than the
// seeds so far. neighborhoods.hpp has one in float32, int8_nearby.hpp one in 8-bit integers.
#pragma once

#include <cstddef>
#include <limits>

#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

class Nearby : public Pooled {
 public:
  virtual ~Nearby() = default;

  /// The values of all rows: distances to their nearest seeds. @param values (n_samples)
  virtual void begin(const double* values) = 0;

  /// What each candidate would take from the exact sum of w * value, in a unit of its own, give or take `error`.
  struct Gains {
    Vector<double> gain;
    Vector<double> error;

    /// For candidates about which nothing is known.
    static Gains unknown(std::size_t count) {
      return {Vector<double>(count, 0.0), Vector<double>(count, std::numeric_limits<double>::infinity())};
    }
  };
  /// Look at the candidates of a step, rows of X. @param centers (count, features)
  virtual Gains estimate(const double* centers, std::size_t count) = 0;

  /// A row, and the slot in which it lies.
  struct Near {
    std::size_t row;
    std::size_t slot;
  };
  /// Rows in parts, to be shared out: those of a part that a candidate of estimate() may be nearest to.
  virtual std::size_t parts() const = 0;
  virtual void near(std::size_t part, std::size_t candidate, Vector<Near>& found) const = 0;

  /// The values of some rows that near() found for a part have become less. @param values (n_samples)
  virtual void improve(const Vector<Near>& rows, const double* values) = 0;

  /// Whether it left so many rows in the last step that another filter would be faster.
  virtual bool disappoints() const { return false; }
};

}  // namespace pykmeans::detail
