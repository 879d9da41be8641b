// Medians and modes without a fit: the codes of a column, the codes of rows, which rows moved, the states of a slot,
// counting and sorting, each against what is found by looking at all members.
#include "../../src/cpp/core/update/medians_modes.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <iostream>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

#include "../../src/cpp/core/update/bucket_members.hpp"
#include "../../src/cpp/core/update/code_counts.hpp"
#include "../../src/cpp/core/update/coded_column.hpp"
#include "../../src/cpp/core/update/label_changes.hpp"
#include "../../src/cpp/core/update/sorted_members.hpp"
#include "../../src/cpp/core/update/value_codes.hpp"
#include "../../src/cpp/core/update/weight_counters.hpp"
#include "expect.hpp"
#include "tables.hpp"

namespace {

using namespace pykmeans::detail;
using pykmeans::MatrixView;
using pykmeans::Points;
using pykmeans::Vector;
using Labels = std::vector<std::int32_t>;

const pykmeans::Poll poll;
// ---------------------------------------------------------------- made-up tables and their medians

/// A weight as an exact number: large + small 2^-300.
struct Weight {
  std::int64_t large = 0, small = 0;

  double value() const { return static_cast<double>(large) + std::ldexp(static_cast<double>(small), -300); }
  Weight& operator+=(const Weight& other) {
    large += other.large;
    small += other.small;
    return *this;
  }
  friend bool operator<(const Weight& a, const Weight& b) {
    return a.large != b.large ? a.large < b.large : a.small < b.small;
  }
  bool reaches_half_of(const Weight& whole) const { return !(Weight{2 * large, 2 * small} < whole); }
};

std::vector<std::size_t> rows_of(const Labels& labels, std::size_t cluster) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (static_cast<std::size_t>(labels[i]) == cluster) rows.push_back(i);
  return rows;
}

enum class Weights {
  none,
  whole,  ///< small multiples of one unit, zeros among them
  any,    ///< of every size
};

enum class Column {
  continuous,  ///< all values differ
  narrow,      ///< as many, but half of a cluster in one bucket
  ties,        ///< five values, both zeros among them
  equal,       ///< one value
  spike,       ///< one value in half of the rows, the others differ
  rare,        ///< 40 whole numbers with gaps, and values that no sample has
  wide,        ///< of every size
};
constexpr Column columns[] = {Column::continuous, Column::narrow, Column::ties, Column::equal,
                              Column::spike,      Column::rare,   Column::wide};
constexpr std::size_t n_columns = std::size(columns);

template <class T>
T value_of(Column column, std::size_t row, Random& random) {
  const double u = random.uniform();
  double value = 0.0;
  switch (column) {
    case Column::continuous:
      value = 10.0 * u - 5.0;
      break;
    case Column::narrow:
      value = 20.0 * static_cast<double>(row % 3) + u;
      break;
    case Column::ties:
      value = u < 0.3 ? -0.0 : u < 0.6 ? 0.0 : 0.5 * static_cast<double>(random.below(4));
      break;
    case Column::equal:
      value = 7.0;
      break;
    case Column::spike:
      value = u < 0.5 ? 1.5 : 3.0 * random.uniform();
      break;
    case Column::rare:
      value = row % 997 == 13 ? 0.5 + static_cast<double>(row) : 3.0 * std::floor(40.0 * u);
      break;
    case Column::wide:
      value = std::ldexp(2.0 * u - 1.0, static_cast<int>(random.below(200)) - 100);
      break;
  }
  if constexpr (std::is_same_v<T, std::uint8_t>) value = std::floor(std::fmod(std::fabs(value) * 13.0, 200.0));
  return static_cast<T>(value);
}

/// Rows with weights. A column of each kind, the kinds repeated where it is wider.
template <class T>
struct Made {
  std::size_t n, d;
  std::vector<T> values;
  std::vector<Weight> exact;
  std::vector<double> weights;  // the same, or none

