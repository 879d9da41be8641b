// What is allocated by calls that are made again and again, with a Workspace and without one: each line has a name, and
// how often memory was asked for in each of the calls. tests/test_allocations.py reads them.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>
#include <pykmeans/pykmeans.hpp>
#include <random>
#include <string>
#include <vector>

#include "../../examples/palette/film.hpp"
#include "../../examples/palette/palette.hpp"

namespace {

std::atomic<long> asked{0}, held{0};

void* counted(void* memory) {
  ++asked;
  ++held;
  if (!memory) throw std::bad_alloc();
  return memory;
}

void release(void* memory) {
  if (memory) --held;
  std::free(memory);
}

}  // namespace

// Everything that C++ allocates.
void* operator new(std::size_t bytes) {
  return counted(std::malloc(bytes ? bytes : 1));
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  const auto a = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(a, (bytes + a - 1) / a * a));
}
void operator delete(void* memory) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  release(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  release(memory);
}

#ifdef __GLIBC__
// And everything that anybody asks the system's library for, OpenMP's runtime among them.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t bytes) {
  ++asked;
  return __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) {
  ++asked;
  return __libc_calloc(count, bytes);
}
void* realloc(void* memory, std::size_t bytes) {
  ++asked;
  return __libc_realloc(memory, bytes);
}
void* memalign(std::size_t alignment, std::size_t bytes) {
  ++asked;
  return __libc_memalign(alignment, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  ++asked;
  return __libc_memalign(alignment, bytes);
}
}
#endif

namespace {

constexpr int n_calls = 4;

/// Print how often memory was asked for in each call.
void count(const std::string& name, const std::function<void(int)>& call) {
  long counts[n_calls];
  for (int i = 0; i < n_calls; ++i) {
    const long before = asked;
    call(i);
    counts[i] = asked - before;
  }
  std::printf("%s", name.c_str());
  for (const long some : counts) std::printf(" %ld", some);
  std::printf("\n");
}

/// Some crowds.
template <class T>
std::vector<T> rows_of(std::size_t n, std::size_t d) {
  std::mt19937_64 generator(7);
  std::vector<T> values(n * d);
  for (std::size_t i = 0; i < n * d; ++i)
    values[i] = static_cast<T>(static_cast<double>(i / d % 11 * 20) + static_cast<double>(generator() >> 40) * 0x1p-20);
  return values;
}

/// Seeds, a fit and the labels of the same rows, again and again.
template <class T>
void again_and_again(const std::string& type, pykmeans::Metric metric, pykmeans::Algorithm algorithm, std::size_t n,
                     std::size_t d, std::size_t k, int n_threads) {
  const std::string name = type + "," + pykmeans::to_string(metric.distance) + "," + pykmeans::to_string(algorithm) +
                           "," + std::to_string(n) + "x" + std::to_string(d) + "," + std::to_string(n_threads);
  const std::vector<T> values = rows_of<T>(n, d);
  const std::vector<double> weights(n, 0.5);
  std::vector<double> uniforms(1 + (k - 1) * 2), centers(k * d), history(30), inertia(k), sizes(k);
  for (std::size_t i = 0; i < uniforms.size(); ++i) uniforms[i] = static_cast<double>(i * 37 % 101) / 101.0;
  std::vector<std::int64_t> seeds(k);
  std::vector<std::int32_t> labels(n);
  pykmeans::FitOptions options;
  options.max_iter = 30;
  options.algorithm = algorithm;

  const auto all = [&](const auto& points) {
    pykmeans::plus_plus(points, k, uniforms.data(), 2, seeds.data());
    pykmeans::rows(points, seeds.data(), k, centers.data());
    pykmeans::fit(points, {centers.data(), k, d}, options,
                  {labels.data(), centers.data(), inertia.data(), sizes.data(), history.data()});
    pykmeans::nearest(points, {centers.data(), k, d}, labels.data());
  };
  const auto work = [&] {
    const pykmeans::MatrixView<T> view(values.data(), n, d);
    if (metric.distance == pykmeans::Distance::cosine)
      all(pykmeans::normalised(pykmeans::Points<T>(view, weights.data(), n_threads)));
    else
      all(pykmeans::Points<T>(view, weights.data(), n_threads, {}, metric));
  };

  const long held_before = held;
  std::vector<double> first;
  {
    pykmeans::Workspace workspace;
    count("workspace," + name, [&](int) {
      const pykmeans::Workspace::Scope scope(workspace);
      work();
    });
    first = centers;
  }
  if (held != held_before + (first.empty() ? 0 : 1)) std::printf("leak,%s %ld\n", name.c_str(), held - held_before);
  count("heap," + name, [&](int) { work(); });
  if (first != centers) std::printf("different,%s 1\n", name.c_str());
}

template <class T>
void every_way(const std::string& type) {
  using pykmeans::Algorithm;
  using pykmeans::Distance;
  for (const Algorithm algorithm : pykmeans::algorithms)
    for (const std::size_t d : {3, 16}) again_and_again<T>(type, {}, algorithm, 5000, d, 20, 1);
  again_and_again<T>(type, {}, Algorithm::automatic, 3000, 64, 300, 1);
  again_and_again<T>(type, {}, Algorithm::automatic, 20, 4, 3, 1);
  again_and_again<T>(type, {Distance::cosine}, Algorithm::automatic, 5000, 8, 20, 1);
  for (const Distance distance : {Distance::manhattan, Distance::hamming})
    again_and_again<T>(type, {distance}, Algorithm::automatic, 5000, 8, 20, 1);
  again_and_again<T>(type, {Distance::mixed, 4, 0.5}, Algorithm::automatic, 5000, 8, 20, 1);
  again_and_again<T>(type, {}, Algorithm::lloyd, 20000, 8, 20, 2);
}

/// The example: frame after frame.
void film(int n_threads) {
  Film film;
  Palette palette(6, Film::n_pixels, n_threads);
  long first = 0, others = 0;
  for (std::size_t number = 0; number < 40; ++number) {
    const std::uint8_t* frame = film.frame(number);
    const long before = asked;
    palette.follow(frame);
    (number == 0 ? first : others) += asked - before;
  }
  std::printf("film,%d %ld %ld\n", n_threads, first, others);
}

}  // namespace

int main() {
  film(1);
  film(2);
  every_way<std::uint8_t>("uint8");
  every_way<float>("float");
  every_way<double>("double");
  return 0;
}
