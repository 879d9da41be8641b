// Of equal centers only the first can win a row.
#pragma once

#include <cstddef>
#include <cstdint>

#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// Indices of the centers that equal none of a lower index, ascending. @param centers (count, features)
Vector<std::int32_t> distinct_centers(const double* centers, std::size_t count, std::size_t features);

}  // namespace pykmeans::detail
