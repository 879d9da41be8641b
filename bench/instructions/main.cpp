// Fixed small cases of which callgrind counts the instructions. Without an argument it lists them; with one it runs
// that case. Counted is what happens inside measured(), and nothing of the making of the data.
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <pykmeans/pykmeans.hpp>
#include <string>
#include <vector>

#include "algorithms.hpp"

/// What callgrind counts in (--toggle-collect=measured).
extern "C" [[gnu::noinline]] void measured(const std::function<void()>& work) {
  work();
  asm volatile("" ::: "memory");  // no tail call: the function ends where the work ends
}

namespace {

struct Shape {
  std::size_t n, d, k, iterations;
};

constexpr Shape tiny = {150, 4, 3, 10};
constexpr Shape plane = {8'000, 2, 50, 8};
constexpr Shape picture = {10'000, 3, 16, 8};
constexpr Shape table = {4'000, 16, 100, 5};
constexpr Shape codebook = {2'500, 8, 256, 5};
constexpr Shape vectors = {800, 128, 256, 5};

/// Numbers in [0, 1), the same everywhere: Knuth's linear congruential generator.
class Numbers {
 public:
  double next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(state_ >> 11) * 0x1p-53;
  }

 private:
  std::uint64_t state_ = 20240229;
};

/// Crowds around k places that overlap; uint8 data cover most of 0..255.
template <class T>
std::vector<T> points(const Shape& shape) {
  Numbers numbers;
  std::vector<double> places(shape.k * shape.d);
  for (double& value : places) value = numbers.next();
  std::vector<T> values;
  for (std::size_t i = 0; i < shape.n; ++i) {
    const auto place = static_cast<std::size_t>(numbers.next() * static_cast<double>(shape.k));
    for (std::size_t j = 0; j < shape.d; ++j) {
      const double near = 0.6 * places[place * shape.d + j] + 0.4 * (numbers.next() + numbers.next()) / 2.0;
      values.push_back(static_cast<T>(near * (sizeof(T) == 1 ? 255.0 : 1.0)));
    }
  }
  return values;
}

/// The first k rows: the places of random rows.
std::vector<std::int64_t> first_rows(std::size_t k) {
  std::vector<std::int64_t> rows(k);
  for (std::size_t i = 0; i < k; ++i) rows[i] = static_cast<std::int64_t>(i);
  return rows;
}

template <class T>
void fit(const Shape& shape, pykmeans::Algorithm algorithm) {
  const std::vector<T> values = points<T>(shape);
  pykmeans::FitOptions options;
  options.tol = 0.0;
  options.max_iter = shape.iterations;
  options.algorithm = algorithm;
  measured([&] {
    const pykmeans::Points<T> data({values.data(), shape.n, shape.d}, nullptr, 1);
    pykmeans::fit(data, pykmeans::rows(data, first_rows(shape.k)), options);
  });
}

template <class T>
void seed(const Shape& shape) {
  constexpr std::size_t n_local_trials = 6;
  const std::vector<T> values = points<T>(shape);
  std::vector<double> uniforms(1 + (shape.k - 1) * n_local_trials);
  Numbers numbers;
  for (double& value : uniforms) value = numbers.next();
  measured([&] {
    const pykmeans::Points<T> data({values.data(), shape.n, shape.d}, nullptr, 1);
    pykmeans::plus_plus(data, shape.k, uniforms, n_local_trials);
  });
}

template <class T>
void predict(const Shape& shape, std::size_t rows) {
  const std::vector<T> values = points<T>(shape);
  const pykmeans::Points<T> known({values.data(), shape.n, shape.d}, nullptr, 1);
  const std::vector<double> centers = pykmeans::rows(known, first_rows(shape.k));
  std::vector<std::int32_t> labels(rows);
  measured([&] {
    const pykmeans::Points<T> data({values.data(), rows, shape.d}, nullptr, 1);
    pykmeans::nearest(data, {centers.data(), shape.k, shape.d}, labels.data());
  });
}

/// Labels are those of the nearest of the first k rows.
template <class T>
void silhouette(const Shape& shape) {
  const std::vector<T> values = points<T>(shape);
  const pykmeans::Points<T> data({values.data(), shape.n, shape.d}, nullptr, 1);
  const std::vector<double> centers = pykmeans::rows(data, first_rows(shape.k));
  std::vector<std::int32_t> labels(shape.n);
  pykmeans::nearest(data, {centers.data(), shape.k, shape.d}, labels.data());
  std::vector<double> silhouettes(shape.n);
  measured([&] { pykmeans::silhouette(data, labels.data(), shape.k, silhouettes.data()); });
}

using Cases = std::map<std::string, std::function<void()>>;

template <class T>
void add_fits(Cases& cases, const std::string& name, const Shape& shape) {
  for (const auto& [way, algorithm] : algorithms)
    cases["fit " + name + " " + way] = [&shape, algorithm = algorithm] { fit<T>(shape, algorithm); };
}

Cases all_cases() {
  Cases cases;
  add_fits<double>(cases, "tiny float64", tiny);
  add_fits<float>(cases, "plane float32", plane);
  add_fits<std::uint8_t>(cases, "picture uint8", picture);
  add_fits<float>(cases, "table float32", table);
  add_fits<double>(cases, "table float64", table);
  add_fits<float>(cases, "codebook float32", codebook);
  add_fits<float>(cases, "vectors float32", vectors);
  add_fits<double>(cases, "vectors float64", vectors);
  cases["seed codebook float32"] = [] { seed<float>(codebook); };
  cases["seed picture uint8"] = [] { seed<std::uint8_t>(picture); };
  cases["predict tiny float64, one row"] = [] { predict<double>(tiny, 1); };
  cases["predict vectors float32"] = [] { predict<float>(vectors, vectors.n); };
  cases["silhouette plane float32"] = [] { silhouette<float>({4'000, 2, 20, 0}); };
  return cases;
}

}  // namespace

int main(int count, char** arguments) try {
  const Cases cases = all_cases();
  if (count == 1) {
    for (const auto& named : cases) std::cout << named.first << '\n';
    return 0;
  }
  cases.at(arguments[1])();
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
