// What is allocated by calls that are made again and again, with a Workspace and without one: each line has a name, and
// how often memory was asked for in each of the calls. tests/house/test_allocations.py reads them.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <new>
#include <numeric>
#include <optional>
#include <pykmeans/pykmeans.hpp>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "../../examples/palette/film.hpp"
#include "../../examples/palette/palette.hpp"

namespace {

std::atomic<long> asked{0}, held{0};
std::atomic<long> until_refused{-1};  // how often memory is still had; negative for ever

template <class Allocate>
void* counted(Allocate allocate) {
  ++asked;
  if (until_refused >= 0 && until_refused-- == 0) throw std::bad_alloc();
  void* const memory = allocate();
  if (!memory) throw std::bad_alloc();
  ++held;
  return memory;
}

void release(void* memory, void (*free)(void*) = std::free) {
  if (memory) --held;
  free(memory);
}

#ifdef _MSC_VER  // which has no aligned_alloc
void* allocate_aligned(std::size_t alignment, std::size_t bytes) {
  return _aligned_malloc(bytes, alignment);
}
constexpr auto free_aligned = _aligned_free;
#else
void* allocate_aligned(std::size_t alignment, std::size_t bytes) {
  return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}
constexpr auto free_aligned = std::free;
#endif

}  // namespace

// Everything that C++ allocates.
void* operator new(std::size_t bytes) {
  return counted([=] { return std::malloc(bytes ? bytes : 1); });
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return counted([=] { return allocate_aligned(static_cast<std::size_t>(alignment), bytes); });
}
void operator delete(void* memory) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  release(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  release(memory, free_aligned);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  release(memory, free_aligned);
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
  std::printf("%s,", name.c_str());
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
  std::vector<T> values = rows_of<T>(n, d);
  if (metric.distance == pykmeans::Distance::hamming || metric.distance == pykmeans::Distance::mixed)
    for (T& value : values) value = static_cast<T>(std::floor(value));
  const std::vector<double> weights(n, 0.5);
  std::vector<double> uniforms(1 + (k - 1) * 2), centers(k * d), history(30), inertia(k), sizes(k);
  for (std::size_t i = 0; i < uniforms.size(); ++i) uniforms[i] = static_cast<double>(i * 37 % 101) / 101.0;
  std::vector<std::int64_t> seeds(k);
  std::iota(seeds.begin(), seeds.end(), std::int64_t{0});
  std::vector<std::int32_t> labels(n);
  pykmeans::FitOptions options;
  options.max_iter = 30;
  options.algorithm = algorithm;

  const auto all = [&](const auto& points) {
    // Who does which block of a step, and so how much room it takes, differs from call to call.
    if (n_threads == 1) pykmeans::plus_plus(points, k, uniforms.data(), 2, seeds.data());
    pykmeans::rows(points, seeds.data(), k, centers.data());
    pykmeans::fit(points, {centers.data(), k, d}, options,
                  {labels.data(), centers.data(), inertia.data(), sizes.data(), history.data()});
    pykmeans::nearest(points, {centers.data(), k, d}, labels.data());
  };
  const auto work = [&] {
    const pykmeans::MatrixView<T> view(values.data(), n, d);
    if (metric.distance == pykmeans::Distance::cosine)
      all(pykmeans::normalized(pykmeans::Points<T>(view, weights.data(), n_threads)));
    else
      all(pykmeans::Points<T>(view, weights.data(), n_threads, {}, metric));
  };

  std::vector<double> first(k * d);
  const long held_before = held;
  {
    pykmeans::Workspace workspace;
    count("workspace," + name, [&](int) {
      const pykmeans::Workspace::Scope scope(workspace);
      work();
    });
    first.swap(centers);
  }
  if (held != held_before) std::printf("wrong,leak,%s, %ld\n", name.c_str(), held - held_before);
  count("heap," + name, [&](int) { work(); });
  if (first != centers) std::printf("wrong,different,%s, 1\n", name.c_str());
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

void expect(bool what, const char* name) {
  if (!what) std::printf("wrong,%s, 1\n", name);
}

/// What a Workspace promises of its memory.
void life_of_a_workspace() {
  const std::vector<float> values = rows_of<float>(500, 4);
  const pykmeans::MatrixView<float> view(values.data(), 500, 4);
  std::vector<double> centers(5 * 4);
  std::vector<std::int32_t> labels(500);
  const long held_before = held;
  const auto work = [&](const pykmeans::Points<float>& points) {
    std::copy_n(values.data(), centers.size(), centers.data());
    pykmeans::nearest(points, {centers.data(), 5, 4}, labels.data());
  };

  {  // Points may outlive it.
    std::optional<pykmeans::Points<float>> points;
    {
      pykmeans::Workspace workspace;
      const pykmeans::Workspace::Scope scope(workspace);
      points.emplace(view, nullptr, 1);
    }
    work(*points);
  }
  expect(held == held_before, "what outlives a workspace is released");

  {
    pykmeans::Workspace workspace;
    {
      const pykmeans::Workspace::Scope scope(workspace);
      const pykmeans::Points<float> points(view, nullptr, 1);
      workspace.release();
      const std::size_t before = workspace.bytes();
      work(points);
      expect(workspace.bytes() > before, "bytes grow");
      {
        pykmeans::Workspace inner;
        const pykmeans::Workspace::Scope scope_of_inner(inner);
        const std::size_t outer = workspace.bytes();
        work(points);
        expect(inner.bytes() > 0 && workspace.bytes() == outer, "the innermost scope counts");
      }
      workspace.release();
      expect(before > 0 && workspace.bytes() == before, "what is in use is not released");
    }
    workspace.release();
    expect(workspace.bytes() == 0, "all is released");
    const pykmeans::Points<float> points(view, nullptr, 1);
    expect(workspace.bytes() == 0, "nothing is taken without a scope");

    std::vector<std::thread> threads;  // one for all of them
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        const pykmeans::Workspace::Scope scope(workspace);
        std::vector<std::int32_t> mine(500);
        for (int i = 0; i < 50; ++i)
          pykmeans::nearest(pykmeans::Points<float>(view, nullptr, 1), {centers.data(), 5, 4}, mine.data());
        expect(mine == labels, "threads share a workspace");
      });
    for (std::thread& thread : threads) thread.join();
  }
  expect(held == held_before, "its end releases all");
}

