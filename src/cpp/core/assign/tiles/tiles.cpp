#include "tiles.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "../../../kernels/bits.hpp"
#include "../../../kernels/table.hpp"
#include "../../exact/rounding.hpp"
#include "../../filter/codebook.hpp"
#include "../../rows/row_block.hpp"
#include "../thresholds.hpp"
#include "pykmeans/workspace.hpp"
#include "tile_order.hpp"

namespace pykmeans::detail {

namespace {

constexpr std::size_t tile = kernels::int16_tile;

/// Values of a tile: an odd number of features is rounded up.
std::size_t tile_values(std::size_t features) {
  return (features + 1) / 2 * 2 * tile;
}

std::size_t tiles_of(std::size_t rows) {
  return (rows + tile - 1) / tile;
}

std::size_t panels_of(std::size_t n_clusters) {
  return (n_clusters + kernels::int16_panel - 1) / kernels::int16_panel;
}

/// Bounds take no more than X.
template <class T>
bool bounds_pay(const Points<T>& points, std::size_t n_clusters) {
  return n_clusters >= thresholds::tile_bounds_fewest_clusters &&
         points.rows() >= thresholds::tile_bounds_fewest_rows_a_cluster * n_clusters &&
         points.rows() <= std::numeric_limits<std::uint32_t>::max() &&
         panels_of(n_clusters) * sizeof(float) <= tile * points.columns() * sizeof(T);
}

PassPolicy::Candidate bounds_candidate(std::size_t features) {
  PassPolicy::Candidate candidate;
  candidate.exists = candidate.needs_labels = candidate.may_be_left = true;
  candidate.part = features <= thresholds::tile_bounds_eager_features ? 1 : thresholds::tile_bounds_part;
  return candidate;
}

}  // namespace

template <class T>
Tiles<T>::Tiles(const Points<T>& points, std::size_t n_clusters, bool with_bounds)
    : BlockAlgorithm<T>(points),
      n_clusters_(n_clusters),
      groups_(n_clusters, points.columns(), n_clusters, kernels::int16_panel),
      policy_(bounds_candidate(points.columns()), points.rows()) {
  if (with_bounds && bounds_pay(points, n_clusters))
    bounds_ = std::make_unique<TileBounds>(tiles_of(points.rows()), panels_of(n_clusters));
}

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

template <class T>
std::size_t BoundedTiles<T>::bytes(const Points<T>& points, std::size_t n_clusters) {
  const std::size_t n = points.rows(), tiles = tiles_of(n), copy = Tiles<T>::bytes(points, n_clusters);
  if (!bounds_pay(points, n_clusters)) return copy;
  const std::size_t row = sizeof(float) + sizeof(std::uint32_t) + sizeof(std::int32_t);  // norms, order, labels
  return copy + tiles * tile * row + (points.weights ? n * sizeof(double) : 0) + order_bytes<T>(n) +
         TileBounds::bytes(tiles, panels_of(n_clusters));
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
  const std::size_t n = points_.rows(), count = tiles_of(n);
  rows_.step = choose_step();
  // Not filled with zeros: the thread that fills it should touch it first.
  tiles_ = LargeArray<std::int16_t>(count * tile_values(points_.columns()));
  if (bounds_) norms_ = LargeArray<float>(count * tile);
  beyond_.resize(count);
  round(*points_.source, pass);
  std::size_t outside = 0;
  for (std::uint32_t bits : beyond_)
    for (; bits != 0; bits &= bits - 1) ++outside;
  too_coarse_ = outside > n / 200;
}

template <class T>
void Tiles<T>::round(const RowSource<T>& source, const Pass& pass) {
  const std::size_t n = points_.rows(), d = points_.columns();
  const double factor = std::ldexp(1.0, -points_.frame.spread_exponent) / rows_.step;
  Vector<double> longest(static_cast<std::size_t>(pass.threads), 0.0);
  const auto round_tile = kernels::pick().int16.round(T());
  const PassPlan plan(pass.threads, Blocks(n, d * 8, 1, tile), tile);
  for_each_block(source, nullptr, plan, pass.poll, [&](const RowBlock<T>& block, int worker) {
    const T* rows[tile];
    double norms[tile];
    double& most = longest[static_cast<std::size_t>(worker)];
    for (std::size_t first = 0; first < block.count; first += tile) {
      // The last row stands in for rows that are not there.
      for (std::size_t l = 0; l < tile; ++l) block.prefetch(std::min(first + tile + l, block.count - 1));
      for (std::size_t l = 0; l < tile; ++l) rows[l] = block.row(std::min(first + l, block.count - 1), l);
      const std::size_t t = (block.first + first) / tile;
      beyond_[t] = round_tile(rows, points_.frame.origin.data(), factor, d, tiles_.data() + t * tile_values(d), norms);
      most = std::max(most, *std::max_element(norms, norms + tile));  // 0 for those beyond
      if (norms_)
        for (std::size_t l = 0; l < tile; ++l)
          norms_[t * tile + l] = static_cast<float>(norms[l] * rows_.step * rows_.step);
    }
  });
  rows_.longest = rows_.step * std::sqrt(*std::max_element(longest.begin(), longest.end())) * a_little_more;
  rows_.error = 0.51 * rows_.step * std::sqrt(static_cast<double>(d)) * a_little_more;
}

template <class T>
bool Tiles<T>::begin(const Pass& pass) {
  if (pass.exact.scale() != 0 || too_coarse_) return false;
  bounded_ = bounds_ && policy_.state() == PassPolicy::State::pruning;
  if (bounded_) begin_bounds(pass);
  if (!pack(pass)) return false;
  if (bounded_ && !sorted_) {
    sort(pass);
    if (!pack(pass)) return false;  // the rows were read again, and may have changed
  }
  if (bounded_)
    bounds_->begin(centers_, groups_, rows_);
  else if (bounds_)
    bounds_->forget();
  if (sorted_ && forgotten_) in_order(pass.labels, own_labels_.data(), pass.poll);
  forgotten_ = false;
  pass_ = &pass;
  if (const std::size_t panels = centers_.view().panels; panels != all_panels_.size()) {
    all_panels_.resize(panels);
    std::iota(all_panels_.begin(), all_panels_.end(), 0u);
    scratch_.assign(static_cast<std::size_t>(pass.threads), Scratch(panels, bounds_ != nullptr));
  }
  return true;
}

template <class T>
bool Tiles<T>::pack(const Pass& pass) {
  if (!centers_.pack(pass.centers, n_clusters_, points_.frame.origin, points_.frame.spread_exponent, rows_,
                     bounded_ ? &groups_ : nullptr))
    return false;
  bounded_ = bounded_ && centers_.in_groups();
  return true;
}

template <class T>
void Tiles<T>::begin_bounds(const Pass& pass) {
  if (bounds_->known()) {
    groups_.move(pass.centers, pass.exact, std::ldexp(1.0, -points_.frame.spread_exponent), pass.threads, pass.poll);
  } else {
    groups_.make(pass.centers);
    groups_.start(pass.centers);
  }
}

/// The rows of a tile are near each other from now on.
template <class T>
void Tiles<T>::sort(const Pass& pass) {
  const std::size_t n = points_.rows();
  order_ = order_in_tiles(points_, pass.labels, groups_, tile, pass.threads, pass.poll);
  sorted_ = std::make_unique<OrderedRows<T>>(*points_.source, order_.data());
  own_labels_ = LargeArray<std::int32_t>(n);
  forgotten_ = true;
  if (points_.weights) {
    weights_ = LargeArray<double>(n);
    in_order(points_.weights, weights_.data(), pass.poll);
  }
  round(*sorted_, pass);
}

/// From the order of X to that of the tiles.
template <class T>
template <class Value>
void Tiles<T>::in_order(const Value* from, Value* to, const Poll& poll) const {
  const Blocks blocks(points_.rows(), 64);
  parallel_blocks(blocks.count(), useful_threads(points_.n_threads, {points_.rows(), 8}), poll,
                  [&](std::size_t block, int) {
                    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i) to[i] = from[order_[i]];
                  });
}

