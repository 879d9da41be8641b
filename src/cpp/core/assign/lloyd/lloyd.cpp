#include "lloyd.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "../../filter/codebook.hpp"
#include "../../filter/filter_frame.hpp"
#include "../../machine/large_array.hpp"
#include "../../machine/parallel.hpp"
#include "../../rows/row_reader.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

/// Packed values of a group of tiles: about what a first-level cache holds beside a panel of centers.
constexpr std::size_t group_values = 6144;
constexpr std::size_t most_tiles = 16;  // of a group

/// PackedTiles of points, their values and row errors.
template <class Float>
struct PackedTiles {
  LargeArray<Float> values;      // (tiles, features, tile)
  LargeArray<Float> row_errors;  // (tiles * tile)

  PackedTiles() = default;
  PackedTiles(std::size_t rows, std::size_t features) : values(rows * features), row_errors(rows) {}
};

std::size_t lowest_bit(std::uint32_t bits) {
  std::size_t bit = 0;
  for (; (bits & 1) == 0; bits >>= 1) ++bit;
  return bit;
}

}  // namespace

/// What a filter needs in every pass.
template <class T>
template <class Float>
struct Lloyd<T>::Filter : Pooled {
  Codebook<Float> codebook;
  Vector<Worker<Float>> workers;
  PackedTiles<Float> kept;  // of all points, or nothing
  double kept_tau = -1.0;   // of their row errors; negative where they are not filled yet
};

/// PackedTiles of points and what the filter says of them; one per thread.
template <class T>
template <class Float>
struct alignas(64) Lloyd<T>::Worker {
  const Points<T>& points;
  const FilterFrame& frame;
  const kernels::FilterKernels<Float>& kernels;
  const kernels::ScoreKernels<Float>& score;
  const Codebook<Float>& codebook;
  const double factor;
  const std::size_t tile, group_rows;
  PackedTiles<Float> own;                             // a group, or rows that are undecided
  Vector<Float> norms = Vector<Float>(tile), scores;  // of a tile
  RowReader<T> read = RowReader<T>(points, tile);
  Vector<const T*> row_pointers = Vector<const T*>(tile);
  Vector<std::int32_t> found = Vector<std::int32_t>(group_rows);
  Vector<std::size_t> undecided;  // rows, fewer than a tile and a group of them

  // Of a pass.
  const Assignment* pass = nullptr;
  Labeller<T> relabel;
  std::size_t undecided_rows = 0, candidates = 0;

  Worker(const Points<T>& data, const FilterFrame& where, const kernels::FilterKernels<Float>& functions,
         const Codebook<Float>& centers)
      : points(data),
        frame(where),
        kernels(functions),
        score(where.filter->of(Float()).kernels(functions)),
        codebook(centers),
        factor(std::ldexp(1.0, -where.exponent)),
        tile(functions.tile),
        group_rows(std::clamp<std::size_t>(group_values / (data.values.columns * tile), 1, most_tiles) * tile),
        own(group_rows, data.values.columns),
        relabel{data, nullptr, nullptr} {
    undecided.reserve(tile + group_rows);
  }

  void begin(const Assignment& new_pass, Partial* sums) {
    pass = &new_pass;
    relabel.labels = new_pass.labels;
    relabel.sums = sums;
    relabel.changed = 0;
    undecided_rows = candidates = 0;
    scores.reserve(codebook.most_slots() * tile);  // now, not when the first row is undecided
  }

