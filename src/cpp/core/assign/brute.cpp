#include "brute.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../parallel.hpp"

namespace pykmeans::detail {

namespace {

/// Packed values of a group of tiles: about what a first-level cache holds beside a panel of centers.
constexpr std::size_t group_values = 6144;

}  // namespace

/// Tiles of points and what the filter says of them; one per thread.
template <class T>
template <class Float>
struct BruteAssigner<T>::Worker {
  const Points<T>& points;
  const Assignment& pass;
  const Codebook<Float>& codebook;
  const kernels::FilterKernels<Float>& kernels;
  const double factor;
  Labeller<T> relabel;

  Worker(const Points<T>& data, const Assignment& call, const Codebook<Float>& packed_centers,
         const kernels::FilterKernels<Float>& functions, Partial* sums)
      : points(data),
        pass(call),
        codebook(packed_centers),
        kernels(functions),
        factor(std::ldexp(1.0, -data.spread_exponent)),
        relabel{data, call.labels, sums} {}

  std::vector<Float> packed, norms, best, second, scores;
  std::vector<const T*> row_pointers;
  std::vector<std::int32_t> index;
  std::vector<double> doubt;           // 2 B of each packed point
  std::vector<std::size_t> undecided;  // rows
  std::size_t undecided_rows = 0, candidates = 0;

  void prepare(std::size_t tiles) {
    const std::size_t rows = tiles * kernels.dot.tile;
    if (best.size() == rows) return;
    packed.resize(rows * points.values.columns);
    best.resize(rows);
    second.resize(rows);
    index.resize(rows);
    doubt.resize(rows);
    norms.resize(kernels.dot.tile);
    row_pointers.resize(kernels.dot.tile);
  }

  /// Pack up to a tile of rows, row_of(0), row_of(1), ..., into tile t, filled up with copies of the first.
  template <class RowOf>
  void pack(std::size_t t, std::size_t rows, RowOf row_of) {
    const std::size_t d = points.values.columns, tile = kernels.dot.tile;
    for (std::size_t i = 0; i < tile; ++i) row_pointers[i] = points.values.row(row_of(i < rows ? i : 0));
    kernels.pack.from(T())(row_pointers.data(), points.origin.data(), factor, d, packed.data() + t * tile * d,
                           norms.data());
    const FilterError<Float>& error = codebook.error();
    for (std::size_t i = 0; i < tile; ++i) {
      const auto norm = static_cast<double>(norms[i]);
      doubt[t * tile + i] =
          norm <= 0x1p80 ? error.epsilon * norm + 2.0 * error.tau : std::numeric_limits<double>::infinity();
    }
  }

  /// Rows [begin, end), at most `tiles` tiles of them.
  void filter(std::size_t begin, std::size_t end) {
    const std::size_t rows = end - begin, tiles = (rows + kernels.dot.tile - 1) / kernels.dot.tile;
    for (std::size_t t = 0; t < tiles; ++t) {
      const std::size_t first = begin + t * kernels.dot.tile;
      pack(t, std::min(kernels.dot.tile, end - first), [=](std::size_t i) { return first + i; });
    }
    kernels.dot.nearest(packed.data(), codebook.values(), codebook.bounds(), points.values.columns, codebook.panels(),
                        tiles, best.data(), second.data(), index.data());
    for (std::size_t i = 0; i < rows; ++i) {
      const auto b = static_cast<std::size_t>(index[i]);
      const double limit = static_cast<double>(best[i]) + codebook.slack(b) + doubt[i];
      if (static_cast<double>(second[i]) > limit)  // false where anything is NaN
        relabel(begin + i, codebook.original(b));
      else
        undecided.push_back(begin + i);
    }
  }

  /// The referee's word on the last rows of the list, at most a tile of them.
  void settle_tile() {
    const std::size_t rows = std::min(undecided.size(), kernels.dot.tile);
    const std::size_t* list = undecided.data() + undecided.size() - rows;
    pack(0, rows, [=](std::size_t i) { return list[i]; });
    scores.resize(codebook.panels() * kernels.dot.panel * kernels.dot.tile);
    kernels.dot.scores(packed.data(), codebook.values(), codebook.bounds(), points.values.columns, codebook.panels(),
                       scores.data());
    for (std::size_t i = 0; i < rows; ++i) relabel(list[i], judge(list[i], i));
    undecided_rows += rows;
    undecided.resize(undecided.size() - rows);
  }

