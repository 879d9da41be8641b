#include "metrics.hpp"

namespace pykmeans::detail {

// A file of metrics/ each.
extern const MetricTraits euclidean, manhattan, cosine, hamming, mixed;

namespace {

struct Entry {
  Distance distance;
  const MetricTraits& traits;
};

// In the order of Distance.
constexpr Entry table[] = {
    {Distance::euclidean, euclidean},  //
    {Distance::manhattan, manhattan},  //
    {Distance::cosine, cosine},        //
    {Distance::hamming, hamming},      //
    {Distance::mixed, mixed},
};

constexpr bool in_order() {
  std::size_t i = 0;
  for (const Distance distance : all_distances)
    if (table[i].distance != distance || static_cast<std::size_t>(distance) != i++) return false;
  return i == sizeof table / sizeof *table;
}
static_assert(in_order(), "traits() takes a distance for its place in the table");

}  // namespace

const MetricTraits& traits(Distance distance) {
  return table[static_cast<std::size_t>(distance)].traits;
}

}  // namespace pykmeans::detail
