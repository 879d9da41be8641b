// Made-up data for the core's tests, the same on every machine.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "pykmeans/pykmeans.hpp"

/// Numbers that look random: splitmix64 (G. L. Steele and others, 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(bits() % count); }

 private:
  std::uint64_t state_;
};

enum class Values {
  crowds,     ///< places with points around them
  ties,       ///< few different values, so that many distances are equal
  far_apart,  ///< rows of every size; some ask for exact sums bit by bit, and for scaled distances
};

/// How rows lie in memory. Where nothing but the values belongs to the table, the sanitizer sees each step beyond it.
enum class Rows { contiguous, apart, backwards };

/// A table that owns its values: on the heap, and not a byte more than it needs.
template <class T>
class Table {
 public:
  Table(Values kind, std::size_t n, std::size_t d, std::uint64_t seed, Rows rows = Rows::contiguous)
      : stride_(rows == Rows::contiguous ? d : d + 3), size_((n - 1) * stride_ + d), values_(new T[size_]) {
    for (std::size_t i = 0; i < size_; ++i) values_[i] = std::numeric_limits<T>::max();  // no value of the table
    const T* first = rows == Rows::backwards ? values_.get() + (n - 1) * stride_ : values_.get();
    const auto step = static_cast<std::ptrdiff_t>(stride_);
    view_ = {first, n, d, rows == Rows::backwards ? -step : step};
    Random random(seed);
    for (std::size_t i = 0; i < n; ++i) fill(kind, i, d, random);
  }

  /// Make the features from one on whole numbers, as categories are.
  void cut(std::size_t first) {
    for (std::size_t i = 0; i < view_.rows; ++i)
      for (std::size_t q = first; q < view_.columns; ++q)
        at(i)[q] = static_cast<T>(std::floor(std::fmod(static_cast<double>(at(i)[q]), 6.0)));
  }

  const pykmeans::MatrixView<T>& view() const { return view_; }
  T* at(std::size_t row) { return const_cast<T*>(view_.row(row)); }

 private:
  void fill(Values kind, std::size_t i, std::size_t d, Random& random) {
    const double size = std::is_same_v<T, double> ? 1e140 : 1e30;
    const double scale = kind == Values::far_apart ? std::pow(size, 2 * random.uniform() - 1) : 1.0;
    for (std::size_t q = 0; q < d; ++q) {
      const double place = static_cast<double>((i % 7 + 1) * (q + 3) % 11);
      double value = kind == Values::ties ? static_cast<double>(random.below(4)) : place + 4 * random.uniform();
      if constexpr (!std::is_same_v<T, std::uint8_t>) value = scale * (value - 5);
      at(i)[q] = static_cast<T>(value);
    }
    at(i)[i % d] = static_cast<T>(static_cast<double>(at(i)[i % d]) == 0.0 ? 1.0 : at(i)[i % d]);  // no row of zeros
  }

  std::size_t stride_, size_;
  std::unique_ptr<T[]> values_;
  pykmeans::MatrixView<T> view_;
};

/// Zeros among them, and values that no double holds briefly.
inline std::vector<double> some_weights(std::size_t n) {
  std::vector<double> weights;
  for (std::size_t i = 0; i < n; ++i) weights.push_back(static_cast<double>((i + 1) % 4) * 0.3);
  return weights;
}

inline std::vector<double> uniforms(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> numbers(count);
  for (double& number : numbers) number = random.uniform();
  return numbers;
}
