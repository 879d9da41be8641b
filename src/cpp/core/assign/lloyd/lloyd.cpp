#include "lloyd.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "../../../kernels/bits.hpp"
#include "../../filter/codebook.hpp"
#include "../../filter/filter_frame.hpp"
#include "../../machine/large_array.hpp"
#include "../../rows/row_block.hpp"
#include "../thresholds.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

/// Packed values of a group of tiles: about what a first-level cache holds beside a panel of centers.
constexpr std::size_t group_values = 6144;
constexpr std::size_t most_tiles = 16;  // of a group

/// Tiles of points, their values and row errors.
template <class Float>
struct PackedTiles {
  LargeArray<Float> values;      // (tiles, features, tile)
  LargeArray<Float> row_errors;  // (tiles * tile)

  PackedTiles() = default;
  PackedTiles(std::size_t rows, std::size_t features) : values(rows * features), row_errors(rows) {}
};

}  // namespace

/// What a filter needs in every pass.
template <class T>
template <class Float>
struct Lloyd<T>::Filter : Pooled {
  Codebook<Float> codebook;
  Vector<Worker<Float>> workers;
  PackedTiles<Float> all;             // of all points, or nothing
  double all_tau = -1.0;              // of their row errors; negative where they are not filled yet
  bool keeps = false, holds = false;  // in the pass at hand: whether they are kept, and are filled already
};

/// Tiles of points and what the filter says of them; one per thread.
template <class T>
template <class Float>
struct alignas(64) Lloyd<T>::Worker {
  const std::size_t features;
  const FilterFrame& frame;
  const kernels::FilterKernels<Float>& kernels;
  const kernels::ScoreKernels<Float>& score;
  const Codebook<Float>& codebook;
  const double factor;
  const std::size_t tile, group_rows;
  PackedTiles<Float> own;                             // a group, or rows that are undecided
  Vector<Float> norms = Vector<Float>(tile), scores;  // of a tile
  Vector<const T*> row_pointers = Vector<const T*>(tile);
  Vector<std::int32_t> found = Vector<std::int32_t>(group_rows);
  Vector<std::size_t> undecided;  // rows, fewer than a tile and a group of them

  // Of the block at hand.
  const RowBlock<T>* rows = nullptr;
  const std::int32_t* labels = nullptr;

  Worker(const Points<T>& data, const FilterFrame& where, const kernels::FilterKernels<Float>& functions,
         const Codebook<Float>& centers)
      : features(data.columns()),
        frame(where),
        kernels(functions),
        score(where.filter->of(Float()).kernels(functions)),
        codebook(centers),
        factor(std::ldexp(1.0, -where.exponent)),
        tile(functions.tile),
        group_rows(std::clamp<std::size_t>(group_values / (features * tile), 1, most_tiles) * tile),
        own(group_rows, features) {
    undecided.reserve(tile + group_rows);
  }

  /// Pack up to a tile of rows, row_of(0), row_of(1), ..., filled up with copies of the first.
  template <class RowOf>
  void pack(std::size_t count, RowOf row_of, Float* values, Float* row_errors) {
    for (std::size_t i = 0; i < tile; ++i) row_pointers[i] = i < count ? rows->row(row_of(i), i) : row_pointers[0];
    const auto pack_tile = kernels.pack.from(T());
    const std::size_t numbers = frame.numbers();
    if (frame.categories() != 0) {
      for (const T*& row : row_pointers) row += numbers;
      pack_tile(row_pointers.data(), frame.category_origin.data(), 1.0, frame.categories(), values + numbers * tile,
                norms.data());
      for (const T*& row : row_pointers) row -= numbers;
    }
    pack_tile(row_pointers.data(), frame.origin.data(), factor, numbers, values, norms.data());
    codebook.row_errors(norms.data(), tile, row_errors);
  }

  void pack_group(std::size_t begin, std::size_t end, Float* values, Float* row_errors) {
    for (std::size_t first = begin; first < end; first += tile)
      pack(
          std::min(tile, end - first), [=](std::size_t i) { return first + i; }, values + (first - begin) * features,
          row_errors + (first - begin));
  }

