// Small parts of the core, driven without a fit: when a fit tries an algorithm that remembers, facts of parts of a table,
// limits of memory. And fits under such limits: the bits are the same, whatever is chosen.
#include <exception>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>

#include "../../src/cpp/core/assign/policy.hpp"
#include "../../src/cpp/core/assign/registry.hpp"
#include "../../src/cpp/core/machine/memory_limit.hpp"
#include "../../src/cpp/core/rows/array_source.hpp"
#include "expect.hpp"
#include "pykmeans/distinct_rows.hpp"
#include "pykmeans/row_facts.hpp"
#include "tables.hpp"

namespace {

using pykmeans::Algorithm;
using pykmeans::MatrixView;
using pykmeans::Points;
using pykmeans::RowFacts;
using pykmeans::ValueRange;
using pykmeans::detail::MemoryLimit;
using pykmeans::detail::PassPolicy;
using State = PassPolicy::State;

constexpr std::size_t most = std::numeric_limits<std::size_t>::max();

// ---------------------------------------------------------------- PassPolicy

enum class By { every_center, candidate };

struct PassMade {
  By by;
  std::size_t changed;
  double pruned_fraction;  // by the candidate
  State after;
  bool forgets = false;
};

struct Story {
  std::string name;
  std::size_t rows;
  bool exists, needs_labels, best_full_pass, may_be_left;
  State before;
  std::vector<PassMade> passes;
};

// "auto" prunes where at most a quarter of the rows changed; after a pass that was spared less than 0.3, where at most
// half as many rows as in that pass did.
const std::vector<Story> stories = {
    {"no candidate",
     1000,
     false,
     false,
     false,
     true,
     State::full,
     {{By::every_center, 1000, 0, State::full}, {By::every_center, 0, 0, State::full}}},
    {"asked for, needs labels",
     1000,
     true,
     true,
     false,
     false,
     State::full,
     {{By::every_center, 1000, 0, State::pruning}, {By::candidate, 1000, 0.0, State::pruning}}},
    {"asked for, needs none",
     1000,
     true,
     false,
     false,
     false,
     State::pruning,
     {{By::candidate, 1000, 0.0, State::pruning}, {By::every_center, 1000, 0, State::pruning}}},
    {"auto, needs labels",
     1000,
     true,
     true,
     false,
     true,
     State::full,
     {{By::every_center, 251, 0, State::waiting},
      {By::every_center, 250, 0, State::pruning},
      {By::candidate, 251, 0.3, State::waiting},  // well spared, but too much changes
      {By::every_center, 249, 0, State::pruning},
      {By::candidate, 250, 0.3, State::pruning},
      {By::candidate, 200, 0.2999, State::waiting, true},
      {By::every_center, 101, 0, State::waiting},
      {By::every_center, 100, 0, State::pruning},
      {By::candidate, 99, 0.0, State::waiting, true},
      {By::every_center, 50, 0, State::waiting},
      {By::every_center, 49, 0, State::pruning},
      {By::candidate, 50, 1.0, State::waiting},  // patience stays
      {By::every_center, 48, 0, State::pruning},
      {By::candidate, 1, 0.0, State::waiting, true},
      {By::every_center, 1, 0, State::waiting},
      {By::every_center, 0, 0, State::pruning},
      {By::candidate, 0, 0.0, State::pruning, true}}},
    {"auto, needs labels, rows that are no multiple of four",
     1003,
     true,
     true,
     false,
     true,
     State::full,
     {{By::every_center, 251, 0, State::waiting}, {By::every_center, 250, 0, State::pruning}}},
    {"auto, needs labels, three rows",
     3,
     true,
     true,
     false,
     true,
     State::full,
     {{By::every_center, 1, 0, State::waiting}, {By::every_center, 0, 0, State::pruning}}},
    {"auto, needs none",
     1000,
     true,
     false,
     false,
     true,
     State::pruning,
     {{By::candidate, 1000, 0.3, State::pruning},
      {By::candidate, 1000, 0.2999, State::waiting, true},
      {By::every_center, 501, 0, State::waiting},
      {By::every_center, 500, 0, State::pruning}}},
    {"auto, the best full pass",
     1000,
     true,
     true,
     true,
     true,
     State::pruning,
     {{By::candidate, 1000, 0.0, State::pruning}, {By::every_center, 1000, 0, State::pruning}}},
};

void expect_story(const Story& story) {
  current = "policy, " + story.name;
  PassPolicy::Candidate candidate;
  candidate.exists = story.exists;
  candidate.needs_labels = story.needs_labels;
  candidate.best_full_pass = story.best_full_pass;
  candidate.may_be_left = story.may_be_left;
  if (story.may_be_left && story.needs_labels) candidate.part = pykmeans::detail::thresholds::pruning_pays_part;
  PassPolicy policy(candidate, story.rows);
  expect(policy.state() == story.before, "before the first pass");
  expect(!policy.labeled(), "labeled before the first pass");
  for (std::size_t i = 0; i < story.passes.size(); ++i) {
    const PassMade& pass = story.passes[i];
    const std::string where = "pass " + std::to_string(i);
    bool forgets = false;
    if (pass.by == By::candidate)
      forgets = policy.made_pruned_pass(pass.changed, pass.pruned_fraction);
    else
      policy.made_full_pass(pass.changed);
    expect(forgets == pass.forgets, where + ", forgets");
    expect(policy.state() == pass.after, where + ", state");
    expect(policy.labeled(), where + ", labeled");
  }
}

// ---------------------------------------------------------------- RowFacts

bool same(const ValueRange& a, const ValueRange& b) {
  return a.any == b.any && a.highest == b.highest && a.lowest == b.lowest && a.precision == b.precision;
}

void expect_same(const RowFacts& a, const RowFacts& b, const std::string& what) {
  expect(a.rows == b.rows, what + ": rows");
  expect(a.weighted == b.weighted && same(a.weights, b.weights), what + ": weights");
  expect(a.n_nonfinite == b.n_nonfinite && a.first_nonfinite_row == b.first_nonfinite_row &&
             a.first_nonfinite_column == b.first_nonfinite_column,
         what + ": values that are not finite");
  expect(a.columns.size() == b.columns.size(), what + ": number of columns");
  for (std::size_t q = 0; q < a.columns.size(); ++q) expect(same(a.columns[q], b.columns[q]), what + ": columns");
}

RowFacts read(const Bytes& bytes) {
  return RowFacts::from_bytes(bytes.data(), bytes.size());
}

void expect_through_bytes(const RowFacts& facts) {
  const Bytes good = facts.to_bytes();
  expect_same(read(good), facts, "through bytes");
  expect_damage_refused(good, [](const Bytes& bytes) { read(bytes); });
}

/// Some rows of a table, scanned alone.
template <class T>
RowFacts facts_of(const MatrixView<T>& all, const double* weights, std::size_t begin, std::size_t end) {
  const MatrixView<T> part(all.row(begin), end - begin, all.columns, all.row_stride);
  return pykmeans::scan(pykmeans::detail::ArraySource<T>(part), weights ? weights + begin : nullptr, 2);
}

template <class T>
void expect_parts_merge(const MatrixView<T>& all, const double* weights) {
  const RowFacts expected = facts_of(all, weights, 0, all.rows);
  for (const std::vector<std::size_t>& ends :
       {std::vector<std::size_t>{400, 1000}, {1, 1000}, {999, 1000}, {400, 700, 1000}, {1, 999, 1000}}) {
    std::vector<RowFacts> parts;
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
      parts.push_back(read(facts_of(all, weights, begin, end).to_bytes()));
      begin = end;
    }
    RowFacts forwards = parts.front();
    for (std::size_t i = 1; i < parts.size(); ++i) forwards.merge(parts[i]);
    expect_same(forwards, expected, "parts merged from the first on");
    for (std::size_t i = parts.size() - 1; i > 0; --i) parts[i - 1].merge(parts[i]);
    expect_same(parts.front(), expected, "parts merged from the last on");
  }
  expect_through_bytes(expected);
}

