// Points of one to three features in boxes, and the centers that may be nearest to some point of a box.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pykmeans::kernels {

constexpr std::size_t max_box_features = 3;
constexpr std::size_t box_lanes = 8;     // lists of centers are padded to full vectors of any instruction set
constexpr std::size_t tile_points = 16;  // points are padded to full tiles
constexpr double far_away = 0x1p500;     // what centers are padded with

struct CenterList {
  const double* centers;  // (features + 1, stride), the last row their ids, ascending; padded with far_away up to a
                          // multiple of box_lanes
  std::size_t count;      // at least one
  std::size_t stride;     // at least box_lanes more than the padded count
};

struct BoxQuery {
  const double* low;   // (features) of the box
  const double* high;  // (features)
  CenterList list;
  double* distances;  // (stride) scratch
};

template <class Value>
struct FewQuery {
  const Value* points;  // (features, stride)
  std::size_t stride;
  std::size_t count;           // a multiple of tile_points
  const std::int32_t* labels;  // (count) the present ones
  CenterList list;
};

/// In each array, entry i is for i + 1 features.
struct BoxKernels {
  /// Leave out the centers that lose to another one, by the exact distance, all over the box.
  /// @param kept [out] those that are left, laid out like query.list.centers  @return how many
  std::size_t (*candidates[max_box_features])(const BoxQuery& query, double* kept);

  /// The id of the nearest center of each point by the exact distance, the lowest of equals.
  /// @param nearest [out] (count)
  /// @param differ [out] (count) the points, ascending, whose id is not their label  @return how many differ
  template <class Value>
  using Nearest = std::size_t (*)(const FewQuery<Value>& query, std::int32_t* nearest, std::uint32_t* differ);

  Nearest<float> nearest_float32[max_box_features];
  Nearest<double> nearest_float64[max_box_features];

  Nearest<float> nearest(float, std::size_t features) const { return nearest_float32[features - 1]; }
  Nearest<double> nearest(double, std::size_t features) const { return nearest_float64[features - 1]; }
};

}  // namespace pykmeans::kernels
