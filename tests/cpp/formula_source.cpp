// A source of rows that the core does not know: they are made by a formula when they are asked for, and lie nowhere.
// Whatever is found for them is what is found for an array of the same rows, and takes no memory for rows.
//
//   formula_source [rows [most megabytes]]
#include <cstring>
#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

#include "expect.hpp"
#include "tables.hpp"

namespace {

using pykmeans::Distance;
using pykmeans::MatrixView;
using pykmeans::Points;

/// Ten places with points around them. Columns from `first_whole` on hold whole numbers, as categories are.
class Formula : public pykmeans::RowSource<float> {
 public:
  Formula(std::size_t n_rows, std::size_t n_columns, std::size_t first_whole)
      : RowSource(n_rows, n_columns), first_whole_(first_whole) {}

  void read(std::size_t row, float* out) const override {
    for (std::size_t q = 0; q < columns(); ++q) out[q] = value(row, q);
  }

  float value(std::size_t row, std::size_t column) const override {
    Random random(row * columns() + column);
    const double value = static_cast<double>(row % 10 * (column + 3) % 11 + 1) + 3 * random.uniform();
    return static_cast<float>(column < first_whole_ ? value : std::floor(value));
  }

 private:
  const std::size_t first_whole_;
};

std::vector<float> array_of(const Formula& formula) {
  std::vector<float> values(formula.rows() * formula.columns());
  for (std::size_t i = 0; i < formula.rows(); ++i) formula.read(i, values.data() + i * formula.columns());
  return values;
}

void expect_same_fit(const pykmeans::FitResult& a, const pykmeans::FitResult& b) {
  expect(a.labels == b.labels, "labels");
  expect(a.centers == b.centers, "centers");
  expect(a.inertia == b.inertia && a.inertia_history == b.inertia_history, "inertia");
  expect(a.cluster_inertia == b.cluster_inertia && a.cluster_sizes == b.cluster_sizes, "clusters");
  expect(a.n_iter == b.n_iter && a.shift == b.shift && a.tolerance == b.tolerance, "steps");
  expect(a.algorithm == b.algorithm, std::string("algorithm ") + to_string(a.algorithm));
}

// ---------------------------------------------------------------- memory

/// The most that the process has had so far, in megabytes; 0 where the system does not tell.
double peak_memory() {
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;)
    if (double kilobytes = 0; word == "VmHWM:" && file >> kilobytes) return kilobytes / 1024;
  return 0;
}

/// A fit of rows that would take far more memory than it does. The array is made afterwards, so that it does not count.
void expect_little_memory(std::size_t n, double most_megabytes) {
  current = std::to_string(n) + " rows";
  constexpr std::size_t d = 8, k = 10;
  const auto formula = std::make_shared<Formula>(n, d, d);
  pykmeans::FitOptions options;
  options.max_iter = 4;
  std::vector<double> start(k * d);
  for (std::size_t i = 0; i < start.size(); ++i) start[i] = static_cast<double>(formula->value(i / d * (n / k), i % d));
  const pykmeans::FitResult found = pykmeans::fit(Points<float>(formula, nullptr, 2), start, options);
  const double peak = peak_memory();
  std::cout << n << " rows that would take " << n * d * sizeof(float) / 1000000 << " MB: a peak of " << peak << " MB\n";
  expect(peak <= most_megabytes, "a peak of " + std::to_string(peak) + " MB");

  const std::vector<float> values = array_of(*formula);
  expect_same_fit(found, pykmeans::fit(Points<float>({values.data(), n, d}, nullptr, 2), start, options));
}

// ---------------------------------------------------------------- every function