/// Weights of other sizes, and with other last bits, in each part; none in the first rows.
std::vector<double> uneven_weights(std::size_t n) {
  std::vector<double> weights = some_weights(n);
  for (std::size_t i = 0; i < n; ++i) weights[i] = i < 350 ? 0.0 : i < 650 ? 0x1p-10 : weights[i];
  return weights;
}

template <class T>
void expect_facts(const std::string& type) {
  constexpr std::size_t n = 1000, d = 5;
  const std::vector<double> some = some_weights(n), uneven = uneven_weights(n);
  for (const Rows lie : {Rows::contiguous, Rows::apart, Rows::backwards}) {
    Table<T> table(Values::far_apart, n, d, 11, lie);
    for (std::size_t i = 0; i < n; ++i) {
      table.at(i)[2] = T(0);
      if (i < 700) table.at(i)[4] = T(0);
    }
    for (const double* weights : {static_cast<const double*>(nullptr), some.data(), uneven.data()}) {
      current = "facts, " + type;
      expect_parts_merge(table.view(), weights);
    }
    if constexpr (std::is_floating_point_v<T>) {
      const RowFacts finite = facts_of(table.view(), some.data(), 0, n);
      expect(!finite.columns[2].any && finite.columns[4].any && finite.weights.any, "columns of zeros");
      // A place in each part; the earlier ones come later.
      std::size_t count = 0;
      for (const std::size_t row : {std::size_t{999}, std::size_t{820}, std::size_t{400}, std::size_t{399}}) {
        current = "facts, " + type + ", not finite from row " + std::to_string(row) + " on";
        table.at(row)[3] = ++count % 2 == 0 ? std::numeric_limits<T>::infinity() : std::numeric_limits<T>::quiet_NaN();
        const RowFacts facts = facts_of(table.view(), some.data(), 0, n);
        expect(facts.n_nonfinite == count && facts.first_nonfinite_row == row && facts.first_nonfinite_column == 3,
               "count or place");
        expect_parts_merge(table.view(), some.data());
      }
    }
  }
}

