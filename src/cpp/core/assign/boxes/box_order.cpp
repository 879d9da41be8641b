#include "box_order.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "../../../kernels/table.hpp"
#include "../../machine/parallel.hpp"
#include "../../rows/row_block.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

template <class T>
std::size_t BoxOrder<T>::padded(std::size_t count) {
  return (count + kernels::tile_points - 1) / kernels::tile_points * kernels::tile_points;
}

namespace {

/// @param lowest, highest  (features) of what lies inside; the rest belongs to the nearest cells
template <std::size_t features, class Value>
kernels::Grid<Value> grid_over(const Value* lowest, const Value* highest, unsigned side_bits) {
  kernels::Grid<Value> grid{};
  grid.last = static_cast<Value>((1u << side_bits) - 1);
  for (std::size_t q = 0; q < features; ++q) {
    grid.low[q] = lowest[q];
    const double width = static_cast<double>(highest[q]) - static_cast<double>(lowest[q]);
    if (width > 0.0) grid.scale[q] = static_cast<Value>((static_cast<double>(grid.last) + 1.0) / width);
  }
  return grid;
}

/// Sorts the points of a bucket along the curve; one per thread.
template <class Stored, std::size_t features>
class BucketSort {
 public:
  Vector<Stored> rows;          // (count, features)
  Vector<std::uint32_t> order;  // (count) places of the rows, sorted

  void take(const Stored* values, std::size_t count) {
    rows.assign(values, values + count * features);
    order.resize(count);
    std::iota(order.begin(), order.end(), 0u);
    unsorted_.resize(count);
    cells_.resize(count);
    sort(0, count, rows.data(), 0);
  }

 private:
  /// Sort a part of `order`, and parts of it again where many points share a cell.
  /// @param part (end - begin, features) its rows
  void sort(std::size_t begin, std::size_t end, const Stored* part, int depth) {
    const std::size_t count = end - begin;
    if (count <= leaf_points || depth > deepest) return;
    Stored low[features], high[features];
    kernels_.extremes[features - 1](part, count, low, high);
    if (std::equal(low, low + features, high)) return;
    unsigned bits = 1;
    while (bits * features < 12 && (std::size_t{points_per_cell} << (bits * features)) < count) ++bits;
    kernels_.cells[features - 1](part, count, grid_over<features>(low, high, bits), cells_.data());
    Vector<std::uint32_t> ends((std::size_t{1} << (bits * features)) + 1, 0);
    for (std::size_t i = 0; i < count; ++i) ++ends[cells_[i] + std::size_t{1}];
    std::partial_sum(ends.begin(), ends.end(), ends.begin());
    std::copy_n(order.data() + begin, count, unsorted_.data());
    for (std::size_t i = 0; i < count; ++i) order[begin + ends[cells_[i]]++] = unsorted_[i];
    std::size_t first = 0;
    for (const std::size_t last : ends) {
      if (last - first > crowd) sort_crowd(begin + first, begin + last, depth + 1);
      first = last;
    }
  }

  void sort_crowd(std::size_t begin, std::size_t end, int depth) {
    Vector<Stored> part;
    part.reserve((end - begin) * features);
    for (std::size_t i = begin; i < end; ++i) {
      const Stored* row = rows.data() + std::size_t{order[i]} * features;
      part.insert(part.end(), row, row + features);
    }
    sort(begin, end, part.data(), depth);
  }

  static constexpr std::size_t points_per_cell = 16;
  static constexpr std::size_t crowd = 4 * leaf_points;
  static constexpr int deepest = 24;  // a distant point in each part, and the rest in one cell
  const kernels::GridKernels<Stored>& kernels_ = kernels::pick().grid(Stored());
  Vector<std::uint32_t> unsorted_;
  Vector<std::uint16_t> cells_;
};

/// Sorts all rows: into buckets that a second-level cache holds, then each bucket.
template <class T, std::size_t features>
class GridSort {
  using Stored = typename BoxOrder<T>::Stored;

 public:
  GridSort(const Points<T>& points, const Poll& poll)
      : points_(points),
        poll_(poll),
        threads_(useful_threads(points.n_threads, {points.rows(), 32})),
        blocks_(points.rows(), 64) {}