template <class T>
Tally Tiles<T>::run(const Pass& pass) {
  if (!sorted_) return BlockAlgorithm<T>::run(pass);
  written_ = false;
  return this->run_on(*sorted_, weights_.data(), own_labels_.data(), pass);
}

template <class T>
void Tiles<T>::write_labels(std::int32_t* labels, const Poll& poll) {
  if (written_) return;
  const Blocks blocks(points_.rows(), 64);
  parallel_blocks(blocks.count(), useful_threads(points_.n_threads, {points_.rows(), 8}), poll,
                  [&](std::size_t block, int) {
                    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i)
                      labels[order_[i]] = own_labels_[i];
                  });
  written_ = true;
}

template <class T>
void Tiles<T>::forget() {
  forgotten_ = true;
  if (bounds_) bounds_->forget();
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
  static constexpr std::size_t group = Scratch::group;
  Tiles& shared;
  const RowBlock<T>& rows;
  const std::int32_t* labels;
  const BlockLabels<T> relabel;
  Tally& tally;
  Scratch& scratch;
  const Pass& pass = *shared.pass_;
  const kernels::Int16Centers centers = shared.centers_.view();
  const kernels::Int16Kernels& kernels = kernels::pick().int16;
  const std::size_t first_tile = rows.first / tile;
  kernels::Int16Look looks[group] = {};  // of the tiles at hand

  const std::int16_t* values(std::size_t t) const {
    return shared.tiles_.data() + (first_tile + t) * centers.pairs * 2 * tile;
  }

  /// Tiles [first, first + count) of the block, at most a group.
  void label(std::size_t first, std::size_t count) {
    std::int32_t least[group * tile], found[group * tile];
    kernels::Int16Verdict verdicts[group];
    for (std::size_t t = 0; t < count; ++t)
      verdicts[t] =
          nearest(first + t, looks[t], shared.bounded_ ? scratch.list(t) : nullptr, least + t * tile, found + t * tile);
    // Rows to be looked at lie far apart: have them all fetched before the first is read.
    for (std::size_t t = 0; t < count; ++t)
      for (std::uint32_t bits = (verdicts[t].undecided | verdicts[t].moved) & real(first + t); bits != 0;
           bits &= bits - 1)
        rows.prefetch((first + t) * tile + kernels::lowest_bit(bits));
    for (std::size_t t = 0; t < count; ++t)
      settle(first + t, looks[t], verdicts[t], least + t * tile, found + t * tile);
  }

  kernels::Int16Verdict nearest(std::size_t t, kernels::Int16Look& look, std::uint32_t* panels, std::int32_t* least,
                                std::int32_t* found) {
    const std::size_t first = t * tile, count = std::min(tile, rows.count - first);
    std::int32_t own[tile];  // the last tile has fewer labels than the kernels read
    for (std::size_t l = 0; l < tile; ++l) own[l] = labels[first + std::min(l, count - 1)];
    look = {shared.all_panels_.data(), centers.panels, nullptr, nullptr};
    if (!shared.bounded_) return kernels.nearest(centers, look, values(t), own, least, found);
    std::int32_t slots[tile];
    for (std::size_t l = 0; l < tile; ++l) slots[l] = shared.groups_.slot_of(own[l]);
    TileBounds& bounds = *shared.bounds_;
    const std::size_t at = first_tile + t;
    look.panels = panels;
    look.count = bounds.choose(at, values(t), slots, shared.norms_.data() + at * tile, scratch.bounds, panels);
    look.below = scratch.bounds.below;
    look.gains = scratch.bounds.gains.data();
    tally.looks += look.count;
    const kernels::Int16Verdict verdict = kernels.nearest(centers, look, values(t), own, least, found);
    bounds.keep(at, panels, look.count, scratch.bounds);
    return verdict;
  }

  /// Bit l: the tile's row l is a row.
  std::uint32_t real(std::size_t t) const { return 0xffffffffu >> (tile - std::min(tile, rows.count - t * tile)); }

  void settle(std::size_t t, const kernels::Int16Look& look, kernels::Int16Verdict verdict, const std::int32_t* least,
              const std::int32_t* found) {
    const std::uint32_t beyond = shared.beyond_[first_tile + t] & real(t);
    const std::uint32_t undecided = verdict.undecided & real(t) & ~beyond;
    for (std::uint32_t bits = verdict.moved & real(t) & ~beyond & ~undecided; bits != 0; bits &= bits - 1)
      relabel(t * tile + kernels::lowest_bit(bits), found[kernels::lowest_bit(bits)]);
    for (std::uint32_t bits = undecided; bits != 0; bits &= bits - 1)
      judge(t, look, kernels::lowest_bit(bits), least[kernels::lowest_bit(bits)] + centers.margin);
    for (std::uint32_t bits = beyond; bits != 0; bits &= bits - 1) {
      const std::size_t row = t * tile + kernels::lowest_bit(bits);
      relabel(row, static_cast<std::int32_t>(pass.exact.nearest(rows.row(row), pass.centers, pass.n_clusters)));
    }
  }

  /// The exact distance decides among the centers whose score is at most `limit`.
  void judge(std::size_t t, const kernels::Int16Look& look, std::size_t lane, std::int32_t limit) {
    const std::size_t row = t * tile + lane, d = shared.points_.columns();
    std::int32_t* const near = scratch.near.data();
    const std::size_t count = kernels.contenders(centers, look, values(t), lane, limit, near);
    const T* const row_values = rows.row(row);
    Nearest nearest;
    const auto try_center = [&](std::int32_t c) {
      nearest.look(c, pass.exact(row_values, pass.centers + static_cast<std::size_t>(c) * d));
    };
    for (std::size_t i = 0; i < count; ++i) try_center(near[i]);
    if (limit >= centers.floor)
      for (const std::int32_t c : shared.centers_.far()) try_center(c);
    relabel(row, nearest.center);
    ++tally.undecided;
  }
};