  /// Rows [begin, end), at most a group of them.
  void filter(std::size_t begin, std::size_t end, const Float* values, const Float* row_errors,
              const BlockLabels<T>& relabel) {
    kernels::TileVerdict verdicts[most_tiles];
    const std::size_t full = (end - begin) / tile, rest = begin + full * tile;
    score.nearest({values, row_errors, labels + begin, full}, codebook.panels(), found.data(), verdicts);
    if (rest < end) {  // the labels of a tile that is not full are fewer than the kernel reads
      std::int32_t last[32] = {};
      std::copy(labels + rest, labels + end, last);
      score.nearest({values + full * tile * features, row_errors + full * tile, last, 1}, codebook.panels(),
                    found.data() + full * tile, verdicts + full);
    }
    for (std::size_t first = begin; first < end; first += tile) {
      const std::size_t count = std::min(tile, end - first);
      const std::uint32_t real = 0xffffffffu >> (32 - count);
      const kernels::TileVerdict& verdict = verdicts[(first - begin) / tile];
      std::uint32_t moved = verdict.moved & ~verdict.undecided & real;
      for (; moved != 0; moved &= moved - 1) {
        const std::size_t row = first + kernels::lowest_bit(moved);
        relabel(row, found[row - begin]);
      }
      for (std::uint32_t left = verdict.undecided & real; left != 0; left &= left - 1)
        undecided.push_back(first + kernels::lowest_bit(left));
    }
  }

  /// The exact distances decide the last rows of the list, at most a tile of them.
  void settle_tile(const Pass& pass, const BlockLabels<T>& relabel, Tally& tally) {
    const std::size_t count = std::min(undecided.size(), tile);
    const std::size_t* list = undecided.data() + undecided.size() - count;
    pack(count, [=](std::size_t i) { return list[i]; }, own.values.data(), own.row_errors.data());
    scores.resize(codebook.slots() * tile);
    score.scores(own.values.data(), codebook.panels(), scores.data());
    for (std::size_t i = 0; i < count; ++i) relabel(list[i], judge(pass, list[i], i, tally));
    tally.undecided += count;
    undecided.resize(undecided.size() - count);
  }

  std::int32_t judge(const Pass& pass, std::size_t row, std::size_t lane, Tally& tally) const {
    const auto score_of = [&](std::size_t c) { return static_cast<double>(scores[c * tile + lane]); };
    std::size_t b = 0;
    for (std::size_t c = 1; c < codebook.size(); ++c)
      if (score_of(c) < score_of(b)) b = c;
    const double limit = score_of(b) + codebook.center_error(b) + static_cast<double>(own.row_errors[lane]);
    const T* const values = rows->row(row);
    Nearest nearest{codebook.original(0)};
    for (std::size_t c = 0; c < codebook.size(); ++c) {
      if (score_of(c) > limit) continue;  // a score or limit that is NaN leaves the center in
      const std::int32_t center = codebook.original(c);
      nearest.look(center, pass.exact(values, pass.centers + static_cast<std::size_t>(center) * features));
      ++tally.distances;
    }
    return nearest.center;
  }

  /// @param all  tiles of all points, or nullptr  @param filled  whether they hold them already
  void block(const RowBlock<T>& that, std::int32_t* block_labels, const Pass& pass, const BlockLabels<T>& relabel,
             Tally& tally, PackedTiles<Float>* all, bool filled) {
    rows = &that;
    labels = block_labels;
    for (std::size_t first = 0; first < that.count; first += group_rows) {
      const std::size_t last = std::min(that.count, first + group_rows);
      Float* values = all ? all->values.data() + (that.first + first) * features : own.values.data();
      Float* row_errors = all ? all->row_errors.data() + that.first + first : own.row_errors.data();
      if (!filled) pack_group(first, last, values, row_errors);
      filter(first, last, values, row_errors, relabel);
      while (undecided.size() >= tile) settle_tile(pass, relabel, tally);
    }
    while (!undecided.empty()) settle_tile(pass, relabel, tally);
  }
};

template <class T>
Lloyd<T>::Lloyd(const Points<T>& points, std::size_t n_clusters, const MemoryLimit& limit, std::size_t kept)
    : BlockAlgorithm<T>(points),
      n_clusters_(n_clusters),
      may_keep_rows_(limit.allows(thresholds::most_kept_values * (sizeof(float) + sizeof(double)), kept)) {}

template <class T>
Lloyd<T>::~Lloyd() = default;

