// The exact distances. Their order of operations is their definition, the same in every instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pykmeans::kernels {

constexpr std::size_t most_few_features = 8;

/// The distance between a row and a center, both of `features` values, in some metric.
template <class Value>
struct DistanceKernels {
  double (*plain)(const Value* row, const double* center, std::size_t features);
  /// The same for a center in float32, if that holds its values exactly: half the memory to read.
  double (*to_single)(const Value* row, const float* center, std::size_t features);
  /// The distance after both are multiplied by first_factor * second_factor, which are powers of two.
  double (*scaled)(const Value* row, const double* center, std::size_t features, double first_factor,
                   double second_factor);
  /// The plain distance for `count` rows of at most most_few_features values, where a call for each row would cost more
  /// than its distance.
  /// @param labels (count) which of the centers, or nullptr for the first  @param distances [out] (count)
  void (*to_labels)(const Value* rows, std::ptrdiff_t row_stride, const double* centers, const std::int32_t* labels,
                    std::size_t features, std::size_t count, double* distances);
};

struct TypedDistances {
  DistanceKernels<std::uint8_t> of_uint8;
  DistanceKernels<float> of_float32;
  DistanceKernels<double> of_float64;

  const DistanceKernels<std::uint8_t>& of(std::uint8_t) const { return of_uint8; }
  const DistanceKernels<float>& of(float) const { return of_float32; }
  const DistanceKernels<double>& of(double) const { return of_float64; }
};

struct Distances {
  TypedDistances squared;                                   ///< squared Euclidean distance
  TypedDistances absolute;                                  ///< the sum of absolute differences
  TypedDistances mismatches;                                ///< the number of features that differ
  double (*norm)(const double* row, std::size_t features);  ///< the sum of squares, in the same order
};

}  // namespace pykmeans::kernels
