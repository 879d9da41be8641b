#include "tiles.hpp"

#include <algorithm>
#include <cmath>

#include "../../../kernels/bits.hpp"
#include "../../../kernels/table.hpp"
#include "../../filter/codebook.hpp"
#include "../../rows/row_block.hpp"
#include "../thresholds.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

constexpr std::size_t tile = kernels::int16_tile;
constexpr std::size_t group = 16;  // tiles at once

/// Values of a tile: an odd number of features is rounded up.
std::size_t tile_values(std::size_t features) {
  return (features + 1) / 2 * 2 * tile;
}

std::size_t tiles_of(std::size_t rows) {
  return (rows + tile - 1) / tile;
}

}  // namespace

template <class T>
bool Tiles<T>::possible(const Points<T>& points) {
  return kernels::pick().int16.nearest && points.columns() <= max_float_features;
}

template <class T>
bool Tiles<T>::pays(const Points<T>& points, std::size_t n_clusters) {
  using namespace thresholds;
  const std::size_t n = points.rows(), d = points.columns();
  const std::size_t fewest = n * d <= most_kept_values ? tiles_fewest_clusters_small : tiles_fewest_clusters;
  return possible(points) && sizeof(T) >= 4 && d >= tiles_fewest_features && n >= tiles_fewest_rows &&
         n_clusters >= fewest;
}

template <class T>
std::size_t Tiles<T>::bytes(const Points<T>& points, std::size_t) {
  return tiles_of(points.rows()) * (tile_values(points.columns()) * sizeof(std::int16_t) + sizeof(std::uint32_t));
}

/// Whole numbers of 16 bits reach a bit beyond the largest values of a few rows; but where the largest stand out, only
/// as far as precision for the rest allows.
template <class T>
double Tiles<T>::choose_step() const {
  const std::size_t n = points_.rows(), sampled = std::min<std::size_t>(n, 1024);
  const double factor = std::ldexp(1.0, -points_.frame.spread_exponent);
  const RowReader<T> read(points_);
  Vector<double> farthest(sampled, 0.0);
  for (std::size_t s = 0; s < sampled; ++s) {
    const T* row = read(s * (n - 1) / std::max<std::size_t>(1, sampled - 1));
    for (std::size_t q = 0; q < points_.columns(); ++q)
      farthest[s] = std::max(farthest[s], std::fabs(static_cast<double>(row[q]) - points_.frame.origin[q]) * factor);
  }
  std::sort(farthest.begin(), farthest.end());
  const double usual = farthest[sampled - 1 - sampled / 64], most = farthest[sampled - 1];
  const double reach = usual > 0.0 ? std::min(4.0 * usual, 1.25 * most) : most;
  return reach > 0.0 ? reach / 32000.0 : 1.0;
}