template <class T>
void Tiles<T>::label(const RowBlock<T>& block, std::int32_t* labels, Partial* sums, Tally& tally, int worker) {
  Work work{*this, block, labels, {block, labels, sums, tally}, tally, scratch_[static_cast<std::size_t>(worker)]};
  const std::size_t count = tiles_of(block.count);
  for (std::size_t t = 0; t < count; t += Scratch::group) work.label(t, std::min(Scratch::group, count - t));
}

template <class T>
void Tiles<T>::end(const Tally& tally) {
  pruned_fraction_ = 1.0 - static_cast<double>(tally.undecided) / static_cast<double>(points_.rows());
  if (!bounded_ || !bounds_->known()) {
    policy_.made_full_pass(tally.changed);
  } else {
    const double all = static_cast<double>(tiles_of(points_.rows()) * centers_.view().panels);
    bounded_ = !policy_.made_pruned_pass(tally.changed, 1.0 - static_cast<double>(tally.looks) / all);
  }
  if (bounded_)
    bounds_->remember();
  else if (bounds_)
    bounds_->forget();
}

template class Tiles<std::uint8_t>;
template class Tiles<float>;
template class Tiles<double>;
template class BoundedTiles<std::uint8_t>;
template class BoundedTiles<float>;
template class BoundedTiles<double>;

}  // namespace pykmeans::detail
