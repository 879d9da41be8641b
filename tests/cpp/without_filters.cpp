// A table of metrics that have no filters, linked with same_bits.cpp in place of core/distance/metrics.cpp: the exact
// distance decides alone, and what is printed must be the same.
#include "../../src/cpp/core/distance/metrics.hpp"

namespace pykmeans::detail {

extern const MetricTraits euclidean, manhattan, cosine, hamming, mixed;

namespace {

MetricTraits without_filters(MetricTraits row) {
  row.filter = nullptr;
  row.seeds = nullptr;
  row.pairs = nullptr;
  row.bound_means = nullptr;
  return row;
}

}  // namespace

const MetricTraits& traits(Distance distance) {
  static const MetricTraits table[] = {without_filters(euclidean), without_filters(manhattan), without_filters(cosine),
                                       without_filters(hamming), without_filters(mixed)};
  return table[static_cast<std::size_t>(distance)];
}

}  // namespace pykmeans::detail
