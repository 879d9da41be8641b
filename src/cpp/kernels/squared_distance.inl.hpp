// The referee's distance. Its order of operations is the definition (sixteen partial sums, folded 8, 4, 2, 1), so that
// every instruction set gives the same bits: contraction is off in every file, and nothing here may be reordered.
// Included by the isa_*.cpp files only (see nearest_dot.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "table.hpp"

namespace pykmeans::kernels {
namespace {

/// The sum over j of difference(j)^2, in the referee's order.
template <class Difference>
inline double sixteen_sums(std::size_t features, const Difference& difference) {
  const auto square = [&](std::size_t j) {
    const double t = difference(j);
    return t * t;
  };
  switch (features) {  // the same sums with the zero lanes left out
    case 1:
      return square(0);
    case 2:
      return square(0) + square(1);
    case 3:
      return (square(0) + square(2)) + square(1);
    case 4:
      return (square(0) + square(2)) + (square(1) + square(3));
    default:
      break;
  }
  double sums[16] = {};
  std::size_t j = 0;
  for (; j + 16 <= features; j += 16)
    for (std::size_t l = 0; l < 16; ++l) sums[l] += square(j + l);
  for (std::size_t l = 0; j + l < features; ++l) sums[l] += square(j + l);
  for (std::size_t l = 0; l < 8; ++l) sums[l] += sums[l + 8];
  for (std::size_t l = 0; l < 4; ++l) sums[l] += sums[l + 4];
  for (std::size_t l = 0; l < 2; ++l) sums[l] += sums[l + 2];
  return sums[0] + sums[1];
}

template <class Value>
double squared_distance(const Value* row, const double* center, std::size_t features) {
  return sixteen_sums(features, [=](std::size_t j) { return static_cast<double>(row[j]) - center[j]; });
}

template <class Value>
double scaled_squared_distance(const Value* row, const double* center, std::size_t features, double first_factor,
                               double second_factor) {
  return sixteen_sums(features, [=](std::size_t j) {
    return static_cast<double>(row[j]) * first_factor * second_factor - center[j] * first_factor * second_factor;
  });
}

template <std::size_t features, class Value>
void distances_to_labels(const Value* rows, std::ptrdiff_t row_stride, const double* centers,
                         const std::int32_t* labels, std::size_t count, double* distances) {
  for (std::size_t i = 0; i < count; ++i) {
    const double* center = centers + (labels ? static_cast<std::size_t>(labels[i]) * features : 0);
    distances[i] = squared_distance(rows + static_cast<std::ptrdiff_t>(i) * row_stride, center, features);
  }
}

/// A loop for each number of features, down from the most.
template <std::size_t most, class Value>
void few_features(const Value* rows, std::ptrdiff_t row_stride, const double* centers, const std::int32_t* labels,
                  std::size_t features, std::size_t count, double* distances) {
  if (features == most)
    distances_to_labels<most>(rows, row_stride, centers, labels, count, distances);
  else if constexpr (most > 1)
    few_features<most - 1>(rows, row_stride, centers, labels, features, count, distances);
}

template <class Value>
constexpr DistanceKernels<Value> distance_of = {squared_distance<Value>, scaled_squared_distance<Value>,
                                                few_features<most_few_features, Value>};

constexpr RefereeKernels referee_kernels = {distance_of<std::uint8_t>, distance_of<float>, distance_of<double>};

}  // namespace
}  // namespace pykmeans::kernels