  BoxOrder<T> run() {
    choose_grid();
    count();
    lay_out();
    share_out();
    sort_buckets();
    find_slots();
    return std::move(result_);
  }

 private:
  /// Over the bulk of a few rows, so that distant ones do not put all others into one bucket.
  void choose_grid() {
    const std::size_t n = points_.rows(), sampled = std::min<std::size_t>(n, 1000);
    unsigned bits = 0;
    while ((bits + 1) * features < 10 && (std::size_t{1} << ((bits + 1) * features)) <= n / 4096) ++bits;
    Stored low[features], high[features];
    const RowReader<T> read(points_);
    Vector<Stored> column(sampled);
    for (std::size_t q = 0; q < features; ++q) {
      for (std::size_t s = 0; s < sampled; ++s) {
        const auto value = static_cast<Stored>(read.value(s * n / sampled, q));
        column[s] = value == value ? value : Stored(0);  // NaN has been written meanwhile
      }
      std::sort(column.begin(), column.end());
      low[q] = column[sampled / 50];
      high[q] = column[sampled - 1 - sampled / 50];
    }
    grid_ = grid_over<features>(low, high, bits);
    buckets_ = std::size_t{1} << (bits * features);
  }

  std::uint32_t* starts(std::size_t block) { return starts_.data() + block * buckets_; }

  /// The bucket of each row, and how many rows of each block are in each bucket.
  void count() {
    bucket_ = LargeArray<std::uint16_t>(points_.rows());
    starts_.assign(blocks_.count() * buckets_, 0);
    Vector<Vector<Stored>> copies(static_cast<std::size_t>(threads_));
    const auto cells = kernels::pick().grid(Stored()).cells[features - 1];
    parallel_blocks(blocks_.count(), threads_, poll_, [&](std::size_t block, int worker) {
      std::uint32_t* counts = starts(block);
      const std::size_t begin = blocks_.begin(block), end = blocks_.end(block);
      cells(rows(begin, end, copies[static_cast<std::size_t>(worker)]), end - begin, grid_, bucket_.data() + begin);
      for (std::size_t i = begin; i < end; ++i) ++counts[bucket_[i]];
    });
  }

  /// Rows one after the other, copied where they are not.
  const Stored* rows(std::size_t begin, std::size_t end, Vector<Stored>& copies) const {
    if constexpr (std::is_same_v<T, Stored>)
      if (const MatrixView<T>& all = points_.source->in_place();
          all.data && all.row_stride == static_cast<std::ptrdiff_t>(features))
        return all.row(begin);
    copies.resize((end - begin) * features);
    const RowReader<T> read(points_);
    for (std::size_t i = begin; i < end; ++i) {
      const T* row = read(i);
      for (std::size_t q = 0; q < features; ++q) copies[(i - begin) * features + q] = static_cast<Stored>(row[q]);
    }
    return copies.data();
  }

  /// The slots of buckets and leaves; counts become the first slot of each block in each bucket.
  void lay_out() {
    std::size_t slot = 0;
    for (std::size_t b = 0; b < buckets_; ++b) {
      const std::size_t begin = slot;
      std::size_t count = 0;
      for (std::size_t block = 0; block < blocks_.count(); ++block) {
        const std::uint32_t rows = std::exchange(starts(block)[b], static_cast<std::uint32_t>(begin + count));
        count += rows;
      }
      first_leaf_.push_back(result_.leaves.size());
      bucket_slots_.push_back({begin, count});
      for (std::size_t done = 0; done < count; done += leaf_points)
        result_.leaves.push_back({static_cast<std::uint32_t>(begin + done),
                                  static_cast<std::uint32_t>(std::min(leaf_points, count - done))});
      slot = begin + BoxOrder<T>::padded(count);
    }
    result_.slots = slot;
    result_.columns = LargeArray<Stored>(slot * features);
    result_.slot = LargeArray<std::uint32_t>(points_.rows());
    sorted_slot_ = LargeArray<std::uint32_t>(slot);
  }

  /// Call use(row, slot) for each row of a block, slots being those of the buckets before they are sorted.
  template <class Use>
  void each_row(std::size_t block, Vector<std::uint32_t>& next, const Use& use) {
    next.assign(starts(block), starts(block) + buckets_);
    for (std::size_t i = blocks_.begin(block); i < blocks_.end(block); ++i) use(i, next[bucket_[i]]++);
  }

