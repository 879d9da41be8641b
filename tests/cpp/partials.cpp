// Partials and SumLayouts: to bytes and back without a change, and every other byte string is refused; added up in any
// order they are the same; several threads read one at once.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <exception>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>

#include "expect.hpp"
#include "pykmeans/partial.hpp"
#include "tables.hpp"

namespace {

using pykmeans::Partial;
using pykmeans::SumLayout;
using pykmeans::ValueRange;
constexpr std::size_t n_rows = 1500, n_clusters = 4;

/// Magnitudes in [2^(lowest - 1), 2^highest), in float32 or double.
struct Case {
  std::string name;
  int limbs;  // 0 where it is wide
  int lowest, highest;
  bool weighted = false;
  int lowest_weight = 0, highest_weight = 3;
  bool single = false;
};

const std::vector<Case> cases = {
    {"one limb", 1, -10, 5, false, 0, 3, true},
    {"two limbs", 2, -20, 5},
    {"three limbs", 3, -60, 20},
    {"wide", 0, -300, 300},
    {"the whole range of double", 0, -1000, 1020},
    {"weighted", 3, -3, 5, true},
    {"weighted and wide", 0, -200, 300, true, -20, 40},
    {"small weights of large values", 3, 480, 490, true, -499, -495},
};

ValueRange between(int lowest, int highest, int precision = 53) {
  ValueRange range;
  range.precision = precision;
  range.lowest = lowest;
  range.highest = highest;
  range.any = true;
  return range;
}

/// Rows of some columns, with weights and labels.
template <class T>
struct Rows {
  std::size_t features = 3;
  std::vector<T> values;
  std::vector<double> weights;
  std::vector<std::size_t> labels;

