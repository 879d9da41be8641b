#include "tiles.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

#include "../../filter/codebook.hpp"
#include "../../machine/parallel.hpp"
#include "../../rows/row_reader.hpp"
#include "../lloyd/lloyd.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

constexpr std::size_t tile = kernels::int16_tile;
constexpr std::size_t group = 16;  // tiles at once
constexpr std::size_t cache_line = 64;

std::size_t lowest_bit(std::uint32_t bits) {
  std::size_t bit = 0;
  for (; (bits & 1) == 0; bits >>= 1) ++bit;
  return bit;
}

}  // namespace

template <class T>
bool Tiles<T>::possible(const Points<T>& points) {
  return kernels::pick().int16.nearest && points.values.columns <= max_float_features;
}

template <class T>
bool Tiles<T>::pays(const Points<T>& points, std::size_t n_clusters) {
  const std::size_t n = points.values.rows, d = points.values.columns;
  // By measurement. Brute keeps the packed rows of small X, and is then as fast for few centers.
  const std::size_t few = n * d <= Lloyd<T>::most_kept_values ? 64 : 16;
  return possible(points) && sizeof(T) >= 4 && d >= 4 && n >= 4096 && n_clusters >= few;
}

/// Whole numbers of 16 bits reach a bit beyond the largest values of a few rows; but where the largest stand out, only
/// as far as precision for the rest allows.
template <class T>
double Tiles<T>::choose_step() const {
  const std::size_t n = points_.values.rows, sampled = std::min<std::size_t>(n, 1024);
  const double factor = std::ldexp(1.0, -points_.spread_exponent);
  const RowReader<T> read(points_);
  Vector<double> farthest(sampled, 0.0);
  for (std::size_t s = 0; s < sampled; ++s) {
    const T* row = read(s * (n - 1) / std::max<std::size_t>(1, sampled - 1));
    for (std::size_t q = 0; q < points_.values.columns; ++q)
      farthest[s] = std::max(farthest[s], std::fabs(static_cast<double>(row[q]) - points_.origin[q]) * factor);
  }
  std::sort(farthest.begin(), farthest.end());
  const double usual = farthest[sampled - 1 - sampled / 64], most = farthest[sampled - 1];
  const double reach = usual > 0.0 ? std::min(4.0 * usual, 1.25 * most) : most;
  return reach > 0.0 ? reach / 32000.0 : 1.0;
}

template <class T>
void Tiles<T>::round_rows(int threads) {
  const std::size_t n = points_.values.rows, d = points_.values.columns;
  const std::size_t count = (n + tile - 1) / tile, tile_values = (d + 1) / 2 * 2 * tile;
  rows_.step = choose_step();
  const double factor = std::ldexp(1.0, -points_.spread_exponent) / rows_.step;
  // Not filled with zeros: the thread that fills it should touch it first.
  tiles_ = LargeArray<std::int16_t>(count * tile_values);
  beyond_.resize(count);
  Vector<double> longest(static_cast<std::size_t>(threads), 0.0);
  Vector<std::size_t> outside(static_cast<std::size_t>(threads), 0);
  const auto round = kernels::pick().int16.round(T());
  const Blocks blocks(count, tile * d * 8);
  parallel_blocks(blocks.count(), threads, poll_, [&](std::size_t block, int worker) {
    const RowReader<T> read(points_, tile);
    const T* rows[tile];
    double norms[tile];
    const auto w = static_cast<std::size_t>(worker);
    for (std::size_t t = blocks.begin(block); t < blocks.end(block); ++t) {
      for (std::size_t l = 0; l < tile; ++l) rows[l] = read(std::min(t * tile + l, n - 1), l);
      beyond_[t] = round(rows, points_.origin.data(), factor, d, tiles_.data() + t * tile_values, norms);
      longest[w] = std::max(longest[w], *std::max_element(norms, norms + tile));  // 0 for those beyond
      for (std::uint32_t bits = beyond_[t]; bits != 0; bits &= bits - 1) ++outside[w];
    }
  });
  const double d_root = std::sqrt(static_cast<double>(d));
  rows_.longest = rows_.step * std::sqrt(*std::max_element(longest.begin(), longest.end())) * (1.0 + 0x1p-30);
  rows_.error = 0.51 * rows_.step * d_root * (1.0 + 0x1p-30);
  std::size_t all_outside = 0;
  for (const std::size_t some : outside) all_outside += some;
  too_coarse_ = all_outside > n / 200;
}

template <class T>
bool Tiles<T>::takes(const Assignment& pass) {
  if (!tiles_) round_rows(pass.threads);
  if (too_coarse_) return false;
  return centers_.pack(pass.centers, pass.n_clusters, points_.origin, points_.spread_exponent, rows_);
}

/// Labels tiles, in a thread.
template <class T>
struct Tiles<T>::Worker {
  const Tiles& shared;
  const Assignment& pass;
  const kernels::Int16Centers centers;
  const kernels::Int16Kernels& kernels;
  Labeller<T> relabel;
  RowReader<T> read = RowReader<T>(shared.points_);
  Vector<std::int32_t> near;  // candidates of a row
  std::size_t undecided_rows = 0;