/// A filter decides where packing costs less than it saves, and where its proof holds.
template <class T>
typename Lloyd<T>::By Lloyd<T>::choose(const Pass& pass) {
  const LloydFilter* filter = traits(points_.metric.distance).filter;
  if (!filter || (pass.exact.scale() != 0 && !filter->scales)) return By::exact_distance;
  if (points_.rows() < kernels::pick().float32.tile) return By::exact_distance;
  if (!frame_) {
    frame_ = frame_of(points_, pass.poll);
    use_double_ = !frame_->float_suffices;
  }
  return use_double_ ? By::float64 : By::float32;
}

template <class T>
template <class Float>
void Lloyd<T>::pack(const Pass& pass, const kernels::FilterKernels<Float>& kernels,
                    std::unique_ptr<Filter<Float>>& filter) {
  const std::size_t n = points_.rows(), d = points_.columns(), tile = kernels.tile;
  if (!filter) filter = std::make_unique<Filter<Float>>();
  filter->codebook.pack(pass.centers, n_clusters_, *frame_, pass.exact.scale(), kernels.widest);
  const std::size_t all_rows = (n + tile - 1) / tile * tile;
  // Sums are wanted: there will be more passes.
  filter->keeps = may_keep_rows_ && pass.sums.of(0) && all_rows <= thresholds::most_kept_values / d;
  if (filter->keeps && !filter->all.values) filter->all = PackedTiles<Float>(all_rows, d);
  filter->holds = filter->keeps && filter->all_tau == filter->codebook.tau();
  while (filter->workers.size() < static_cast<std::size_t>(pass.threads))
    filter->workers.emplace_back(points_, *frame_, kernels, filter->codebook);
  // Now, and for all workers: which of them get a block, and a row that is undecided, differs from fit to fit.
  for (Worker<Float>& worker : filter->workers) worker.scores.reserve(filter->codebook.most_slots() * tile);
}

template <class T>
bool Lloyd<T>::begin(const Pass& pass) {
  pass_ = &pass;
  by_ = choose(pass);
  if (by_ == By::float32) pack(pass, kernels::pick().float32, single_);
  if (by_ == By::float64) pack(pass, kernels::pick().float64, double_);
  return true;
}

template <class T>
PassPlan Lloyd<T>::plan(const Pass& pass) const {
  const std::size_t n = points_.rows(), d = points_.columns();
  if (by_ == By::exact_distance) return PassPlan(pass.threads, Blocks(n, (d + 8) * n_clusters_, pass.threads));
  const kernels::KernelTable& table = kernels::pick();
  const std::size_t tile = by_ == By::float32 ? table.float32.tile : table.float64.tile;
  return PassPlan(pass.threads, Blocks(n, d * n_clusters_, pass.threads, tile), tile);
}

template <class T>
void Lloyd<T>::label_exactly(const RowBlock<T>& block, const BlockLabels<T>& relabel) const {
  for (std::size_t i = 0; i < block.count; ++i)
    relabel(i, static_cast<std::int32_t>(pass_->exact.nearest(block.row(i), pass_->centers, n_clusters_)));
}

template <class T>
void Lloyd<T>::label(const RowBlock<T>& block, std::int32_t* labels, Partial* sums, Tally& tally, int worker) {
  const BlockLabels<T> relabel(block, labels, sums, tally);
  const auto filtered = [&](auto& filter) {
    filter.workers[static_cast<std::size_t>(worker)].block(block, labels, *pass_, relabel, tally,
                                                           filter.keeps ? &filter.all : nullptr, filter.holds);
  };
  if (by_ == By::float32)
    filtered(*single_);
  else if (by_ == By::float64)
    filtered(*double_);
  else
    label_exactly(block, relabel);
}

template <class T>
void Lloyd<T>::end(const Tally& tally) {
  if (by_ == By::float32 && single_->keeps) single_->all_tau = single_->codebook.tau();
  if (by_ == By::float64 && double_->keeps) double_->all_tau = double_->codebook.tau();
  // Many rows with many candidates each: the centers lie closer together than float32 can tell in this frame.
  if (tally.undecided > points_.rows() / 8 && tally.distances > 8 * tally.undecided) use_double_ = true;
}

template class Lloyd<std::uint8_t>;
template class Lloyd<float>;
template class Lloyd<double>;

}  // namespace pykmeans::detail