  Made(std::size_t rows, std::size_t width, Weights kind, std::uint64_t seed) : n(rows), d(width) {
    Random random(seed);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t q = 0; q < d; ++q) values.push_back(value_of<T>(columns[q % n_columns], i, random));
      const auto part = static_cast<std::int64_t>(random.below(4));
      const bool small = kind == Weights::any && random.below(2) == 0;
      exact.push_back(kind == Weights::none ? Weight{1, 0} : small ? Weight{0, part} : Weight{part, 0});
      if (kind != Weights::none) weights.push_back(exact.back().value());
    }
    if (kind != Weights::none) weights[0] = (exact[0] = {2, 0}).value();
  }

  T at(std::size_t row, std::size_t column) const { return values[row * d + column]; }
  Points<T> points(int n_threads) const {
    return Points<T>(MatrixView<T>(values.data(), n, d), weights.empty() ? nullptr : weights.data(), n_threads, {},
                     pykmeans::Metric{pykmeans::Distance::manhattan});
  }

  /// The weight of each value in a column of some rows.
  std::map<T, Weight> weights_of_values(const std::vector<std::size_t>& rows, std::size_t column) const {
    std::map<T, Weight> found;
    for (const std::size_t i : rows)
      if (Weight{} < exact[i]) found[at(i, column)] += exact[i];
    return found;
  }
  std::map<T, Weight> members(const Labels& labels, std::size_t cluster, std::size_t column) const {
    return weights_of_values(rows_of(labels, cluster), column);
  }
  Weight total(const Labels& labels, std::size_t cluster) const {
    Weight sum;
    for (std::size_t i = 0; i < n; ++i)
      if (static_cast<std::size_t>(labels[i]) == cluster) sum += exact[i];
    return sum;
  }
};

template <class T>
double statistic_of(const std::map<T, Weight>& members, Statistic what) {
  Weight whole, part, most;
  for (const auto& member : members) whole += member.second;
  T mode{};
  for (const auto& [value, weight] : members) {
    part += weight;
    if (what == Statistic::median && part.reaches_half_of(whole)) return static_cast<double>(value) + 0.0;
    if (most < weight) {
      most = weight;
      mode = value;
    }
  }
  return static_cast<double>(mode) + 0.0;
}

Labels random_labels(std::size_t n, std::size_t n_clusters, Random& random) {
  Labels labels(n);
  for (auto& label : labels) label = static_cast<std::int32_t>(random.below(n_clusters));
  return labels;
}

constexpr double untouched = -12345.678;

/// @param what  of each column, for messages
void expect_center(double found, double expected, const std::string& what) {
  expect(found == expected && std::signbit(found) == std::signbit(expected),
         what + " is " + std::to_string(found) + ", not " + std::to_string(expected));
}

// ---------------------------------------------------------------- codes

/// Whether codes are right for values of a column that has all of them.
template <class T>
void expect_codes(const CodedColumn<T>& column, const std::vector<T>& values) {
  expect(column.codes() >= 1 && column.codes() <= 256, "number of codes");
  for (std::size_t code = 1; code < column.codes(); ++code)
    expect(column.lowest[code - 1] < column.lowest[code], "codes ascend");
  const CodeSearch<T> search(column);
  for (const T value : values) {
    std::uint8_t code = 0;
    expect(search(&value, 1, &code), "a value has a code");
    expect(code < column.codes() && column.lowest[code] <= value, "a code is not above its value");
    expect(code + 1u == column.codes() || value < column.lowest[code + 1u], "nor below");
    expect(!column.is_one_value(code) || column.lowest[code] == value, "a code of one value has no others");
  }
}

