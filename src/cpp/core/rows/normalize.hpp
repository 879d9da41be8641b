// Rows divided by their lengths, which is all that the cosine sees of them.
#pragma once

#include <cstddef>

namespace pykmeans::detail {

/// Divide a row by its length. The row is first multiplied by the power of two that brings its largest magnitude into
/// [1/2, 1), so that no square overflows or matters and vanishes; the squares are added in the exact distance's order,
/// and the root and each quotient are rounded once.
/// @param out [out] (features), which may be the row  @return whether there is a direction: not all values are zero
template <class A>
bool normalize(const A* row, std::size_t features, double* out);

/// The normalized rows of some points, made when they are asked for: a copy of them would be as large as X in float64.
/// What is kept is 16 bytes a row, so that only the quotients are left to do.
class UnitRows {
 public:
  struct Memory {
    const char* begin;
    std::size_t bytes;
  };

  virtual ~UnitRows() = default;

  /// @param out [out] (features)
  virtual void write(std::size_t row, double* out) const = 0;

  virtual double value(std::size_t row, std::size_t column) const = 0;

  /// What write() reads of the row.
  virtual Memory memory(std::size_t row) const = 0;
};

}  // namespace pykmeans::detail
