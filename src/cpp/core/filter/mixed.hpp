// The filters of distances that count categories, alone or beside numbers, and what must be proved beyond codebook.hpp.
//
// Mixed distances: P, Q and the scores are those of the p numbers, and each of m categories that differs adds g, gamma
// / 2 in this frame. Packed categories are what they are, or NaN where the filter's type cannot hold a center's, which
// no row then has; so their number n <= m is exact. g n adds to step 2 and to h's rounding p + 3 roundings of g n, to
// step 4 three roundings in double, and g n to |s(b)| in step 6: all less than epsilon g m, for d = p in epsilon, which
// goes into tau. So does what vanishes in the squares of the exact distance, which scales nothing up: (p + 2) 2^-1074
// of its units. Where there are categories only, and g = 1, scores are exact: A = 0, B = -1/4, equal scores are
// decided.
#pragma once

#include "../distance/metrics.hpp"

namespace pykmeans::detail {

/// Squared Euclidean distance of the numbers, and gamma for each category that differs.
extern const LloydFilter mixed_filter;

/// The number of categories that differ, where there are no numbers.
extern const LloydFilter count_filter;

}  // namespace pykmeans::detail