template <class T>
void test_coded_columns() {
  const T infinity = std::numeric_limits<T>::infinity();
  std::vector<T> many;
  for (int i = 0; i < 256; ++i) many.push_back(static_cast<T>(i * i) / T(3) - T(100));
  const std::vector<std::vector<T>> sets = {{T(4)},           {T(-3), T(0), T(9), T(252)}, {T(-3), T(253)},
                                            {T(0.5), T(1.5)}, {T(1e30), T(2e30)},          many};
  for (const std::vector<T>& values : sets) {
    current = "codes of " + std::to_string(values.size()) + " values from " + std::to_string(values.front());
    const auto column = CodedColumn<T>::of_values(Vector<T>(values.begin(), values.end()));
    expect_codes(column, values);
    std::uint8_t code = 0;
    for (const T value : {std::nextafter(values.front(), infinity), values.back() + T(1e30), -infinity})
      expect(!CodeSearch<T>(column)(&value, 1, &code), "a value that is not there has no code");
  }
  current = "codes of whole numbers";
  expect(CodedColumn<T>::of_values({T(-3), T(252)}).codes() == 256, "those between have codes, too");
  expect(CodedColumn<T>::of_values({T(-3), T(253)}).codes() == 2, "but not if they were too many");
  const T zeros[] = {T(-0.0), T(0.0)};
  std::uint8_t codes[2] = {9, 9};
  expect(CodeSearch<T>(CodedColumn<T>::of_values({T(-1), T(0)}))(zeros, 2, codes) && codes[0] == 1 && codes[1] == 1,
         "both zeros are one value");

  for (const Column kind : columns)
    for (const std::size_t count : {1, 100, 2048}) {
      current = "buckets of column " + std::to_string(static_cast<int>(kind)) + ", " + std::to_string(count);
      Random random(count);
      std::vector<T> sample;
      for (std::size_t i = 0; i < count; ++i) sample.push_back(value_of<T>(kind, i, random) + T(0));
      std::sort(sample.begin(), sample.end());
      const auto column = CodedColumn<T>::of_buckets(Vector<T>(sample.begin(), sample.end()));
      std::vector<T> values = sample;
      for (const T value : sample) values.push_back(std::nextafter(value, infinity));
      values.push_back(-std::numeric_limits<T>::max());
      values.push_back(std::numeric_limits<T>::max());
      expect_codes(column, values);
      if (kind == Column::continuous && count == 2048) expect(column.codes() == 255, "a bucket for each share");
      bool any_single = false;
      for (std::size_t code = 0; code < column.codes(); ++code) any_single |= column.is_one_value(code);
      expect(any_single ==
                 (count < 255 * 2 || (kind != Column::continuous && kind != Column::narrow && kind != Column::wide)),
             "values that fill shares are alone in their buckets");
    }
}

/// What follows the greatest negative number is +0.
template <class T>
void test_bucket_of_zero() {
  current = "buckets around zero";
  Vector<T> sample(1000, -std::numeric_limits<T>::denorm_min());
  sample.resize(2000, T(0));
  const auto column = CodedColumn<T>::of_buckets(sample);
  for (const T lowest : column.lowest) expect(lowest != T(0) || !std::signbit(lowest), "no bucket begins with -0");
}

/// Rows of a table that lie nowhere.
template <class T>
class Elsewhere final : public pykmeans::RowSource<T> {
 public:
  explicit Elsewhere(const Made<T>& made) : pykmeans::RowSource<T>(made.n, made.d), made_(made) {}
  void read(std::size_t row, T* out) const override {
    for (std::size_t q = 0; q < made_.d; ++q) out[q] = made_.at(row, q);
  }
  T value(std::size_t row, std::size_t column) const override { return made_.at(row, column); }

 private:
  const Made<T>& made_;
};

template <class T>
void expect_value_codes(const Made<T>& made, const Points<T>& points, Statistic what) {
  const std::size_t first = 1;
  const ValueCodes<T> codes(points, first, what, poll);
  CodeReader<T> read(codes);
  for (std::size_t q = 0; q < codes.columns().size(); ++q) {
    const CodedColumn<T>& column = codes.columns()[q];
    std::map<T, std::size_t> values;
    for (std::size_t i = 0; i < made.n; ++i) ++values[made.at(i, q + first)];
    using Kind = typename CodedColumn<T>::Kind;
    const Kind many = what == Statistic::median ? Kind::buckets : Kind::none;
    expect(column.kind == (values.size() <= 256 ? Kind::values : many), "kind of column " + std::to_string(q));
    if (column.kind == Kind::none) continue;
    for (std::size_t i = 0; i < made.n; ++i) {
      const T value = made.at(i, q + first);
      const std::size_t code = read(i)[q];
      expect(read.padded(i)[q] == code, "a code with scratch beyond");
      expect(code < column.codes() && column.lowest[code] <= value, "a code is not above its value");
      expect(code + 1 == column.codes() || value < column.lowest[code + 1], "nor below");
      expect(!column.is_one_value(code) || column.lowest[code] == value, "a code of one value has no others");
    }
  }
}

