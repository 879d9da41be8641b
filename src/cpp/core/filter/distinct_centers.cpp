#include "distinct_centers.hpp"

#include <algorithm>
#include <numeric>

#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

Vector<std::int32_t> distinct_centers(const double* centers, std::size_t count, std::size_t features) {
  const auto row = [=](std::int32_t c) { return centers + static_cast<std::size_t>(c) * features; };
  Vector<std::int32_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0);
  std::sort(indices.begin(), indices.end(), [&](std::int32_t a, std::int32_t b) {
    const auto [left, right] = std::mismatch(row(a), row(a) + features, row(b));
    return left == row(a) + features ? a < b : *left < *right;
  });
  const auto equal = [&](std::int32_t a, std::int32_t b) { return std::equal(row(a), row(a) + features, row(b)); };
  indices.erase(std::unique(indices.begin(), indices.end(), equal), indices.end());
  std::sort(indices.begin(), indices.end());
  return indices;
}

}  // namespace pykmeans::detail