bool same(const std::vector<double>& a, const std::vector<double>& b) {  // NaN too
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

/// What functions find for the labels and the centers of a fit.
template <class T>
std::vector<std::vector<double>> measured(const Points<T>& points, const pykmeans::FitResult& fit, bool pairs) {
  const std::size_t n = points.rows(), k = fit.centers.size() / points.columns();
  const MatrixView<double> centers(fit.centers.data(), k, points.columns());
  std::vector<double> distances(n), to_each(n * k), simplified(n), silhouettes(n);
  std::vector<std::int32_t> labels(n);
  pykmeans::nearest(points, centers, labels.data());
  pykmeans::distances_to_labels(points, centers, fit.labels.data(), distances.data());
  pykmeans::transform(points, centers, to_each.data());
  pykmeans::simplified_silhouette(points, centers, fit.labels.data(), simplified.data());
  if (pairs) pykmeans::silhouette(points, fit.labels.data(), k, silhouettes.data());
  const std::vector<std::int64_t> medoids = pykmeans::medoids(points, centers, fit.labels.data());
  std::vector<std::vector<double>> all = {{labels.begin(), labels.end()},
                                          distances,
                                          to_each,
                                          simplified,
                                          silhouettes,
                                          {medoids.begin(), medoids.end()},
                                          {pykmeans::inertia(points, centers, fit.labels.data())}};
  if (points.metric.distance == Distance::euclidean) {
    const pykmeans::Moments moments = pykmeans::moments(points);
    all.push_back(moments.mean);
    all.push_back({moments.variance});
  }
  return all;
}

template <class T>
void expect_same_results(const Points<T>& made, const Points<T>& array, std::size_t k) {
  const std::vector<double> numbers = uniforms(1 + (k - 1) * 3, 5);
  const std::vector<std::int64_t> seeds = pykmeans::plus_plus(array, k, numbers, 3);
  expect(pykmeans::plus_plus(made, k, numbers, 3) == seeds, "seeds");
  const std::vector<double> start = pykmeans::rows(array, seeds);
  expect(pykmeans::rows(made, seeds) == start, "rows of the seeds");
  pykmeans::FitOptions options;
  options.max_iter = 4;
  pykmeans::FitResult expected;
  const std::string name = current;
  for (const pykmeans::Algorithm algorithm : pykmeans::algorithms) {
    if (!works_with(algorithm, array.metric.distance)) continue;
    current = name + ", " + to_string(algorithm);
    options.algorithm = algorithm;
    expected = pykmeans::fit(array, start, options);
    expect_same_fit(pykmeans::fit(made, start, options), expected);
  }
  current = name;
  const bool pairs = array.rows() <= 2500;
  const auto found = measured(made, expected, pairs), wanted = measured(array, expected, pairs);
  for (std::size_t i = 0; i < wanted.size(); ++i) expect(same(found[i], wanted[i]), "function " + std::to_string(i));
}

void expect_same_everywhere(std::size_t n, std::size_t d, std::size_t k, Distance distance) {
  const pykmeans::Metric metric = {distance, d / 2};
  const std::size_t numeric = !has_categories(distance) ? d : has_numbers(distance) ? d / 2 : 0;
  const auto formula = std::make_shared<Formula>(n, d, numeric);
  const std::vector<float> values = array_of(*formula);
  const std::vector<double> some = some_weights(n);
  for (const double* weights : {static_cast<const double*>(nullptr), some.data()}) {
    current =
        std::to_string(n) + " rows of " + std::to_string(d) + (weights ? ", weighted, " : ", ") + to_string(distance);
    const pykmeans::Metric given = normalizes(distance) ? pykmeans::Metric() : metric;
    const Points<float> made(formula, weights, 2, {}, given), array({values.data(), n, d}, weights, 2, {}, given);
    if (normalizes(distance))
      expect_same_results(normalized(made), normalized(array), k);
    else
      expect_same_results(made, array, k);
  }
}

}  // namespace

int main(int n_words, char** words) {
  try {
    const std::size_t n = n_words > 1 ? std::stoul(words[1]) : 100000;
    expect_little_memory(n, n_words > 2 ? std::stod(words[2]) : std::numeric_limits<double>::max());
    for (const Distance distance : pykmeans::all_distances)
      for (const std::size_t d : {3, 40}) {
        expect_same_everywhere(distance == Distance::euclidean ? 20000 : 5000, d, 70, distance);
        expect_same_everywhere(1500, d, 9, distance);
      }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  std::cout << "formula_source: well\n";
}