template <class T>
void test_value_codes() {
  for (const std::size_t n : {3, 5000})
    for (const Statistic what : {Statistic::median, Statistic::mode})
      for (const int n_threads : {1, 3}) {
        const Made<T> made(n, 2 * n_columns + 3, Weights::none, n);
        current = "codes of " + std::to_string(n) + " rows, bytes a value " + std::to_string(sizeof(T));
        expect_value_codes(made, made.points(n_threads), what);
        current += " that lie nowhere";
        expect_value_codes(made, Points<T>(std::make_shared<Elsewhere<T>>(made), nullptr, n_threads), what);
      }
}

// ---------------------------------------------------------------- moves

void test_label_memory() {
  const std::size_t n = 5000, n_clusters = 7;
  const Made<float> made(n, 2, Weights::whole, 5);
  for (const int n_threads : {1, 3}) {
    current = "moves, threads " + std::to_string(n_threads);
    const Points<float> points = made.points(n_threads);
    LabelMemory<float> memory(points, n_clusters);
    Random random(1);
    Labels before(n, -1), labels = random_labels(n, n_clusters, random);
    for (const std::size_t moved : {n, std::size_t{0}, std::size_t{1}, std::size_t{20}, n / 2}) {
      for (std::size_t m = 0; m < moved; ++m) labels[random.below(n)] = static_cast<std::int32_t>(random.below(7));
      for (const std::size_t begin : {std::size_t{0}, std::size_t{2003}}) {
        const std::size_t end = begin == 0 ? 2003 : n;
        std::vector<std::vector<std::pair<std::size_t, bool>>> expected(n_clusters);
        for (std::size_t i = begin; i < end; ++i) {
          if (labels[i] != before[i] && Weight{} < made.exact[i]) {
            if (before[i] >= 0) expected[static_cast<std::size_t>(before[i])].push_back({i, false});
            expected[static_cast<std::size_t>(labels[i])].push_back({i, true});
          }
          before[i] = labels[i];
        }
        const Moves& moves = memory.look(labels.data(), begin, end, poll);
        expect(moves.begin.size() == n_clusters + 1 && moves.begin.back() == moves.moves.size(), "sizes");
        for (std::size_t c = 0; c < n_clusters; ++c) {
          std::vector<std::pair<std::size_t, bool>> found;
          for (std::size_t i = moves.begin[c]; i < moves.begin[c + 1]; ++i)
            found.push_back({moves.moves[i].row, moves.moves[i].comes});
          std::sort(found.begin(), found.end());
          expect(found == expected[c], "moves of cluster " + std::to_string(c));
        }
      }
    }
  }
}

// ---------------------------------------------------------------- the states of a slot

/// BucketMembers through random events, beside a model: the bin that each slot keeps, if any.
template <class T, class Counter>
class Slots {
 public:
  Slots(const Made<T>& made, int n_threads, std::uint64_t seed)
      : made_(made),
        points_(made.points(n_threads)),
        codes_(points_, 0, Statistic::median, poll),
        members_(points_, codes_, n_clusters),
        counter_(points_),
        random_(seed),
        labels_(random_labels(made.n, n_clusters, random_)),
        kept_(n_clusters * made.d) {}

  void run() {
    for (int step = 0; step < 60; ++step) {
      move_rows(random_.below(2) == 0 ? 5 : made_.n / 3);
      expect_kept();
      write();
      expect_kept();
    }
    expect(seen_kept_ > 100 && seen_idle_ > 100, "both states are met");
  }

 private:
  static constexpr std::size_t n_clusters = 3;

  unsigned shift(std::size_t column) const { return column % 2 == 0 ? 0 : 4; }
  std::size_t bin(std::size_t row, std::size_t column) const {
    return std::size_t{CodeReader<T>(codes_)(row)[column]} >> shift(column);
  }