  const T* row(std::size_t i) const { return values.data() + i * features; }
  void add(Partial& sums, std::size_t i) const { sums.add(labels[i], row(i), weights[i]); }
};

Rows<double> rows_of(const Case& one) {
  Random random(7);
  const auto number = [&](int lowest, int highest) {
    const auto exponents = static_cast<std::size_t>(highest - lowest + 1);
    return std::ldexp(0.5 + 0.5 * random.uniform(), lowest + static_cast<int>(random.below(exponents)));
  };
  Rows<double> rows;
  for (std::size_t i = 0; i < n_rows; ++i) {
    for (std::size_t q = 0; q < rows.features; ++q) {
      const double value = (random.below(2) == 0 ? -1.0 : 1.0) * number(one.lowest, one.highest);
      rows.values.push_back(one.single ? static_cast<double>(static_cast<float>(value)) : value);
    }
    rows.weights.push_back(one.weighted ? number(one.lowest_weight, one.highest_weight) : 1.0);
    rows.labels.push_back(random.below(n_clusters - 1));  // the last cluster stays empty
  }
  return rows;
}

SumLayout layout_of(const Case& one) {
  const ValueRange weights = between(one.lowest_weight, one.highest_weight);
  return {pykmeans::Vector<ValueRange>(3, between(one.lowest, one.highest, one.single ? 24 : 53)),
          one.weighted ? &weights : nullptr, false};
}

bool same(double a, double b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

/// Every number that a Partial tells.
void expect_same(const Partial& a, const Partial& b, const std::string& what) {
  expect(a.clusters() == b.clusters(), what + ": clusters");
  for (std::size_t c = 0; c < a.clusters(); ++c) {
    const pykmeans::Rounded w = a.weight(c), v = b.weight(c);
    expect(a.count(c) == b.count(c), what + ": count");
    expect(same(w.fraction, v.fraction) && w.exponent == v.exponent, what + ": weight");
    for (std::size_t q = 0; q < a.layout().features; ++q) {
      const pykmeans::Rounded s = a.sum(c, q), t = b.sum(c, q);
      expect(same(s.fraction, t.fraction) && s.exponent == t.exponent, what + ": sum");
      const pykmeans::Doubled d = a.sum_in_two(c, q, 0), e = b.sum_in_two(c, q, 0);
      expect(same(d.high, e.high) && same(d.low, e.low), what + ": sum in two");
    }
    if (a.layout().wide) continue;
    double s[4], t[4];
    a.sums(c, 0, a.layout().features, s);
    b.sums(c, 0, a.layout().features, t);
    expect(std::memcmp(s, t, a.layout().features * sizeof *s) == 0, what + ": sums");
  }
}

Partial read(const SumLayout& layout, const Bytes& bytes) {
  return Partial::from_bytes(layout, bytes.data(), bytes.size());
}

SumLayout read_layout(const Bytes& bytes) {
  return SumLayout::from_bytes(bytes.data(), bytes.size());
}

template <class T>
Partial sum_of(const SumLayout& layout, const Rows<T>& rows, std::size_t begin, std::size_t end) {
  Partial sums(layout, n_clusters);
  for (std::size_t i = begin; i < end; ++i) rows.add(sums, i);
  return sums;
}

template <class T>
void expect_equal_bytes_in_any_order(const SumLayout& layout, const Rows<T>& rows) {
  const Bytes expected = sum_of(layout, rows, 0, n_rows).to_bytes();
  Partial backwards(layout, n_clusters);
  for (std::size_t i = n_rows; i-- > 0;) rows.add(backwards, i);
  expect(backwards.to_bytes() == expected, "rows added backwards");

  Partial moved(layout, n_clusters);
  for (std::size_t i = 0; i < n_rows; ++i) moved.add(n_clusters - 1, rows.row(i), rows.weights[i]);
  for (std::size_t i = 0; i < n_rows; ++i) moved.move(n_clusters - 1, rows.labels[i], rows.row(i), rows.weights[i]);
  expect(moved.to_bytes() == expected, "rows moved from another cluster");
  for (std::size_t c = 0; c < n_clusters; ++c) moved.carry(c);
  expect(moved.to_bytes() == expected, "carried before");
}

template <class T>
void expect_merges_through_bytes(const SumLayout& layout, const Rows<T>& rows) {
  const SumLayout arrived = read_layout(layout.to_bytes());
  const Partial expected = sum_of(layout, rows, 0, n_rows);
  Partial merged(layout, n_clusters), merged_from_bytes(arrived, n_clusters);
  for (const std::size_t begin : {std::size_t{900}, std::size_t{0}, std::size_t{400}}) {
    const std::size_t end = begin == 0 ? 400 : begin == 400 ? 900 : n_rows;
    const Partial part = sum_of(layout, rows, begin, end);
    const Partial sent = read(arrived, part.to_bytes());
    expect_same(part, sent, "one part");
    for (std::size_t c = 0; c < n_clusters; ++c) {
      expect(sent.touched(c) == (c + 1 < n_clusters), "touched where it is not empty");
      merged.merge(c, part);
      merged_from_bytes.merge(c, sent);
    }
  }
  expect_same(merged, expected, "parts");
  expect_same(merged_from_bytes, expected, "parts through bytes");
  expect(merged_from_bytes.to_bytes() == expected.to_bytes(), "bytes of what was merged");

  Partial changes(layout, n_clusters);  // negative sums, too
  for (std::size_t i = 0; i < 50; ++i) changes.move(rows.labels[i], n_clusters - 1, rows.row(i), rows.weights[i]);
  expect_same(changes, read(arrived, changes.to_bytes()), "changes");
}

/// The checksum fits, and what it is the checksum of does not.
void expect_forgeries_refused() {
  current = "forgeries";
  const SumLayout layout = layout_of(cases[1]);
  const Bytes of_layout = layout.to_bytes();
  const Bytes of_sums = sum_of(layout, rows_of(cases[1]), 0, n_rows).to_bytes();
  const Reader layouts = [](const Bytes& bytes) { read_layout(bytes); };
  const Reader sums = [&](const Bytes& bytes) { read(layout, bytes); };
  layouts(forged(of_layout, 0, 0, 0));
  expect_refused([&] { sums(of_layout); }, "something else");
  expect_refused([&] { layouts(of_sums); }, "something else");
  expect_refused([&] { sums(forged(of_sums, 0, 1, 'q')); }, "begin");
  expect_refused([&] { sums(forged(of_sums, 12, 4, 2)); }, "version 2, and this pykmeans reads version 1");
  expect_refused([&] { sums(forged(of_sums, 16, 8, of_sums.size() - 31)); }, "content");
  expect_refused([&] { sums(forged(of_sums, 24, 8, 1)); }, "SumLayout");
  for (const std::uint64_t clusters : {std::uint64_t{3}, std::uint64_t{5}, std::uint64_t{1} << 61, ~std::uint64_t{0}})
    expect_refused([&] { sums(forged(of_sums, 32, 8, clusters)); }, "not as long as it says");
  expect_refused([&] { sums(forged(of_sums, 48, 8, ~std::uint64_t{0})); }, "limb");  // the lowest is never negative
  expect_refused([&] { sums(forged(of_sums, 48, 8, std::uint64_t{1} << 51)); }, "limb");          // nor is it 2^51
  expect_refused([&] { sums(forged(of_sums, 48 + 8 * 6, 8, std::uint64_t{1} << 51)); }, "limb");  // nor the highest

  for (const std::uint64_t count : {(std::uint64_t{1} << 52) + 1, std::uint64_t{1} << 63})
    expect_refused([&] { sums(forged(of_sums, 40, 8, count)); }, "count");

  for (const std::uint64_t features : {std::uint64_t{0}, std::uint64_t{4}, std::uint64_t{1} << 62})
    expect_refused([&] { layouts(forged(of_layout, 24, 8, features)); }, "not as long as it says");
  for (const std::uint64_t limbs : {std::uint64_t{0}, std::uint64_t{91}, std::uint64_t{0x80000000u}})
    expect_refused([&] { layouts(forged(of_layout, 32, 4, limbs)); }, "so many limbs");
  expect_refused([&] { layouts(forged(of_layout, 32, 4, 4)); }, "too many or too far apart");
  expect_refused([&] { layouts(forged(of_layout, 36, 1, 2)); }, "flag");
  expect_refused([&] { layouts(forged(of_layout, 37, 1, 1)); }, "unit of integers");
  expect_refused([&] { layouts(forged(of_layout, 36, 2, 0x0101)); }, "integers are neither");
  for (const std::uint64_t unit : {std::uint64_t{3000}, std::uint64_t{0x80000000u}, std::uint64_t{0x7fffffffu}})
    expect_refused([&] { layouts(forged(of_layout, 39, 4, unit)); }, "range");
  expect_refused([&] { layouts(forged(of_layout, 39, 4, 1000)); }, "too many or too far apart");
}

template <class T>
void expect_all(const SumLayout& layout, const Rows<T>& rows) {
  const Bytes bytes = layout.to_bytes();
  const SumLayout arrived = read_layout(bytes);
  expect(arrived.to_bytes() == bytes, "a layout through bytes");
  expect(arrived.wide == layout.wide && arrived.magic == layout.magic && arrived.factor == layout.factor,
         "what follows from a layout");
  expect_equal_bytes_in_any_order(layout, rows);
  expect_merges_through_bytes(layout, rows);
  expect_damage_refused(bytes, [](const Bytes& damaged) { read_layout(damaged); });
  expect_damage_refused(sum_of(layout, rows, 0, n_rows).to_bytes(),
                        [&](const Bytes& damaged) { read(layout, damaged); });
}

/// The format itself: whoever changes it must give it another version.
void expect_format() {
  current = "the format";
  const ValueRange byte = between(1, 8, 1);
  const SumLayout layout({byte, byte}, nullptr, true);
  const Bytes head = {'p', 'y', 'k', 'm', 'e', 'a', 'n', 's', 'l', 'a', 'y', 'o', 1, 0, 0, 0, 23, 0, 0, 0, 0, 0, 0, 0};
  const Bytes content = {2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const Bytes bytes = layout.to_bytes();
  expect(Bytes(bytes.begin(), bytes.begin() + 24) == head, "head of a layout");
  expect(Bytes(bytes.begin() + 24, bytes.end() - 8) == content, "content of a layout");

  Partial sums(layout, 1);
  const std::uint8_t row[2] = {3, 255};
  sums.add(0, row, 1.0);
  sums.add(0, row, 1.0);
  const Bytes rest = {1,    0, 0, 0, 0, 0, 0, 0,  // clusters
                      2,    0, 0, 0, 0, 0, 0, 0,  // count
                      6,    0, 0, 0, 0, 0, 0, 0,  // the first sum
                      0xfe, 1, 0, 0, 0, 0, 0, 0,  // the second
                      0,    0, 0, 0, 0, 0, 0, 0,  // and nothing carried
                      0,    0, 0, 0, 0, 0, 0, 0};
  const Bytes of_sums = sums.to_bytes();
  expect(Bytes(of_sums.begin() + 32, of_sums.end() - 8) == rest, "content of a Partial");
}

Rows<std::uint8_t> pixels() {
  Random random(3);
  Rows<std::uint8_t> rows;
  for (std::size_t i = 0; i < 3 * n_rows; ++i) rows.values.push_back(static_cast<std::uint8_t>(random.below(256)));
  rows.weights.assign(n_rows, 1.0);
  for (std::size_t i = 0; i < n_rows; ++i) rows.labels.push_back(random.below(n_clusters - 1));
  return rows;
}

/// Reading leaves no trace, so that threads that read, or add it to sums of their own, do not disturb each other.
void expect_readable_at_once() {
  current = "several threads";
  const Case& one = cases[1];
  const SumLayout layout = layout_of(one);
  const Partial shared = sum_of(layout, rows_of(one), 0, n_rows);  // not carried
  const Bytes expected = shared.to_bytes();
  std::atomic<bool> right{true};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        Partial mine(layout, n_clusters);
        for (std::size_t c = 0; c < n_clusters; ++c) mine.merge(c, shared);
        if (mine.to_bytes() != expected || shared.to_bytes() != expected) right = false;
        for (std::size_t q = 0; q < layout.features; ++q)
          if (!same(mine.sum(0, q).fraction, shared.sum(0, q).fraction)) right = false;
      }
    });
  for (std::thread& thread : threads) thread.join();
  expect(right, "sums that others read, too");
}

void expect_all() {
  for (const Case& one : cases) {
    current = one.name;
    const SumLayout layout = layout_of(one);
    expect(layout.wide == (one.limbs == 0) && (layout.wide || layout.limbs == one.limbs), "limbs");
    expect_all(layout, rows_of(one));
  }
  current = "integers";
  const ValueRange byte = between(1, 8, 1);
  expect_all(SumLayout(pykmeans::Vector<ValueRange>(3, byte), nullptr, true), pixels());
  current = "no columns";
  const SumLayout none(pykmeans::Vector<ValueRange>{}, nullptr, false);
  Partial counts(none, n_clusters);
  const double nothing = 0.0;
  counts.add(2, &nothing, 1.0);
  expect_same(counts, read(read_layout(none.to_bytes()), counts.to_bytes()), "counts alone");
  expect_forgeries_refused();
  expect_format();
  expect_readable_at_once();
}

}  // namespace

int main() {
  try {
    expect_all();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  std::cout << "partials: " << cases.size() + 2 << " layouts\n";
}