void expect_other_columns_refused() {
  current = "facts";
  const Table<float> three(Values::crowds, 10, 3, 1), four(Values::crowds, 10, 4, 1);
  RowFacts facts = facts_of(three.view(), nullptr, 0, 10);
  const RowFacts before = facts;
  const std::string words =
      refusal([&] { facts.merge(facts_of(four.view(), nullptr, 0, 10)); }, "facts of other columns");
  expect(words.find('3') != std::string::npos && words.find('4') != std::string::npos, words);
  expect_same(facts, before, "after a refusal");
}

/// Where they stand in the bytes: behind the frame's 24, the rows, then the values that are not finite.
void expect_impossible_facts_refused() {
  current = "facts that cannot be";
  const Table<double> table(Values::crowds, 10, 3, 3);
  const std::vector<double> ones(10, 1.0);
  const Bytes plain = facts_of(table.view(), nullptr, 0, 10).to_bytes();
  const Bytes weighted = facts_of(table.view(), ones.data(), 0, 10).to_bytes();
  read(forged(plain, 32, 8, 30));
  expect_refused([&] { read(forged(plain, 32, 8, 31)); }, "counts more than there is");
  expect_refused([&] { read(forged(plain, 32, 8, ~std::uint64_t{0})); }, "counts more than there is");
  expect_refused([&] { read(forged(plain, 24, 8, ~std::uint64_t{0} / 2)); }, "counts more than there is");
  expect_refused([&] { read(forged(weighted, 56, 1, 0)); }, "rows without weights");
  expect_refused([&] { read(forged(plain, 56, 1, 2)); }, "flag");

  RowFacts facts = read(weighted);
  expect_refused([&] { facts.merge(read(plain)); }, "rows with weights cannot be merged");
  RowFacts many = read(forged(plain, 24, 8, ~std::uint64_t{0} / 3));
  expect_refused([&] { many.merge(read(plain)); }, "so many rows");
}

// ---------------------------------------------------------------- Points

/// Rows that stand for others, or say so.
class Claimed final : public pykmeans::detail::ArraySource<std::uint8_t> {
 public:
  Claimed(const MatrixView<std::uint8_t>& rows, const pykmeans::DistinctRows& table)
      : ArraySource<std::uint8_t>(rows), table_(table) {}
  const pykmeans::DistinctRows* counted() const override { return &table_; }

 private:
  const pykmeans::DistinctRows& table_;
};