  /// Pack up to a tile of rows, row_of(0), row_of(1), ..., filled up with copies of the first.
  template <class RowOf>
  void pack(std::size_t rows, RowOf row_of, Float* values, Float* row_errors) {
    for (std::size_t i = 0; i < tile; ++i) row_pointers[i] = i < rows ? read(row_of(i), i) : row_pointers[0];
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
          std::min(tile, end - first), [=](std::size_t i) { return first + i; },
          values + (first - begin) * points.values.columns, row_errors + (first - begin));
  }

  /// Rows [begin, end), at most a group of them.
  void filter(std::size_t begin, std::size_t end, const Float* values, const Float* row_errors) {
    kernels::TileVerdict verdicts[most_tiles];
    const std::size_t full = (end - begin) / tile, rest = begin + full * tile;
    score.nearest({values, row_errors, pass->labels + begin, full}, codebook.panels(), found.data(), verdicts);
    if (rest < end) {  // the labels of a tile that is not full are fewer than the kernel reads
      std::int32_t labels[32] = {};
      std::copy(pass->labels + rest, pass->labels + end, labels);
      score.nearest({values + full * tile * points.values.columns, row_errors + full * tile, labels, 1},
                    codebook.panels(), found.data() + full * tile, verdicts + full);
    }
    for (std::size_t first = begin; first < end; first += tile) {
      const std::size_t rows = std::min(tile, end - first);
      const std::uint32_t real = 0xffffffffu >> (32 - rows);
      const kernels::TileVerdict& verdict = verdicts[(first - begin) / tile];
      std::uint32_t moved = verdict.moved & ~verdict.undecided & real;
      for (; moved != 0; moved &= moved - 1) {
        const std::size_t row = first + lowest_bit(moved);
        relabel(row, found[row - begin]);
      }
      for (std::uint32_t left = verdict.undecided & real; left != 0; left &= left - 1)
        undecided.push_back(first + lowest_bit(left));
    }
  }

  /// The exact distance's word on the last rows of the list, at most a tile of them.
  void settle_tile() {
    const std::size_t rows = std::min(undecided.size(), tile);
    const std::size_t* list = undecided.data() + undecided.size() - rows;
    pack(rows, [=](std::size_t i) { return list[i]; }, own.values.data(), own.row_errors.data());
    scores.resize(codebook.slots() * tile);
    score.scores(own.values.data(), codebook.panels(), scores.data());
    for (std::size_t i = 0; i < rows; ++i) relabel(list[i], judge(list[i], i));
    undecided_rows += rows;
    undecided.resize(undecided.size() - rows);
  }

  std::int32_t judge(std::size_t row, std::size_t lane) {
    const auto score_of = [&](std::size_t c) { return static_cast<double>(scores[c * tile + lane]); };
    std::size_t b = 0;
    for (std::size_t c = 1; c < codebook.size(); ++c)
      if (score_of(c) < score_of(b)) b = c;
    const double limit = score_of(b) + codebook.center_error(b) + static_cast<double>(own.row_errors[lane]);
    const T* const values = read(row);
    double least = std::numeric_limits<double>::infinity();
    std::int32_t label = codebook.original(0);
    for (std::size_t c = 0; c < codebook.size(); ++c) {
      if (score_of(c) > limit) continue;  // a score or limit that is NaN leaves the center in
      const double distance =
          pass->exact(values, pass->centers + static_cast<std::size_t>(codebook.original(c)) * points.values.columns);
      ++candidates;
      if (distance < least) {
        least = distance;
        label = codebook.original(c);
      }
    }
    return label;
  }

  /// @param kept  tiles of all points, or nullptr  @param filled  whether they hold them already
  void block(std::size_t begin, std::size_t end, PackedTiles<Float>* kept, bool filled) {
    for (std::size_t first = begin; first < end; first += group_rows) {
      const std::size_t last = std::min(end, first + group_rows);
      Float* values = kept ? kept->values.data() + first * points.values.columns : own.values.data();
      Float* row_errors = kept ? kept->row_errors.data() + first : own.row_errors.data();
      if (!filled) pack_group(first, last, values, row_errors);
      filter(first, last, values, row_errors);
      while (undecided.size() >= tile) settle_tile();
    }
    while (!undecided.empty()) settle_tile();
  }
};

template <class T>
Lloyd<T>::Lloyd(const Points<T>& points, std::size_t n_clusters, const Poll& poll)
    : points_(points), n_clusters_(n_clusters), poll_(poll) {}

template <class T>
Lloyd<T>::~Lloyd() = default;

