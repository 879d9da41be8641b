// Work on blocks by several threads. parallel.cpp is the only file that knows OpenMP.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <initializer_list>

#include "pykmeans/options.hpp"

namespace pykmeans::detail {

/// Rows [begin(b), end(b)) of block b.
struct Blocks {
  std::size_t rows = 0;
  std::size_t block_rows = 1;

  /// Blocks of about a millisecond's work: small enough to share out evenly and to notice Ctrl-C in time, large enough
  /// that fetching one costs nothing. Where there is less to do, several for each thread all the same.
  /// @param row_cost  multiply-adds a row  @param unit  what the rows of a block are a multiple of
  Blocks(std::size_t n_rows, std::size_t row_cost, int threads = 1, std::size_t unit = 16) : rows(n_rows) {
    constexpr std::size_t work = std::size_t{1} << 22;
    const std::size_t most = std::clamp<std::size_t>(work / std::max<std::size_t>(row_cost, 1), unit, 16384);
    const std::size_t share = threads > 1 ? n_rows / (static_cast<std::size_t>(threads) * 4) : n_rows;
    block_rows = std::min(most / unit, share / unit + 1) * unit;
  }
  std::size_t count() const { return (rows + block_rows - 1) / block_rows; }
  std::size_t begin(std::size_t block) const { return block * block_rows; }
  std::size_t end(std::size_t block) const { return std::min(rows, begin(block) + block_rows); }
};

/// Threads worth waking for a product of so many multiply-adds: one where waking would cost more than it saves.
inline int useful_threads(int n_threads, std::initializer_list<std::size_t> factors) {
  double work = 1.0;
  for (const std::size_t factor : factors) work *= static_cast<double>(factor);
  return work < 0x1p18 ? 1 : static_cast<int>(std::min<double>(n_threads, work * 0x1p-16));
}

/// Make a number that several threads lower the least of itself and another.
inline void lower_to(std::atomic<std::size_t>& number, std::size_t other) {
  std::size_t before = number.load(std::memory_order_relaxed);
  while (other < before && !number.compare_exchange_weak(before, other, std::memory_order_relaxed)) {
  }
}

/// Call poll, unless it was called just before: to be called by the calling thread (worker 0) every millisecond.
void poll_now_and_then(const Poll& poll);

/// Refers to a callable body(block, worker) without owning it, so that nothing is allocated.
class BlockBody {
 public:
  template <class Body>
  BlockBody(const Body& body)
      : body_(&body), call_([](const void* object, std::size_t block, int worker) {
          (*static_cast<const Body*>(object))(block, worker);
        }) {}
  void operator()(std::size_t block, int worker) const { call_(body_, block, worker); }

 private:
  const void* body_;
  void (*call_)(const void*, std::size_t, int);
};

/// Call body(block, worker) once for each block, worker in [0, n_threads). The first exception of a body or of poll
/// stops the rest and is thrown here. poll is called on the calling thread between its blocks.
void parallel_blocks(std::size_t n_blocks, int n_threads, const Poll& poll, const BlockBody& body);

}  // namespace pykmeans::detail