  /// Rows to their buckets, for now as rows of the same memory.
  void share_out() {
    Vector<Vector<std::uint32_t>> next(static_cast<std::size_t>(threads_));
    parallel_blocks(blocks_.count(), threads_, poll_, [&](std::size_t block, int worker) {
      const RowReader<T> read(points_);
      each_row(block, next[static_cast<std::size_t>(worker)], [&](std::size_t i, std::uint32_t slot) {
        const T* row = read(i);
        for (std::size_t q = 0; q < features; ++q)
          result_.columns[std::size_t{slot} * features + q] = static_cast<Stored>(row[q]);
      });
    });
  }

  void sort_buckets() {
    Vector<BucketSort<Stored, features>> sorts(static_cast<std::size_t>(threads_));
    parallel_blocks(bucket_slots_.size(), threads_, poll_, [&](std::size_t b, int worker) {
      const auto [begin, count] = bucket_slots_[b];
      if (count == 0) return;
      BucketSort<Stored, features>& sort = sorts[static_cast<std::size_t>(worker)];
      sort.take(result_.columns.data() + begin * features, count);
      std::size_t leaf = first_leaf_[b];
      for (std::size_t done = 0; done < count; done += leaf_points) {
        write_leaf(result_.leaves[leaf++], sort.rows, sort.order.data() + done);
        for (std::size_t i = done; i < std::min(done + leaf_points, count); ++i)
          sorted_slot_[begin + sort.order[i]] = static_cast<std::uint32_t>(begin + i);
      }
    });
  }

  void write_leaf(const typename BoxOrder<T>::Leaf& leaf, const Vector<Stored>& rows, const std::uint32_t* order) {
    const std::size_t width = BoxOrder<T>::padded(leaf.count);
    Stored* columns = result_.columns.data() + leaf.begin * features;
    for (std::size_t q = 0; q < features; ++q) {
      for (std::size_t i = 0; i < leaf.count; ++i) columns[q * width + i] = rows[std::size_t{order[i]} * features + q];
      std::fill(columns + q * width + leaf.count, columns + (q + 1) * width, columns[q * width]);
    }
  }

  void find_slots() {
    Vector<Vector<std::uint32_t>> next(static_cast<std::size_t>(threads_));
    parallel_blocks(blocks_.count(), threads_, poll_, [&](std::size_t block, int worker) {
      each_row(block, next[static_cast<std::size_t>(worker)],
               [&](std::size_t i, std::uint32_t slot) { result_.slot[i] = sorted_slot_[slot]; });
    });
  }

  struct Bucket {
    std::size_t begin, count;  // slots
  };

  const Points<T>& points_;
  const Poll& poll_;
  const int threads_;
  const Blocks blocks_;
  kernels::Grid<Stored> grid_{};
  std::size_t buckets_ = 0;
  LargeArray<std::uint16_t> bucket_;       // (n_samples)
  Vector<std::uint32_t> starts_;           // (blocks, buckets)
  Vector<Bucket> bucket_slots_;            // (buckets)
  Vector<std::size_t> first_leaf_;         // (buckets)
  LargeArray<std::uint32_t> sorted_slot_;  // (slots) after sorting, of each slot before
  BoxOrder<T> result_;
};

}  // namespace

template <class T>
BoxOrder<T> order_by_grid(const Points<T>& points, const Poll& poll) {
  switch (points.columns()) {
    case 1:
      return GridSort<T, 1>(points, poll).run();
    case 2:
      return GridSort<T, 2>(points, poll).run();
    default:
      return GridSort<T, 3>(points, poll).run();
  }
}

template struct BoxOrder<std::uint8_t>;
template struct BoxOrder<float>;
template struct BoxOrder<double>;
template BoxOrder<std::uint8_t> order_by_grid(const Points<std::uint8_t>&, const Poll&);
template BoxOrder<float> order_by_grid(const Points<float>&, const Poll&);
template BoxOrder<double> order_by_grid(const Points<double>&, const Poll&);

}  // namespace pykmeans::detail
