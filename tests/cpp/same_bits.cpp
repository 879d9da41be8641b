// Every algorithm, metric and type, with and without weights, on one thread and on several: the same bits, and results
// that agree with each other. Prints a line for each case, which every instruction set and every build prints alike.
#include <algorithm>
#include <cstring>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

#include "expect.hpp"
#include "tables.hpp"

namespace {

using pykmeans::Distance;
using pykmeans::MatrixView;

struct Case {
  Values values;
  std::size_t n, d, k;
  Rows rows = Rows::contiguous;
};

/// Bytes, so that NaN equals itself and -0 is not 0.
template <class Value>
void expect_same(const std::vector<Value>& a, const std::vector<Value>& b, const std::string& what) {
  expect(a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(Value)) == 0), what);
}

/// FNV-1a of all that is put into it.
class Digest {
 public:
  template <class Value>
  void operator()(const std::vector<Value>& values) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(values.data());
    for (std::size_t i = 0; i < values.size() * sizeof(Value); ++i) hash_ = (hash_ ^ bytes[i]) * 0x100000001b3u;
  }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

void expect_same(const pykmeans::FitResult& a, const pykmeans::FitResult& b) {
  expect_same(a.labels, b.labels, "labels");
  expect_same(a.centers, b.centers, "centers");
  expect_same(a.cluster_inertia, b.cluster_inertia, "inertia by cluster");
  expect_same(a.cluster_sizes, b.cluster_sizes, "sizes");
  expect_same(a.inertia_history, b.inertia_history, "history");
  expect(a.inertia == b.inertia && a.n_iter == b.n_iter && a.stop_reason == b.stop_reason, "the rest of a fit");
}

/// What is found with given centers.
struct Found {
  std::vector<std::int32_t> labels;
  std::vector<double> distances, transformed, by_cluster, silhouette, simplified;
  std::vector<float> single;
  std::vector<std::int64_t> medoids;
  double inertia = 0.0;
};

template <class T>
Found found(const pykmeans::Points<T>& points, MatrixView<double> centers, bool silhouettes) {
  const std::size_t n = points.rows(), k = centers.rows;
  Found all;
  all.labels.resize(n);
  all.distances.resize(n);
  all.transformed.resize(n * k);
  all.single.resize(n * k);
  all.by_cluster.resize(k);
  pykmeans::nearest(points, centers, all.labels.data());
  pykmeans::distances_to_labels(points, centers, all.labels.data(), all.distances.data());
  pykmeans::transform(points, centers, all.transformed.data());
  try {
    pykmeans::transform(points, centers, all.single.data());
  } catch (const std::invalid_argument&) {  // beyond float32
    all.single.clear();
  }
  all.inertia = pykmeans::inertia(points, centers, all.labels.data(), all.by_cluster.data());
  all.medoids = pykmeans::medoids(points, centers, all.labels.data());
  if (silhouettes) {
    all.silhouette.resize(n);
    all.simplified.resize(n);
    pykmeans::silhouette(points, all.labels.data(), k, all.silhouette.data());
    pykmeans::simplified_silhouette(points, centers, all.labels.data(), all.simplified.data());
  }
  return all;
}

void expect_same(const Found& a, const Found& b) {
  expect_same(a.labels, b.labels, "nearest");
  expect_same(a.distances, b.distances, "distances to labels");
  expect_same(a.transformed, b.transformed, "transform");
  expect_same(a.single, b.single, "transform to float32");
  expect_same(a.by_cluster, b.by_cluster, "inertia by cluster");
  expect_same(a.medoids, b.medoids, "medoids");
  expect_same(a.silhouette, b.silhouette, "silhouette");
  expect_same(a.simplified, b.simplified, "simplified silhouette");
  expect(a.inertia == b.inertia, "inertia");
}

/// @param one, three  the same points for so many threads  @param start  rows to start from
template <class T>
std::uint64_t check_points(const pykmeans::Points<T>& one, const pykmeans::Points<T>& three, const Case& that,
                           const std::vector<double>& start, const std::vector<std::int64_t>& seeds) {
  pykmeans::FitOptions options;
  options.tol = 0.0;
  options.max_iter = 6;
  options.algorithm = pykmeans::Algorithm::lloyd;
  const pykmeans::FitResult lloyd = pykmeans::fit(one, start, options);
  for (const pykmeans::Algorithm algorithm : pykmeans::algorithms) {
    if (!pykmeans::works_with(algorithm, one.metric.distance)) continue;
    options.algorithm = algorithm;
    for (const auto* points : {&one, &three}) expect_same(pykmeans::fit(*points, start, options), lloyd);
  }
  options.n_swaps = 4;
  for (const pykmeans::Refine refine : pykmeans::refinements) {
    if (!pykmeans::works_with(refine, one.metric.distance)) continue;
    options.refine = refine;
    expect_same(pykmeans::fit(three, start, options), pykmeans::fit(one, start, options));
  }
  const MatrixView<double> centers(lloyd.centers.data(), that.k, that.d);
  const Found here = found(one, centers, that.n <= 1000);
  expect_same(found(three, centers, that.n <= 1000), here);
  expect_same(here.labels, lloyd.labels, "labels do not belong to the centers");
  expect(here.inertia == lloyd.inertia, "inertia is not that of the labels and centers");

  Digest digest;
  digest(seeds);
  digest(lloyd.labels);
  digest(lloyd.centers);
  digest(lloyd.inertia_history);
  digest(here.transformed);
  digest(here.medoids);
  digest(here.silhouette);
  digest(here.simplified);
  return digest.value();
}

