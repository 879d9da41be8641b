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

}  // namespace pykmeans::detail
