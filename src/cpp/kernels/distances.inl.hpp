// The exact distances. Their order of operations is the definition: sixteen partial sums, folded 8, 4, 2, 1. So every
// instruction set gives the same bits: contraction is off in every file, and nothing here may be reordered. Included by
// the isa_*.cpp files only (see nearest_score.inl.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "distances.hpp"

namespace pykmeans::kernels {
namespace {

/// Add the last terms, fewer than four, to four partial sums: to all of them, since a load that spans two stores under
/// way would have to wait for both.
template <std::size_t count, class Term>
inline void add_last(double* sums, std::size_t j, const Term& term) {
  sums[0] += term(j);
  sums[1] += count > 1 ? term(j + 1) : 0.0;
  sums[2] += count > 2 ? term(j + 2) : 0.0;
  sums[3] += 0.0;
}

/// The sum of term(j) over j in the exact distance's order, for four features or more. Partial sums from `width` on stay
/// zero if there are fewer features. No term is -0.0, so that the first ones are what zeros and they add up to; zeros
/// that were written first would take longer than all else in few features.
template <std::size_t width, class Term>
inline double partial_sums(std::size_t features, const Term& term) {
  if constexpr (width > 4)
    if (features < width) return partial_sums<width / 2>(features, term);
  double sums[width];
  for (std::size_t l = 0; l < width; ++l) sums[l] = term(l);
  std::size_t j = width;
  for (; j + width <= features; j += width)
    for (std::size_t l = 0; l < width; ++l) sums[l] += term(j + l);
  double* rest = sums;
  for (std::size_t fours = (features - j) / 4 % 4; fours != 0; --fours, j += 4, rest += 4)  // % says how few there are
    for (std::size_t l = 0; l < 4; ++l) rest[l] += term(j + l);
  if (features - j == 1) add_last<1>(rest, j, term);
  if (features - j == 2) add_last<2>(rest, j, term);
  if (features - j == 3) add_last<3>(rest, j, term);
  for (std::size_t half = width / 2; half > 1; half /= 2)
    for (std::size_t l = 0; l < half; ++l) sums[l] += sums[l + half];
  return sums[0] + sums[1];
}

/// The sum of term(j) over j, in the exact distance's order.
template <class Term>
inline double sixteen_sums(std::size_t features, const Term& term) {
  switch (features) {
    case 0:
      return 0.0;
    case 1:
      return term(0);
    case 2:
      return term(0) + term(1);
    case 3:
      return (term(0) + term(2)) + term(1);
    default:
      return partial_sums<16>(features, term);
  }
}

/// A metric is what each feature adds, given both values.
struct Squared {
  static double term(double x, double c) {
    const double t = x - c;
    return t * t;
  }
};

struct Absolute {
  static double term(double x, double c) {
    const double t = x - c;
    return t > 0.0 ? t : 0.0 - t;  // never -0.0
  }
};

struct Unlike {
  static double term(double x, double c) { return x != c ? 1.0 : 0.0; }  // sums of integers: any order is right
};

template <class Metric, class Value, class Center>
double exact_distance(const Value* row, const Center* center, std::size_t features) {
  return sixteen_sums(features, [=](std::size_t j) {
    return Metric::term(static_cast<double>(row[j]), static_cast<double>(center[j]));
  });
}

template <class Metric, class Value>
double scaled_distance(const Value* row, const double* center, std::size_t features, double first_factor,
                       double second_factor) {
  return sixteen_sums(features, [=](std::size_t j) {
    return Metric::term(static_cast<double>(row[j]) * first_factor * second_factor,
                        center[j] * first_factor * second_factor);
  });
}

template <class Metric, std::size_t features, class Value>
void distances_to_labels(const Value* rows, std::ptrdiff_t row_stride, const double* centers,
                         const std::int32_t* labels, std::size_t count, double* distances) {
  for (std::size_t i = 0; i < count; ++i) {
    const double* center = centers + (labels ? static_cast<std::size_t>(labels[i]) * features : 0);
    distances[i] = exact_distance<Metric>(rows + static_cast<std::ptrdiff_t>(i) * row_stride, center, features);
  }
}

/// A loop for each number of features, from the most down.
template <class Metric, std::size_t most, class Value>
void few_features(const Value* rows, std::ptrdiff_t row_stride, const double* centers, const std::int32_t* labels,
                  std::size_t features, std::size_t count, double* distances) {
  if (features == most)
    distances_to_labels<Metric, most>(rows, row_stride, centers, labels, count, distances);
  else if constexpr (most > 1)
    few_features<Metric, most - 1>(rows, row_stride, centers, labels, features, count, distances);
}

template <class Metric, class Value>
constexpr DistanceKernels<Value> distance_of = {exact_distance<Metric, Value, double>,
                                                exact_distance<Metric, Value, float>, scaled_distance<Metric, Value>,
                                                few_features<Metric, most_few_features, Value>};

template <class Metric>
constexpr TypedDistances distances_of = {distance_of<Metric, std::uint8_t>, distance_of<Metric, float>,
                                         distance_of<Metric, double>};

double norm(const double* row, std::size_t features) {
  return sixteen_sums(features, [=](std::size_t j) { return row[j] * row[j]; });
}

constexpr Distances distance_kernels() {
  Distances kernels{};
  kernels.squared = distances_of<Squared>;
  kernels.absolute = distances_of<Absolute>;
  kernels.mismatches = distances_of<Unlike>;
  kernels.norm = norm;
  return kernels;
}

}  // namespace
}  // namespace pykmeans::kernels