  std::int32_t judge(std::size_t row, std::size_t lane) {
    const auto score = [&](std::size_t c) { return static_cast<double>(scores[c * kernels.dot.tile + lane]); };
    std::size_t b = 0;
    for (std::size_t c = 1; c < codebook.size(); ++c)
      if (score(c) < score(b)) b = c;
    const double limit = score(b) + codebook.slack(b) + doubt[lane];
    double least = std::numeric_limits<double>::infinity();
    std::int32_t label = codebook.original(0);
    for (std::size_t c = 0; c < codebook.size(); ++c) {
      if (score(c) > limit) continue;  // a score or limit that is NaN leaves the center in
      const double distance =
          pass.referee(points.values.row(row),
                       pass.centers + static_cast<std::size_t>(codebook.original(c)) * points.values.columns);
      ++candidates;
      if (distance < least) {
        least = distance;
        label = codebook.original(c);
      }
    }
    return label;
  }

  void block(std::size_t begin, std::size_t end, std::size_t tiles) {
    prepare(tiles);
    for (std::size_t i = begin; i < end; i += tiles * kernels.dot.tile)
      filter(i, std::min(end, i + tiles * kernels.dot.tile));
    while (!undecided.empty()) settle_tile();
  }
};

template <class T>
BruteAssigner<T>::BruteAssigner(const Points<T>& points, std::size_t n_clusters, const Poll& poll)
    : points_(points), n_clusters_(n_clusters), poll_(poll), use_double_(points.values.columns > max_float_features) {}

template <class T>
template <class Float>
std::size_t BruteAssigner<T>::by_filter(const Assignment& pass, const kernels::FilterKernels<Float>& kernels) {
  const std::size_t d = points_.values.columns;
  Codebook<Float> codebook;
  codebook.pack(pass.centers, n_clusters_, points_.origin, points_.spread_exponent, pass.referee.scale(), kernels.dot);
  std::vector<Worker<Float>> workers;
  for (int w = 0; w < pass.threads; ++w) workers.emplace_back(points_, pass, codebook, kernels, pass.sums.of(w));
  const std::size_t tiles = std::clamp<std::size_t>(group_values / (d * kernels.dot.tile), 1, 16);
  const Blocks blocks(points_.values.rows, d * n_clusters_);
  parallel_blocks(blocks.count(), pass.threads, poll_, [&](std::size_t block, int worker) {
    workers[static_cast<std::size_t>(worker)].block(blocks.begin(block), blocks.end(block), tiles);
  });
  std::size_t changed = 0, undecided = 0, candidates = 0;
  for (const Worker<Float>& worker : workers) {
    changed += worker.relabel.changed;
    undecided += worker.undecided_rows;
    candidates += worker.candidates;
  }
  // Many rows with many candidates each: the centers lie closer together than float32 can tell in this frame.
  if (undecided > points_.values.rows / 8 && candidates > 8 * undecided) use_double_ = true;
  return changed;
}

template <class T>
std::size_t BruteAssigner<T>::by_referee(const Assignment& pass) {
  Labeller<T> relabel{points_, pass.labels, pass.sums.of(0)};
  for (std::size_t i = 0; i < points_.values.rows; ++i)
    relabel(i, static_cast<std::int32_t>(pass.referee.nearest(points_.values.row(i), pass.centers, n_clusters_)));
  return relabel.changed;
}

template <class T>
std::size_t BruteAssigner<T>::assign(const Assignment& pass) {
  const kernels::KernelTable& table = kernels::pick();
  if (points_.values.rows < table.float32.dot.tile) return by_referee(pass);  // packing would cost more than it saves
  return use_double_ ? by_filter(pass, table.float64) : by_filter(pass, table.float32);
}

template class BruteAssigner<std::uint8_t>;
template class BruteAssigner<float>;
template class BruteAssigner<double>;

}  // namespace pykmeans::detail
