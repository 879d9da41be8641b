// RowFacts as bytes.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "../exact/bytes.hpp"
#include "pykmeans/row_facts.hpp"

namespace pykmeans {

namespace {

constexpr detail::ByteFormat format = {"FACT", 1, "RowFacts"};
constexpr std::size_t range_size = 3 * sizeof(std::int32_t) + 1;

void put(detail::ByteWriter& bytes, const ValueRange& range) {
  bytes.put<std::int32_t>(range.highest);
  bytes.put<std::int32_t>(range.lowest);
  bytes.put<std::int32_t>(range.precision);
  bytes.put<std::uint8_t>(range.any ? 1 : 0);
}

bool get_flag(detail::ByteReader& bytes) {
  const auto flag = bytes.get<std::uint8_t>();
  bytes.require(flag <= 1, "a flag is neither 0 nor 1");
  return flag == 1;
}

/// Whatever a double can have.
ValueRange get_range(detail::ByteReader& bytes) {
  ValueRange range;
  range.highest = bytes.get<std::int32_t>();
  range.lowest = bytes.get<std::int32_t>();
  range.precision = bytes.get<std::int32_t>();
  range.any = get_flag(bytes);
  bytes.require(range.lowest >= -1073 && range.lowest <= range.highest && range.highest <= 1024 &&
                    range.precision >= 0 && range.precision <= 2200,
                "a range is none of doubles");
  return range;
}

}  // namespace

std::vector<unsigned char> RowFacts::to_bytes() const {
  detail::ByteWriter bytes(format);
  bytes.put<std::uint64_t>(rows);
  bytes.put<std::uint64_t>(n_nonfinite);
  bytes.put<std::uint64_t>(first_nonfinite_row);
  bytes.put<std::uint64_t>(first_nonfinite_column);
  bytes.put<std::uint8_t>(weighted ? 1 : 0);
  put(bytes, weights);
  bytes.put<std::uint64_t>(columns.size());
  for (const ValueRange& column : columns) put(bytes, column);
  return bytes.finish();
}

RowFacts RowFacts::from_bytes(const unsigned char* data, std::size_t size) {
  detail::ByteReader bytes(format, data, size);
  RowFacts facts;
  facts.rows = bytes.get<std::uint64_t>();
  facts.n_nonfinite = bytes.get<std::uint64_t>();
  facts.first_nonfinite_row = bytes.get<std::uint64_t>();
  facts.first_nonfinite_column = bytes.get<std::uint64_t>();
  facts.weighted = get_flag(bytes);
  facts.weights = get_range(bytes);
  const auto columns = bytes.get<std::uint64_t>();
  bytes.require_left(columns, range_size);
  for (std::uint64_t q = 0; q < columns; ++q) facts.columns.push_back(get_range(bytes));
  bytes.require(facts.weighted || !facts.weights.any, "rows without weights have some");
  const std::size_t most_rows = std::numeric_limits<std::size_t>::max() / std::max<std::size_t>(1, columns);
  bytes.require(facts.rows <= most_rows && facts.n_nonfinite <= facts.rows * columns, "it counts more than there is");
  bytes.require(facts.n_nonfinite == 0 ||
                    (facts.first_nonfinite_row < facts.rows && facts.first_nonfinite_column < facts.columns.size()),
                "a value that is not finite is in no row");
  return facts;
}

}  // namespace pykmeans