void expect_impossible_points_refused() {
  current = "points that cannot be";
  expect_refused([] { Points<float>(MatrixView<float>(nullptr, 3, 2)); }, "X must not be null");
  const std::vector<float> values(8, 1.0F);
  const MatrixView<float> no_columns(values.data(), 3, 0);
  expect_refused([&] { pykmeans::scan(pykmeans::detail::ArraySource<float>(no_columns)); }, "(3, 0)");
  const pykmeans::detail::ArraySource<float> source({values.data(), 4, 2});
  expect_refused([&] { pykmeans::scan(source, nullptr, -1); }, "n_threads=-1");
  expect(pykmeans::scan(source, nullptr, 0).columns[1].any, "as many threads as there are");

  const std::vector<std::uint8_t> bytes = {1, 2, 1, 3};
  const pykmeans::DistinctRows table({bytes.data(), 4, 1});  // 1 twice, 2, 3
  const auto claim = [&](std::size_t rows, const double* weights) {
    const MatrixView<std::uint8_t> view(bytes.data(), rows, 1);
    Points<std::uint8_t>(std::make_shared<Claimed>(view, table), weights);
  };
  std::vector<double> counts = {2, 1, 1, 1};
  claim(3, counts.data());
  expect_refused([&] { claim(3, nullptr); }, "must be their counts");
  expect_refused([&] { claim(4, counts.data()); }, "must be their counts");
  counts[0] = 3;
  expect_refused([&] { claim(3, counts.data()); }, "must be their counts");
}

/// Cosine's rows of colors that are counted: the seeds are those of all rows.
void expect_counted_directions() {
  current = "directions that are counted";
  std::vector<std::uint8_t> all;
  for (int i = 0; i < 900; ++i) all.push_back(static_cast<std::uint8_t>(1 + (i * i) % 17));
  const auto table = std::make_shared<pykmeans::DistinctRows>(MatrixView<std::uint8_t>(all.data(), 300, 3));
  const MatrixView<std::uint8_t> different(table->values.data(), table->count(), 3);
  const Points<double> few = pykmeans::normalized(pykmeans::counted(different, table));
  const Points<double> many = pykmeans::normalized(Points<std::uint8_t>({all.data(), 300, 3}));
  const std::vector<double> numbers = uniforms(1 + 3 * 2, 7);
  const std::vector<std::int64_t> seeds = pykmeans::plus_plus(few, 4, numbers, 2);
  expect(pykmeans::rows(few, seeds) == pykmeans::rows(many, pykmeans::plus_plus(many, 4, numbers, 2)), "seeds");
}

/// Sums beyond the largest double, of rows whose variance is not.
void expect_moments() {
  current = "moments";
  const std::vector<double> values = {0.0, 0.25}, heavy = {1e308, 1e308}, light = {5e-324, 5e-324};
  for (const std::vector<double>& weights : {heavy, light}) {
    const pykmeans::Moments found = pykmeans::moments(Points<double>({values.data(), 2, 1}, weights.data()));
    expect(found.mean[0] == 0.125 && found.variance == 0.015625, "of two rows");
  }
}

// ---------------------------------------------------------------- MemoryLimit

void expect_limits() {
  current = "limit";
  const MemoryLimit hundred(100), everything(most), automatic;
  expect(hundred.is_set() && hundred.bytes() == 100 && !automatic.is_set(), "whether it is set");
  expect(hundred.allows(100) && !hundred.allows(101), "alone");
  expect(hundred.allows(60, 40) && !hundred.allows(61, 40), "beside what is kept");
  expect(hundred.allows(0, 100) && !hundred.allows(1, 100), "when all is used");
  expect(!hundred.allows(0, 101) && !hundred.allows(50, most), "when more is kept than it has");
  expect(!hundred.allows(most) && !hundred.allows(most, 50), "sums that wrap around");
  expect(everything.allows(most) && everything.allows(most - 5, 5) && !everything.allows(most - 4, 5), "the largest");
  expect(automatic.allows(0) && automatic.allows(std::size_t{1} << 25, most), "little, whatever the machine has");
  expect(!automatic.allows(most), "more than any machine has");
}

// ---------------------------------------------------------------- fits under limits

void expect_same_fit(const pykmeans::FitResult& a, const pykmeans::FitResult& b, const std::string& what) {
  expect(a.labels == b.labels && a.centers == b.centers && a.inertia == b.inertia &&
             a.inertia_history == b.inertia_history && a.cluster_inertia == b.cluster_inertia &&
             a.cluster_sizes == b.cluster_sizes && a.n_iter == b.n_iter,
         what);
}