template <class T>
void Lloyd<T>::frame() {
  if (frame_) return;
  frame_ = frame_of(points_, poll_);
  use_double_ = !frame_->float_suffices;
}

template <class T>
template <class Float>
std::size_t Lloyd<T>::by_filter(const Assignment& pass, const kernels::FilterKernels<Float>& kernels,
                                std::unique_ptr<Filter<Float>>& filter) {
  const std::size_t n = points_.values.rows, d = points_.values.columns, tile = kernels.tile;
  if (!filter) filter = std::make_unique<Filter<Float>>();
  Codebook<Float>& codebook = filter->codebook;
  codebook.pack(pass.centers, n_clusters_, *frame_, pass.exact.scale(), kernels.widest);
  const std::size_t all_rows = (n + tile - 1) / tile * tile;
  const bool keep = pass.sums.of(0) && all_rows <= most_kept_values / d;  // sums are wanted: there will be more passes
  if (keep && !filter->kept.values) filter->kept = PackedTiles<Float>(all_rows, d);
  const bool filled = keep && filter->kept_tau == codebook.tau();
  Vector<Worker<Float>>& workers = filter->workers;
  for (int w = 0; w < pass.threads; ++w) {
    if (workers.size() == static_cast<std::size_t>(w)) workers.emplace_back(points_, *frame_, kernels, codebook);
    workers[static_cast<std::size_t>(w)].begin(pass, pass.sums.of(w));
  }
  const Blocks blocks(n, d * n_clusters_, pass.threads, tile);
  parallel_blocks(blocks.count(), pass.threads, poll_, [&](std::size_t block, int worker) {
    workers[static_cast<std::size_t>(worker)].block(blocks.begin(block), blocks.end(block),
                                                    keep ? &filter->kept : nullptr, filled);
  });
  if (keep) filter->kept_tau = codebook.tau();
  std::size_t changed = 0, undecided = 0, candidates = 0;
  for (int w = 0; w < pass.threads; ++w) {
    const Worker<Float>& worker = workers[static_cast<std::size_t>(w)];
    changed += worker.relabel.changed;
    undecided += worker.undecided_rows;
    candidates += worker.candidates;
  }
  // Many rows with many candidates each: the centers lie closer together than float32 can tell in this frame.
  if (undecided > n / 8 && candidates > 8 * undecided) use_double_ = true;
  return changed;
}

template <class T>
std::size_t Lloyd<T>::by_exact_distance(const Assignment& pass) {
  const std::size_t n = points_.values.rows;
  Vector<Labeller<T>> labellers;
  for (int w = 0; w < pass.threads; ++w) labellers.push_back({points_, pass.labels, pass.sums.of(w)});
  const Blocks blocks(n, (points_.values.columns + 8) * n_clusters_, pass.threads);
  parallel_blocks(blocks.count(), pass.threads, poll_, [&](std::size_t block, int worker) {
    Labeller<T>& relabel = labellers[static_cast<std::size_t>(worker)];
    const RowReader<T> read(points_);
    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i)
      relabel(i, static_cast<std::int32_t>(pass.exact.nearest(read(i), pass.centers, n_clusters_)));
  });
  std::size_t changed = 0;
  for (const Labeller<T>& relabel : labellers) changed += relabel.changed;
  return changed;
}

template <class T>
std::size_t Lloyd<T>::assign(const Assignment& pass) {
  const kernels::KernelTable& table = kernels::pick();
  const LloydFilter* filter = traits(points_.metric.distance).filter;
  if (!filter || (pass.exact.scale() != 0 && !filter->scales)) return by_exact_distance(pass);
  if (points_.values.rows < table.float32.tile) return by_exact_distance(pass);  // packing costs more than it saves
  frame();
  return use_double_ ? by_filter(pass, table.float64, double_) : by_filter(pass, table.float32, single_);
}

template class Lloyd<std::uint8_t>;
template class Lloyd<float>;
template class Lloyd<double>;

}  // namespace pykmeans::detail
