// pykmeans in a C++ program: random numbers of its own, seeds, a fit, the result. Doubles are printed in hexadecimal,
// so that the output of two builds, or of Python (tests/house/test_embed.py), can be compared to the last bit.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iostream>
#include <pykmeans/pykmeans.hpp>
#include <random>
#include <string>
#include <vector>

namespace {

// Enough for several blocks of rows, and so for several threads.
constexpr std::size_t n_samples = 3000, n_features = 33, n_clusters = 40, n_local_trials = 4;

/// Five crowds, scattered by Knuth's multiplicative hash: exact in double, so that every language makes the same.
template <class T>
std::vector<T> scattered() {
  std::vector<T> values;
  for (std::uint64_t i = 0; i < n_samples; ++i)
    for (std::uint64_t q = 0; q < n_features; ++q) {
      const std::uint64_t hash = ((i * n_features + q + 1) * 2654435761u) % 4294967296u;
      const std::uint64_t crowd = i % 5 * (q + 3) % 5;
      values.push_back(static_cast<T>(static_cast<double>(crowd) + static_cast<double>(hash) * 0x1p-31));
    }
  return values;
}

/// Weights among which there are zeros, and values that no double holds exactly.
std::vector<double> some_weights() {
  std::vector<double> weights;
  for (std::size_t i = 0; i < n_samples; ++i) weights.push_back(static_cast<double>(i % 4) * 0.3);
  return weights;
}

std::vector<double> random_numbers(std::size_t count) {
  std::mt19937_64 generator(20240229);
  std::vector<double> uniforms(count);
  for (double& uniform : uniforms) uniform = static_cast<double>(generator() >> 11) * 0x1p-53;
  return uniforms;
}

template <class Values>
void print(const std::string& name, const Values& values) {
  std::cout << name;
  for (const auto& value : values) std::cout << ' ' << std::hexfloat << value;
  std::cout << '\n';
}

/// @param points  what is fitted  @param given  the rows that they were made of
template <class T, class Given>
void fit_and_print(const std::string& name, const pykmeans::Points<T>& points, const pykmeans::Points<Given>& given) {
  const std::vector<double> uniforms = random_numbers(1 + (n_clusters - 1) * n_local_trials);
  const std::vector<std::int64_t> seeds = pykmeans::plus_plus(points, n_clusters, uniforms, n_local_trials);

  pykmeans::FitOptions options;
  options.tol = 0.0;
  std::vector<std::size_t> changes;  // labels that each iteration changed
  std::vector<std::int32_t> before(n_samples, -1);
  options.on_iteration = [&](const pykmeans::Iteration& iteration) {
    const std::int32_t* labels = iteration.labels();
    std::size_t changed = 0;
    for (std::size_t i = 0; i < n_samples; ++i) changed += labels[i] != before[i];
    before.assign(labels, labels + n_samples);
    changes.push_back(changed);
  };
  std::vector<double> shifts;
  options.on_update = [&](const pykmeans::Update& update) {
    shifts.push_back(update.shift);
    return update.number == 4;  // good enough
  };
  options.max_time = 3600.0;
  const pykmeans::FitResult result = pykmeans::fit(points, pykmeans::rows(given, seeds), options);

  print("fit", std::vector<std::string>{name});
  print("uniforms", uniforms);
  print("seeds", seeds);
  print("labels", result.labels);
  print("centers", result.centers);
  print("inertia", std::vector<double>{result.inertia});
  print("cluster_inertia", result.cluster_inertia);
  print("cluster_sizes", result.cluster_sizes);
  print("inertia_history", result.inertia_history);
  print("changes", changes);
  print("shifts", shifts);
  print("n_iter", std::vector<std::size_t>{result.n_iter});
  print("stop_reason", std::vector<std::string>{pykmeans::to_string(result.stop_reason)});
}

/// @param first_category  values from this feature on are cut to whole numbers
template <class T>
void fit_and_print(const std::string& name, const std::vector<double>& weights, const pykmeans::Metric& metric = {},
                   std::size_t first_category = n_features) {
  std::vector<T> values = scattered<T>();
  for (std::size_t i = 0; i < values.size(); ++i)
    if (i % n_features >= first_category) values[i] = std::floor(values[i]);
  const pykmeans::MatrixView<T> view(values.data(), n_samples, n_features);
  const double* given_weights = weights.empty() ? nullptr : weights.data();
  if (metric.distance == pykmeans::Distance::cosine) {
    const pykmeans::Points<T> given(view, given_weights);
    fit_and_print(name, pykmeans::normalized(given), given);
  } else {
    const pykmeans::Points<T> points(view, given_weights, 0, {}, metric);
    fit_and_print(name, points, points);
  }
}

}  // namespace

int main() try {
  std::cerr << "OpenMP: " << (pykmeans::has_openmp() ? "yes" : "no") << ", threads: " << pykmeans::granted_threads()
            << ", instruction set: " << pykmeans::instruction_set() << '\n';
  fit_and_print<float>("float", {});
  fit_and_print<float>("float weighted", some_weights());
  fit_and_print<double>("double", {});
  fit_and_print<double>("double weighted", some_weights());
  fit_and_print<float>("float manhattan", {}, {pykmeans::Distance::manhattan});
  fit_and_print<double>("double manhattan weighted", some_weights(), {pykmeans::Distance::manhattan});
  fit_and_print<float>("float cosine weighted", some_weights(), {pykmeans::Distance::cosine});
  fit_and_print<float>("float hamming", {}, {pykmeans::Distance::hamming}, 0);
  fit_and_print<double>("double mixed weighted", some_weights(), {pykmeans::Distance::mixed, 20, 0.7}, 20);
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