/// Memory that is refused, at every place where a fit asks for some.
void refused_memory(int n_threads) {
  const std::vector<double> values = rows_of<double>(5000, 6);
  const pykmeans::MatrixView<double> view(values.data(), 5000, 6);
  pykmeans::fit(pykmeans::Points<double>(view, nullptr, n_threads),
                std::vector<double>(values.data(), values.data() + 72), {});  // what is made once, threads among it
  const long held_before = held;
  long refusals = 0;
  for (bool done = false; !done; ++refusals) {
    try {
      pykmeans::Workspace workspace;
      const pykmeans::Workspace::Scope scope(workspace);
      until_refused = refusals;
      const pykmeans::Points<double> points(view, nullptr, n_threads);
      pykmeans::fit(points, std::vector<double>(values.data(), values.data() + 72), {});
      until_refused = -1;
      done = true;
    } catch (const std::bad_alloc&) {
      until_refused = -1;
    }
    expect(held == held_before, "nothing is left where memory is refused");
  }
  std::printf("refusals,%d, %ld\n", n_threads, refusals);
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
  std::printf("film,%d, %ld %ld\n", n_threads, first, others);
}

}  // namespace

int main() {
  film(1);
  film(2);
  life_of_a_workspace();
  refused_memory(1);
  refused_memory(2);
  every_way<std::uint8_t>("uint8");
  every_way<float>("float");
  every_way<double>("double");
  return 0;
}
