// Several threads of the caller's own at the same points, and work that is stopped in the middle: what ThreadSanitizer
// is to see besides same_bits.cpp.
#include <atomic>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "tables.hpp"

namespace {

constexpr std::size_t n = 4100, k = 33;

struct Stop : std::runtime_error {
  Stop() : std::runtime_error("stopped") {}
};

void expect(bool holds, const std::string& what) {
  if (!holds) throw std::logic_error(what);
}

/// Run some work on four threads at once, and throw what any of them threw.
template <class Work>
void at_once(const Work& work) {
  std::vector<std::exception_ptr> errors(4);
  std::vector<std::thread> threads;
  for (std::exception_ptr& error : errors)
    threads.emplace_back([&] {
      try {
        work();
      } catch (...) {
        error = std::current_exception();
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}

/// All share the points, and so what ways to assign keep for the next fit.
template <class T>
void check(std::size_t d, pykmeans::Distance distance) {
  Table<T> table(Values::crowds, n, d, d);
  if (distance == pykmeans::Distance::hamming) table.cut(0);
  const std::vector<double> weights = some_weights(n), numbers = uniforms(1 + (k - 1) * 4, d);
  const pykmeans::Points<T> points(table.view(), weights.data(), 2, {}, {distance, (d + 1) / 2});
  const std::vector<double> start = pykmeans::rows(points, pykmeans::plus_plus(points, k, numbers, 4));
  pykmeans::FitOptions lloyd;
  lloyd.algorithm = pykmeans::Algorithm::lloyd;
  lloyd.max_iter = 4;
  const pykmeans::FitResult expected = pykmeans::fit(points, start, lloyd);
  std::vector<double> silhouette(n);
  pykmeans::simplified_silhouette(points, {expected.centers.data(), k, d}, expected.labels.data(), silhouette.data());

  for (const pykmeans::Algorithm algorithm : pykmeans::algorithms) {
    if (!pykmeans::works_with(algorithm, distance)) continue;
    const pykmeans::Points<T> fresh(table.view(), weights.data(), 2, {}, points.metric);
    pykmeans::FitOptions options = lloyd;
    options.algorithm = algorithm;
    at_once([&] {
      const pykmeans::FitResult found = pykmeans::fit(fresh, start, options);
      expect(found.labels == expected.labels && found.centers == expected.centers && found.inertia == expected.inertia,
             "a fit beside others differs");
    });
    // Stopped early and late, between blocks and between iterations; the next fit knows nothing of it.
    for (const int calls : {0, 1, 3}) {
      std::atomic<int> left{calls};
      options.poll = [&] {
        if (left-- == 0) throw Stop();
      };
      options.on_iteration = [&](const pykmeans::Iteration&) { options.poll(); };
      try {
        expect(pykmeans::fit(fresh, start, options).labels == expected.labels, "a fit that was not stopped differs");
      } catch (const Stop&) {
      }
    }
    options.poll = {};
    options.on_iteration = {};
    expect(pykmeans::fit(fresh, start, options).labels == expected.labels, "a fit after a stopped one differs");
  }
  at_once([&] {
    expect(pykmeans::rows(points, pykmeans::plus_plus(points, k, numbers, 4)) == start, "seeds beside others differ");
    std::vector<std::int32_t> labels(n);
    pykmeans::nearest(points, {expected.centers.data(), k, d}, labels.data());
    expect(labels == expected.labels, "labels beside others differ");
    std::vector<double> values(n);
    pykmeans::simplified_silhouette(points, {expected.centers.data(), k, d}, labels.data(), values.data());
    expect(values == silhouette, "silhouettes beside others differ");
  });
}

}  // namespace

int main() try {
  for (const pykmeans::Distance distance :
       {pykmeans::Distance::euclidean, pykmeans::Distance::manhattan, pykmeans::Distance::hamming}) {
    for (const std::size_t d : {2, 9, 32}) check<float>(d, distance);
    check<std::uint8_t>(2, distance);
  }
  at_once([] { check<double>(3, pykmeans::Distance::euclidean); });
  std::cout << "well\n";
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