template <class T>
void check(const Case& that, const std::string& type, Distance distance, bool weighted) {
  current = type + " " + std::to_string(that.n) + " x " + std::to_string(that.d) + ", " + std::to_string(that.k) +
            " clusters, values " + std::to_string(static_cast<int>(that.values)) + ", " +
            pykmeans::to_string(distance) + (weighted ? ", weights" : "");
  Table<T> table(that.values, that.n, that.d, that.n + that.d, that.rows);
  const std::size_t n_numeric = (that.d + 1) / 2;
  if (distance == Distance::hamming) table.cut(0);
  if (distance == Distance::mixed) table.cut(n_numeric);
  const bool cosine = distance == Distance::cosine;
  const pykmeans::Metric metric = cosine ? pykmeans::Metric{} : pykmeans::Metric{distance, n_numeric, 0.7};

  const std::vector<double> weights = some_weights(that.n);
  const double* given = weighted ? weights.data() : nullptr;
  const pykmeans::Points<T> one(table.view(), given, 1, {}, metric), three(table.view(), given, 3, {}, metric);
  const std::size_t n_seeds = std::min<std::size_t>(that.k, 100);  // the others are the first rows
  const std::vector<double> numbers = uniforms(1 + (n_seeds - 1) * 4, that.k);
  const auto run = [&](const auto& left, const auto& right) {
    std::vector<std::int64_t> seeds = pykmeans::plus_plus(left, n_seeds, numbers, 4);
    expect_same(pykmeans::plus_plus(right, n_seeds, numbers, 4), seeds, "seeds");
    while (seeds.size() < that.k) seeds.push_back(static_cast<std::int64_t>(seeds.size() - n_seeds));
    return check_points(left, right, that, pykmeans::rows(one, seeds), seeds);
  };
  const std::uint64_t digest = cosine ? run(pykmeans::normalized(one), pykmeans::normalized(three)) : run(one, three);
  std::cout << current << ": " << std::hex << digest << std::dec << '\n';
}

/// Pixels as their different colors, with counts: the same labels as all pixels.
void check_colors(std::size_t d) {
  current = "colors of " + std::to_string(d);
  const std::size_t n = 5000, k = 6;
  Table<std::uint8_t> table(Values::crowds, n, d, d, Rows::apart);
  const pykmeans::Points<std::uint8_t> pixels(table.view(), nullptr, 3);
  for (const int threads : {1, 3}) {
    const auto distinct = std::make_shared<const pykmeans::DistinctRows>(table.view(), threads);
    const MatrixView<std::uint8_t> different(distinct->values.data(), distinct->count(), d);
    const pykmeans::Points<std::uint8_t> colors = pykmeans::counted(different, distinct, threads);
    for (std::size_t i = 0; i < n; ++i)
      expect(std::memcmp(table.at(i), different.row((*distinct)[i]), d) == 0, "a row and its color");

    const std::vector<double> numbers = uniforms(1 + (k - 1) * 4, d);
    const std::vector<double> start = pykmeans::rows(pixels, pykmeans::plus_plus(pixels, k, numbers, 4));
    expect_same(pykmeans::rows(colors, pykmeans::plus_plus(colors, k, numbers, 4)), start, "seeds");
    const pykmeans::FitResult of_pixels = pykmeans::fit(pixels, start, {}),
                              of_colors = pykmeans::fit(colors, start, {});
    std::vector<std::int32_t> labels(n);
    distinct->spread(of_colors.labels.data(), labels.data());
    expect_same(labels, of_pixels.labels, "labels");
    expect_same(of_colors.centers, of_pixels.centers, "centers");
  }
  std::cout << current << ": well\n";
}

const Case cases[] = {
    {Values::ties, 1, 1, 1},
    {Values::crowds, 30, 2, 30},
    {Values::ties, 700, 1, 5, Rows::backwards},
    {Values::crowds, 4100, 2, 33, Rows::apart},  // boxes
    {Values::far_apart, 1500, 3, 20},
    {Values::ties, 1200, 3, 60, Rows::apart},
    {Values::crowds, 2100, 7, 50, Rows::backwards},  // tiles
    {Values::far_apart, 700, 5, 17},
    {Values::ties, 600, 17, 40, Rows::apart},
    {Values::crowds, 500, 33, 64},
    {Values::crowds, 513, 130, 505, Rows::apart},  // bounds, in 8-bit integers where the CPU has them
    {Values::far_apart, 300, 64, 9, Rows::backwards},
};

}  // namespace

/// usage: same_bits [STEP]   only each STEP-th of the tables, all by default
int main(int argc, char** argv) try {
  const std::size_t step = argc > 1 ? std::stoul(argv[1]) : 1;
  std::size_t number = 0;
  const auto is_due = [&] { return number++ % step == 0; };
  std::cerr << "OpenMP: " << (pykmeans::has_openmp() ? "yes" : "no")
            << ", instruction set: " << pykmeans::instruction_set() << '\n';
  for (const Case& that : cases)
    for (const Distance distance : pykmeans::all_distances)
      for (const bool weighted : {false, true}) {
        if (is_due()) check<float>(that, "float", distance, weighted);
        if (is_due()) check<double>(that, "double", distance, weighted);
        if (is_due()) check<std::uint8_t>(that, "uint8", distance, weighted);
      }
  for (const std::size_t d : {1, 2, 3}) check_colors(d);
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
