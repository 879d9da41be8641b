#include "pykmeans/distinct_rows.hpp"

#include <stdexcept>
#include <string>

#include "color_ranks.hpp"
#include "pykmeans/pykmeans.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans {

struct DistinctRows::Ranks : detail::ColorRanks {
  using ColorRanks::ColorRanks;
};

namespace {

const MatrixView<std::uint8_t>& checked(const MatrixView<std::uint8_t>& rows) {
  if (rows.rows < 1 || rows.rows >= std::size_t{1} << 28)
    throw std::invalid_argument("rows must be at least one and fewer than 2^28, not " + std::to_string(rows.rows));
  if (rows.columns < 1 || rows.columns > 3)
    throw std::invalid_argument("rows must have 1 to 3 columns, not " + std::to_string(rows.columns));
  return rows;
}

}  // namespace

DistinctRows::DistinctRows(MatrixView<std::uint8_t> all, int n_threads, const Poll& poll)
    : rows(checked(all)),
      ranks_(std::allocate_shared<Ranks>(detail::Allocator<Ranks>(), rows,
                                         n_threads > 0 ? n_threads : granted_threads(), poll)) {
  const std::size_t d = rows.columns;
  values.resize(ranks_->count() * d);
  ranks_->values(poll, [&](std::uint32_t rank, std::size_t q, std::uint8_t value) { values[rank * d + q] = value; });

  counts.resize(ranks_->count());
  ranks_->count_rows(rows, counts.data(), poll, [](std::size_t, std::uint32_t) {});
}

std::size_t DistinctRows::operator[](std::size_t row) const {
  return ranks_->rank(rows.row(row));
}

template <class T>
void DistinctRows::spread(const T* each, T* all, const Poll& poll) const {
  const detail::Blocks& blocks = ranks_->blocks();
  detail::parallel_blocks(blocks.count(), ranks_->threads(), poll, [&](std::size_t block, int) {
    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i) all[i] = each[(*this)[i]];
  });
}

template void DistinctRows::spread(const std::uint8_t*, std::uint8_t*, const Poll&) const;
template void DistinctRows::spread(const std::uint16_t*, std::uint16_t*, const Poll&) const;
template void DistinctRows::spread(const std::int32_t*, std::int32_t*, const Poll&) const;

}  // namespace pykmeans