  Worker(const Tiles& assigner, const Assignment& call, Partial* sums)
      : shared(assigner),
        pass(call),
        centers(assigner.centers_.view()),
        kernels(kernels::pick().int16),
        relabel{assigner.points_, call.labels, sums},
        near(centers.panels * kernels::int16_panel) {}

  const std::int16_t* values(std::size_t t) const { return shared.tiles_.data() + t * centers.pairs * 2 * tile; }

  /// Tiles [first, first + count), at most a group.
  void block(std::size_t first, std::size_t count) {
    std::int32_t least[group * tile], found[group * tile], labels[tile] = {};
    kernels::Int16Verdict verdicts[group];
    const std::size_t n = shared.points_.values.rows, begin = first * tile;
    const std::size_t full = std::min(count, n / tile - first);
    kernels.nearest(centers, values(first), pass.labels + begin, full, least, found, verdicts);
    if (full < count) {  // the last tile has fewer labels than the kernel reads
      std::copy(pass.labels + begin + full * tile, pass.labels + n, labels);
      kernels.nearest(centers, values(first + full), labels, 1, least + full * tile, found + full * tile,
                      verdicts + full);
    }
    // Rows to be looked at lie far apart: have them all fetched before the first is read.
    for (std::size_t t = 0; t < count; ++t)
      for (std::uint32_t bits = (verdicts[t].undecided | verdicts[t].moved) & real(first + t); bits != 0;
           bits &= bits - 1)
        read.prefetch(begin + t * tile + lowest_bit(bits));
    for (std::size_t t = 0; t < count; ++t) settle(first + t, verdicts[t], least + t * tile, found + t * tile);
  }

  /// Bit l: the tile's row l is a row.
  std::uint32_t real(std::size_t t) const {
    return 0xffffffffu >> (tile - std::min(tile, shared.points_.values.rows - t * tile));
  }

  void settle(std::size_t t, kernels::Int16Verdict verdict, const std::int32_t* least, const std::int32_t* found) {
    const std::uint32_t beyond = shared.beyond_[t] & real(t), undecided = verdict.undecided & real(t) & ~beyond;
    for (std::uint32_t bits = verdict.moved & real(t) & ~beyond & ~undecided; bits != 0; bits &= bits - 1)
      relabel(t * tile + lowest_bit(bits), found[lowest_bit(bits)]);
    for (std::uint32_t bits = undecided; bits != 0; bits &= bits - 1)
      judge(t, lowest_bit(bits), least[lowest_bit(bits)] + centers.margin);
    for (std::uint32_t bits = beyond; bits != 0; bits &= bits - 1) {
      const std::size_t row = t * tile + lowest_bit(bits);
      relabel(row, static_cast<std::int32_t>(pass.exact.nearest(read(row), pass.centers, pass.n_clusters)));
    }
  }

  /// The exact distance decides among the centers whose score is at most `limit`.
  void judge(std::size_t t, std::size_t lane, std::int32_t limit) {
    const std::size_t row = t * tile + lane, d = shared.points_.values.columns;
    const std::size_t count = kernels.contenders(centers, values(t), lane, limit, near.data());
    const T* const values_of_row = read(row);
    double least = std::numeric_limits<double>::infinity();
    std::int32_t label = 0;
    const auto consider = [&](std::int32_t c) {
      const double distance = pass.exact(values_of_row, pass.centers + static_cast<std::size_t>(c) * d);
      if (distance > least || (distance == least && c > label)) return;
      least = distance;
      label = c;
    };
    for (std::size_t i = 0; i < count; ++i) consider(near[i]);
    if (limit >= centers.floor)
      for (const std::int32_t c : shared.centers_.far()) consider(c);
    relabel(row, label);
    ++undecided_rows;
  }
};

template <class T>
std::size_t Tiles<T>::assign(const Assignment& pass) {
  const std::size_t n = points_.values.rows, d = points_.values.columns;
  Vector<Worker> workers;
  for (int w = 0; w < pass.threads; ++w) workers.emplace_back(*this, pass, pass.sums.of(w));
  const Blocks blocks((n + tile - 1) / tile, tile * d * pass.n_clusters / 2, pass.threads, /*unit=*/1);
  parallel_blocks(blocks.count(), pass.threads, poll_, [&](std::size_t block, int worker) {
    for (std::size_t t = blocks.begin(block); t < blocks.end(block); t += group)
      workers[static_cast<std::size_t>(worker)].block(t, std::min(group, blocks.end(block) - t));
  });
  std::size_t changed = 0, undecided = 0;
  for (const Worker& worker : workers) {
    changed += worker.relabel.changed;
    undecided += worker.undecided_rows;
  }
  spared_ = 1.0 - static_cast<double>(undecided) / static_cast<double>(n);
  return changed;
}

template class Tiles<std::uint8_t>;
template class Tiles<float>;
template class Tiles<double>;

}  // namespace pykmeans::detail