  void move_rows(std::size_t count) {
    const Labels before = labels_;
    for (std::size_t m = 0; m < count; ++m)
      labels_[random_.below(made_.n)] = static_cast<std::int32_t>(random_.below(n_clusters));
    for (std::size_t c = 0; c < n_clusters; ++c) {
      Vector<typename BucketMembers<T, Counter>::Hit> hits;
      for (std::size_t i = 0; i < made_.n; ++i) {
        const bool was = before[i] == static_cast<std::int32_t>(c), is = labels_[i] == static_cast<std::int32_t>(c);
        for (std::size_t q = 0; was != is && Weight{} < made_.exact[i] && q < made_.d; ++q)
          if (members_.keeps(c, q, bin(i, q))) hits.push_back({i, q, is});
      }
      members_.follow(c, RowReader<T>(points_), hits);
    }
  }

  void expect_kept() {
    for (std::size_t c = 0; c < n_clusters; ++c)
      for (std::size_t q = 0; q < made_.d; ++q) {
        const auto& kept = kept_[c * made_.d + q];
        ++(kept ? seen_kept_ : seen_idle_);
        for (std::size_t b = 0; b < 256; ++b) expect(members_.keeps(c, q, b) == (kept && *kept == b), "the bin kept");
      }
  }

  void write() {
    const bool keep = random_.below(3) != 0;
    Vector<std::size_t> clusters;
    Vector<typename Counter::Count> totals(n_clusters);
    std::vector<double> centers(n_clusters * made_.d, untouched), expected = centers;
    for (std::size_t i = 0; i < made_.n; ++i) totals[static_cast<std::size_t>(labels_[i])] += counter_(i);
    for (std::size_t c = 0; c < n_clusters; ++c) {
      if (random_.below(4) == 0 || !(Weight{} < made_.total(labels_, c))) continue;
      clusters.push_back(c);
      for (std::size_t q = 0; q < made_.d; ++q) ask(c, q, keep, expected[c * made_.d + q]);
    }
    members_.write_medians(clusters, labels_.data(), counter_, totals, keep, centers.data(), poll);
    for (std::size_t j = 0; j < centers.size(); ++j)
      expect_center(centers[j], expected[j], "median in column " + std::to_string(j % made_.d));
  }

  /// Want or forget a median. @param expected [out]
  void ask(std::size_t cluster, std::size_t column, bool keep, double& expected) {
    auto& kept = kept_[cluster * made_.d + column];
    kept.reset();
    if (random_.below(5) == 0) return members_.forget(cluster, column);
    expected = statistic_of(made_.members(labels_, cluster, column), Statistic::median);
    std::size_t of_median = 0;
    for (std::size_t i = 0; i < made_.n; ++i)
      if (static_cast<double>(made_.at(i, column)) == expected) of_median = bin(i, column);
    typename Counter::Count below{};
    for (std::size_t i = 0; i < made_.n; ++i)
      if (labels_[i] == static_cast<std::int32_t>(cluster) && bin(i, column) < of_median) below += counter_(i);
    members_.want(cluster, column, of_median, shift(column), below);
    if (keep) kept = of_median;
  }

  const Made<T>& made_;
  const Points<T> points_;
  const ValueCodes<T> codes_;
  BucketMembers<T, Counter> members_;
  const Counter counter_;
  Random random_;
  Labels labels_;
  std::vector<std::optional<std::size_t>> kept_;  // (n_clusters, columns)
  int seen_kept_ = 0, seen_idle_ = 0;
};

template <class T>
void test_states() {
  for (const std::size_t n : {40, 600})
    for (const int n_threads : {1, 3}) {
      const std::string size = " of " + std::to_string(n) + " rows, bytes a value " + std::to_string(sizeof(T));
      current = "states of slots" + size;
      const Made<T> plain(n, n_columns + 3, Weights::none, n), weighted(n, n_columns, Weights::whole, n + 1);
      Slots<T, UnitWeights<T>>(plain, n_threads, n).run();
      current = "states of slots, weights" + size;
      Slots<T, WholeWeights<T>>(weighted, n_threads, n).run();
    }
}

// ---------------------------------------------------------------- medians and modes