/// Algorithms keep to the limit to the byte: with one less, "lloyd" takes their place.
/// @return algorithms that a limit replaced
template <class T>
std::size_t expect_limited_fits(const Points<T>& points, std::size_t k, const std::vector<double>& start) {
  const std::size_t least = pykmeans::detail::least_bytes(points, k);
  pykmeans::FitOptions options;
  options.max_iter = 4;
  options.algorithm = Algorithm::lloyd;
  const pykmeans::FitResult expected = pykmeans::fit(points, start, options);
  const auto fit = [&](std::size_t max_memory) {
    options.max_memory = max_memory;
    const pykmeans::FitResult found = pykmeans::fit(points, start, options);
    expect_same_fit(found, expected,
                    std::string("fit by ") + to_string(options.algorithm) + " in " + std::to_string(max_memory));
    return found.algorithm;
  };
  std::size_t replaced = 0;
  for (const Algorithm algorithm : pykmeans::algorithms) {
    options.algorithm = algorithm;
    for (const std::size_t max_memory : {std::size_t{0}, std::size_t{1} << 20, most}) fit(max_memory);
    expect(fit(least) == Algorithm::lloyd, "the least memory is enough for more than lloyd");
    options.max_memory = least - 1;
    const std::string words = refusal([&] { pykmeans::fit(points, start, options); }, "less than the least");
    expect(words.find("max_memory=" + std::to_string(least - 1) + " must be at least " + std::to_string(least) + ",") !=
               std::string::npos,
           words);
    const auto* row = pykmeans::detail::choose(points, k, algorithm, MemoryLimit(most));
    if (!row || algorithm == Algorithm::automatic) continue;  // "auto" may take another one that fits
    const std::size_t enough = least + row->bytes(points, k);
    expect(fit(enough) == algorithm, std::string("enough for ") + to_string(algorithm));
    expect(fit(enough - 1) == Algorithm::lloyd, std::string("too little for ") + to_string(algorithm));
    ++replaced;
  }
  return replaced;
}

template <class T>
std::vector<double> expect_limited_seeds(const Points<T>& points, std::size_t k) {
  constexpr std::size_t trials = 3;
  const std::vector<double> numbers = uniforms(1 + (k - 1) * trials, 5);
  const std::vector<std::int64_t> expected = pykmeans::plus_plus(points, k, numbers, trials);
  const std::size_t least = points.rows() * sizeof(double);
  for (const std::size_t max_memory : {least, std::size_t{1} << 20, most})
    expect(pykmeans::plus_plus(points, k, numbers, trials, {}, max_memory) == expected,
           "seeds in " + std::to_string(max_memory));
  const std::string words =
      refusal([&] { pykmeans::plus_plus(points, k, numbers, trials, {}, least - 1); }, "seeds in too little");
  expect(words.find("must be at least " + std::to_string(least) + ",") != std::string::npos, words);
  return pykmeans::rows(points, expected);
}

template <class T>
std::size_t expect_limited(std::size_t d, std::size_t k) {
  current = std::to_string(d) + " columns of " + std::to_string(sizeof(T)) + " bytes";
  constexpr std::size_t n = 5000;
  const Table<T> table(Values::crowds, n, d, d);
  const std::vector<double> weights = some_weights(n);
  std::size_t replaced = 0;
  for (const double* some : {static_cast<const double*>(nullptr), weights.data()}) {
    const Points<T> points(table.view(), some, 2);
    replaced += expect_limited_fits(points, k, expect_limited_seeds(points, k));
  }
  return replaced;
}

void expect_all() {
  for (const Story& story : stories) expect_story(story);
  expect_facts<std::uint8_t>("uint8");
  expect_facts<float>("float32");
  expect_facts<double>("float64");
  expect_other_columns_refused();
  expect_impossible_facts_refused();
  expect_impossible_points_refused();
  expect_counted_directions();
  expect_moments();
  expect_limits();
  std::size_t replaced = 0;
  for (const std::size_t d : {3, 40})
    for (const std::size_t n_replaced :
         {expect_limited<std::uint8_t>(d, 70), expect_limited<float>(d, 70), expect_limited<double>(d, 70)})
      replaced += n_replaced;
  current = "all";
  expect(replaced >= 2 * 3 * 2, "algorithms that were replaced: " + std::to_string(replaced));
}

}  // namespace

int main() {
  try {
    expect_all();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  std::cout << "units: well\n";
}
