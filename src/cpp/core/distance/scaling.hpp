// When the exact distance scales: where float64 could overflow, or squares vanish, values are multiplied by a power of
// two first.
#pragma once

#include <cstddef>

#include "metrics.hpp"

namespace pykmeans::detail {

constexpr int unit_of_doubles = -1074;  // every double is a multiple of 2^-1074

/// How many bits a count of features takes.
int bits_of(std::size_t features);

/// Squares of differences, and sums of 2^40 of them, stay below 2^1024. @param scales_up  what a difference of the
/// smallest values or of their last bits squares to stays above 2^-1022, too
Scaling scaling_of_squares(const ValueRange& range, std::size_t features, bool scales_up);

/// The same for sums of differences, which lose nothing when they are small.
Scaling scaling_of_sums(const ValueRange& range, std::size_t features);

}  // namespace pykmeans::detail