void test_weight_counters() {
  current = "weight counters";
  const float X[3] = {1, 2, 3};
  const auto points = [&](const double* weights) { return Points<float>({X, 3, 1}, weights, 1); };
  const double whole[3] = {0.75, 0.0, 6.0}, spread[3] = {1.0, 0.0, 0x1p-94}, any[3] = {1.0, 0.0, 0x1p-95};
  expect(UnitWeights<float>::fit(points(nullptr)) && !UnitWeights<float>::fit(points(whole)), "unit weights");
  expect(!WholeWeights<float>::fit(points(nullptr)) && WholeWeights<float>::fit(points(whole)), "whole weights");
  expect(WholeWeights<float>::fit(points(spread)) && !WholeWeights<float>::fit(points(any)), "how far they may spread");
  const Points<float> counted = points(whole), spreads = points(spread);
  const WholeWeights<float> weights(counted), far(spreads);
  expect(weights(0) == TwoWords{3, 0} && weights(1) == TwoWords{0, 0} && weights(2) == TwoWords{24, 0},
         "units of 0.25");
  expect(far(0) == TwoWords{0, std::uint64_t{1} << 30} && far(2) == TwoWords{1, 0}, "units of 2^-94");
  const auto reaches = [&](std::uint64_t part, std::uint64_t all) {
    return WholeWeights<float>::reaches_half({part, 0}, {all, 0});
  };
  expect(reaches(4, 8) && reaches(4, 7) && !reaches(3, 7) && !reaches(3, 8), "half of whole weights");
  expect(UnitWeights<float>::reaches_half(4, 8) && !UnitWeights<float>::reaches_half(3, 7), "half of unit weights");
  expect(UnitWeights<float>::reaches_half(0x80000000u, 0xfffffffeu), "half of very many");
  const Points<float> anyhow = points(any);
  const AnyWeights<float> all(anyhow);
  auto both = all(0);
  both += all(2);
  expect(AnyWeights<float>::reaches_half(all(0), both) && !AnyWeights<float>::reaches_half(all(2), both),
         "half of any");
}

/// Let rows move, and compare every center with what all members say. Clusters without members of positive weight,
/// and those of which no row moved, keep their centers.
template <class T>
void expect_update(const Made<T>& made, std::size_t n_clusters, Statistic what, int n_threads) {
  const std::size_t first = 1;
  const Points<T> points = made.points(n_threads);
  MediansModes<T> update(points, n_clusters, first, what, poll);
  Random random(made.n + n_clusters);
  Labels labels = random_labels(made.n, n_clusters, random), before;
  std::vector<double> centers(n_clusters * made.d, untouched);
  for (const std::size_t moved : {std::size_t{0}, made.n / 50 + 1, made.n / 2, std::size_t{1}, std::size_t{0}}) {
    for (std::size_t m = 0; m < moved; ++m)
      labels[random.below(made.n)] = static_cast<std::int32_t>(random.below(n_clusters));
    if (moved == 1) std::replace(labels.begin(), labels.end(), 0, 1);  // a cluster loses all its members
    std::vector<bool> touched(n_clusters, before.empty());
    for (std::size_t i = 0; i < before.size(); ++i)
      if (labels[i] != before[i] && Weight{} < made.exact[i])
        touched[static_cast<std::size_t>(labels[i])] = touched[static_cast<std::size_t>(before[i])] = true;
    before = labels;
    // What a center is, where it may not be written, shows.
    std::fill(centers.begin(), centers.end(), untouched);
    std::vector<double> expected = centers;
    for (std::size_t c = 0; c < n_clusters; ++c) {
      const std::vector<std::size_t> rows = rows_of(labels, c);
      for (std::size_t q = first; touched[c] && q < made.d; ++q)
        if (const auto members = made.weights_of_values(rows, q); !members.empty())
          expected[c * made.d + q] = statistic_of(members, what);
    }
    update.move_centers(labels.data(), centers.data());
    for (std::size_t j = 0; j < centers.size(); ++j)
      expect_center(centers[j], expected[j], "column " + std::to_string(j % made.d));
  }
}