template <class T>
void Tiles<T>::prepare(const Pass& pass) {
  if (tiles_) return;
  const std::size_t n = points_.rows(), d = points_.columns(), count = tiles_of(n);
  rows_.step = choose_step();
  const double factor = std::ldexp(1.0, -points_.frame.spread_exponent) / rows_.step;
  // Not filled with zeros: the thread that fills it should touch it first.
  tiles_ = LargeArray<std::int16_t>(count * tile_values(d));
  beyond_.resize(count);
  const auto threads = static_cast<std::size_t>(pass.threads);
  Vector<double> longest(threads, 0.0);
  Vector<std::size_t> outside(threads, 0);
  const auto round = kernels::pick().int16.round(T());
  const PassPlan plan(pass.threads, Blocks(n, d * 8, 1, tile), tile);
  for_each_block(points_, plan, pass.poll, [&](const RowBlock<T>& block, int worker) {
    const T* rows[tile];
    double norms[tile];
    const auto w = static_cast<std::size_t>(worker);
    for (std::size_t first = 0; first < block.count; first += tile) {
      // The last row stands in for rows that are not there.
      for (std::size_t l = 0; l < tile; ++l) rows[l] = block.row(std::min(first + l, block.count - 1), l);
      const std::size_t t = (block.first + first) / tile;
      beyond_[t] = round(rows, points_.frame.origin.data(), factor, d, tiles_.data() + t * tile_values(d), norms);
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
bool Tiles<T>::begin(const Pass& pass) {
  if (pass.exact.scale() != 0 || too_coarse_) return false;
  if (!centers_.pack(pass.centers, n_clusters_, points_.frame.origin, points_.frame.spread_exponent, rows_))
    return false;
  pass_ = &pass;
  near_.resize(static_cast<std::size_t>(pass.threads));
  for (Vector<std::int32_t>& near : near_) near.resize(centers_.view().panels * kernels::int16_panel);
  return true;
}

template <class T>
PassPlan Tiles<T>::plan(const Pass& pass) const {
  const std::size_t n = points_.rows();
  const Blocks blocks(tiles_of(n), tile * points_.columns() * n_clusters_ / 2, pass.threads, /*unit=*/1);
  return PassPlan::of_blocks(n, blocks.block_rows * tile, pass.threads);
}

/// Labels the tiles of a block.
template <class T>
struct Tiles<T>::Work {
  const Tiles& shared;
  const RowBlock<T>& rows;
  const std::int32_t* labels;
  const BlockLabels<T> relabel;
  Tally& tally;
  std::int32_t* near;
  const Pass& pass = *shared.pass_;
  const kernels::Int16Centers centers = shared.centers_.view();
  const kernels::Int16Kernels& kernels = kernels::pick().int16;
  const std::size_t first_tile = rows.first / tile;

  const std::int16_t* values(std::size_t t) const {
    return shared.tiles_.data() + (first_tile + t) * centers.pairs * 2 * tile;
  }

  /// Tiles [first, first + count) of the block, at most a group.
  void label(std::size_t first, std::size_t count) {
    std::int32_t least[group * tile], found[group * tile], last[tile] = {};
    kernels::Int16Verdict verdicts[group];
    const std::size_t begin = first * tile;
    const std::size_t full = std::min(count, rows.count / tile - first);
    kernels.nearest(centers, values(first), labels + begin, full, least, found, verdicts);
    if (full < count) {  // the last tile has fewer labels than the kernel reads
      std::copy(labels + begin + full * tile, labels + rows.count, last);
      kernels.nearest(centers, values(first + full), last, 1, least + full * tile, found + full * tile,
                      verdicts + full);
    }
    // Rows to be looked at lie far apart: have them all fetched before the first is read.
    for (std::size_t t = 0; t < count; ++t)
      for (std::uint32_t bits = (verdicts[t].undecided | verdicts[t].moved) & real(first + t); bits != 0;
           bits &= bits - 1)
        rows.prefetch(begin + t * tile + kernels::lowest_bit(bits));
    for (std::size_t t = 0; t < count; ++t) settle(first + t, verdicts[t], least + t * tile, found + t * tile);
  }

  /// Bit l: the tile's row l is a row.
  std::uint32_t real(std::size_t t) const { return 0xffffffffu >> (tile - std::min(tile, rows.count - t * tile)); }

  void settle(std::size_t t, kernels::Int16Verdict verdict, const std::int32_t* least, const std::int32_t* found) {
    const std::uint32_t beyond = shared.beyond_[first_tile + t] & real(t);
    const std::uint32_t undecided = verdict.undecided & real(t) & ~beyond;
    for (std::uint32_t bits = verdict.moved & real(t) & ~beyond & ~undecided; bits != 0; bits &= bits - 1)
      relabel(t * tile + kernels::lowest_bit(bits), found[kernels::lowest_bit(bits)]);
    for (std::uint32_t bits = undecided; bits != 0; bits &= bits - 1)
      judge(t, kernels::lowest_bit(bits), least[kernels::lowest_bit(bits)] + centers.margin);
    for (std::uint32_t bits = beyond; bits != 0; bits &= bits - 1) {
      const std::size_t row = t * tile + kernels::lowest_bit(bits);
      relabel(row, static_cast<std::int32_t>(pass.exact.nearest(rows.row(row), pass.centers, pass.n_clusters)));
    }
  }

  /// The exact distance decides among the centers whose score is at most `limit`.
  void judge(std::size_t t, std::size_t lane, std::int32_t limit) {
    const std::size_t row = t * tile + lane, d = shared.points_.columns();
    const std::size_t count = kernels.contenders(centers, values(t), lane, limit, near);
    const T* const row_values = rows.row(row);
    Nearest nearest;
    const auto look = [&](std::int32_t c) {
      nearest.look(c, pass.exact(row_values, pass.centers + static_cast<std::size_t>(c) * d));
    };
    for (std::size_t i = 0; i < count; ++i) look(near[i]);
    if (limit >= centers.floor)
      for (const std::int32_t c : shared.centers_.far()) look(c);
    relabel(row, nearest.center);
    ++tally.undecided;
  }
};

template <class T>
void Tiles<T>::label(const RowBlock<T>& block, std::int32_t* labels, Partial* sums, Tally& tally, int worker) {
  Work work{*this, block, labels, {block, labels, sums, tally}, tally, near_[static_cast<std::size_t>(worker)].data()};
  const std::size_t count = tiles_of(block.count);
  for (std::size_t t = 0; t < count; t += group) work.label(t, std::min(group, count - t));
}

template <class T>
void Tiles<T>::end(const Tally& tally) {
  pruned_fraction_ = 1.0 - static_cast<double>(tally.undecided) / static_cast<double>(points_.rows());
}

template class Tiles<std::uint8_t>;
template class Tiles<float>;
template class Tiles<double>;

}  // namespace pykmeans::detail