template <class T>
void test_updates(std::size_t n, std::size_t d, std::size_t n_clusters, Weights weights) {
  const Made<T> made(n, d, weights, n + d);
  for (const Statistic what : {Statistic::median, Statistic::mode}) {
    current = std::string(what == Statistic::median ? "medians" : "modes") + " of " + std::to_string(n) + " x " +
              std::to_string(d) + ", bytes a value " + std::to_string(sizeof(T)) + ", weights " +
              std::to_string(static_cast<int>(weights));
    expect_update(made, n_clusters, what, n % 3 == 0 ? 1 : 3);
  }
}

template <class T>
void test_updates() {
  for (const Weights weights : {Weights::none, Weights::whole, Weights::any}) {
    test_updates<T>(1, n_columns, 2, weights);
    test_updates<T>(30, n_columns + 4, 6, weights);    // medians by sorting
    test_updates<T>(2500, n_columns + 1, 3, weights);  // by counting
  }
  test_updates<T>(2300, 3 * n_columns, 70, Weights::whole);  // several codes are one bin
  test_updates<T>(2100, 90, 65, Weights::none);              // and without weights
}

/// Counting where it would not pay.
template <class T>
void test_counts_of_few_rows() {
  for (const Statistic what : {Statistic::median, Statistic::mode})
    for (const Weights kind : {Weights::none, Weights::whole, Weights::any}) {
      current = "counts of few rows";
      const std::size_t n = 60, n_clusters = 4;
      const Made<T> made(n, n_columns, kind, 3);
      const Points<T> points = made.points(1);
      const auto counts = CodeCounts<T>::make(points, 0, n_clusters, what, poll);
      expect((counts == nullptr) == (kind == Weights::any), "what can be counted");
      if (!counts) continue;
      expect(counts->left_out().empty(), "so few values are all counted");
      LabelMemory<T> memory(points, n_clusters);
      Random random(8);
      Labels labels = random_labels(n, n_clusters, random);
      for (int step = 0; step < 40; ++step) {
        for (int m = 0; m < 4; ++m) labels[random.below(n)] = static_cast<std::int32_t>(random.below(n_clusters));
        counts->apply(memory.look(labels.data(), 0, n, poll));
        Vector<std::size_t> clusters;
        for (std::size_t c = 0; c < n_clusters; ++c)
          if (Weight{} < made.total(labels, c)) clusters.push_back(c);
        std::vector<double> centers(n_clusters * made.d, untouched);
        counts->write(clusters, labels.data(), centers.data());
        for (const std::size_t c : clusters)
          for (std::size_t q = 0; q < made.d; ++q)
            expect_center(centers[c * made.d + q], statistic_of(made.members(labels, c, q), what), "center");
      }
    }
}

/// Somebody takes the weight of a row away while it moves: its old cluster seems to have a member still.
void test_weights_that_change() {
  current = "weights that change";
  const float X[3] = {1, 2, 3};
  double weights[3] = {1, 1, 1};
  const Points<float> points({X, 3, 1}, weights, 1);
  for (const Statistic what : {Statistic::median, Statistic::mode}) {
    MediansModes<float> update(points, 2, 0, what, poll);
    std::vector<double> centers(2, untouched);
    update.move_centers(Labels{0, 0, 1}.data(), centers.data());
    expect(centers[0] == 1.0 && centers[1] == 3.0, "centers");
    weights[0] = 0.0;
    update.move_centers(Labels{1, 1, 1}.data(), centers.data());
    expect(centers[0] == 1.0 && 2.0 <= centers[1] && centers[1] <= 3.0, "centers afterwards");
    weights[0] = 1.0;
  }
}

template <class T>
void test_all_types() {
  test_value_codes<T>();
  test_states<T>();
  test_counts_of_few_rows<T>();
  test_updates<T>();
}

}  // namespace

int main() try {
  test_coded_columns<float>();
  test_coded_columns<double>();
  test_bucket_of_zero<float>();
  test_bucket_of_zero<double>();
  test_label_memory();
  test_weight_counters();
  test_weights_that_change();
  test_all_types<std::uint8_t>();
  test_all_types<float>();
  test_all_types<double>();
  test_updates<float>(2100, 280, 65, Weights::whole);  // too few bins, so by sorting
  std::cout << "medians and modes: well\n";
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
