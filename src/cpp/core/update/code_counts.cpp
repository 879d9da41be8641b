#include "code_counts.hpp"

#include <algorithm>
#include <type_traits>

#include "../machine/large_array.hpp"
#include "../machine/parallel.hpp"
#include "bucket_members.hpp"
#include "value_codes.hpp"
#include "weight_counters.hpp"

namespace pykmeans::detail {

namespace {

constexpr std::size_t fewest_bins = 16;                          // with fewer, medians are faster by sorting
constexpr std::size_t most_bytes_anyway = std::size_t{1} << 22;  // of counts
constexpr std::size_t ahead = 8;                                 // rows that are asked for before they are read

/// A column that is counted.
struct Counted {
  std::size_t column;  // of the codes
  std::size_t offset;  // of its first bin among those of a cluster
  std::size_t bins;
  unsigned shift;  // codes that have all but these bits in common are one bin
};

template <class T, class Weights>
class Counts final : public CodeCounts<T> {
  using Count = typename Weights::Count;
  using Members = BucketMembers<T, Weights>;

 public:
  Counts(const Points<T>& points, std::size_t first, std::size_t n_clusters, Statistic what, const Poll& poll)
      : points_(points),
        what_(what),
        poll_(poll),
        weights_(points),
        codes_(points, first, what, poll),
        totals_(n_clusters),
        members_(points, codes_, what == Statistic::median ? n_clusters : 0) {
    choose_columns(n_clusters);
    counts_ = LargeArray<Count>(n_clusters * bins_);
    std::fill_n(counts_.data(), counts_.size(), Count{});
  }

  Vector<std::size_t> left_out() const override { return left_out_; }

  void apply(const Moves& moves) override {
    const std::size_t n_clusters = totals_.size(), count = moves.moves.size(), width = columns_.size();
    moved_ += count;
    const int threads = useful_threads(points_.n_threads, {count, width, 4});
    const Blocks blocks(n_clusters, count * width * 4 / n_clusters, threads, 1);
    parallel_blocks(blocks.count(), threads, poll_, [&](std::size_t block, int) {
      const CodeReader<T> read_codes(codes_);
      const RowReader<T> read(points_);
      Vector<typename Members::Hit> hits;
      for (std::size_t c = blocks.begin(block); c < blocks.end(block); ++c) {
        for (std::size_t i = moves.begin[c], end = moves.begin[c + 1]; i < end; ++i) {
          if (i + ahead < end) read_codes.prefetch(moves.moves[i + ahead].row);
          const Move& move = moves.moves[i];
          if (move.comes)
            count_row<1>(c, move.row, read_codes(move.row), hits);
          else
            count_row<-1>(c, move.row, read_codes(move.row), hits);
        }
        members_.follow(c, read, hits);
        hits.clear();
      }
    });
  }

  void write(const Vector<std::size_t>& clusters, const std::int32_t* labels, double* centers) override {
    const Blocks blocks(clusters.size(), bins_, 1, 1);
    const int threads = useful_threads(points_.n_threads, {clusters.size(), bins_});
    parallel_blocks(blocks.count(), threads, poll_, [&](std::size_t block, int) {
      for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i)
        for (const Counted& counted : columns_)
          if (what_ == Statistic::mode)
            write_mode(clusters[i], counted, centers);
          else
            find_median(clusters[i], counted, centers);
    });
    // From a few measurements.
    const bool keep = moved_ < points_.rows() / 8;
    if (what_ == Statistic::median) members_.write_medians(clusters, labels, weights_, totals_, keep, centers, poll_);
    moved_ = 0;
  }

 private:
  void choose_columns(std::size_t n_clusters) {
    const std::size_t width = codes_.columns().size();
    const std::size_t bytes = std::max(points_.rows() * width * sizeof(T) / 2, most_bytes_anyway);
    const std::size_t most_bins = std::max<std::size_t>(1, bytes / (width * n_clusters * sizeof(Count)));
    for (std::size_t q = 0; q < width; ++q) {
      const std::size_t codes = codes_.columns()[q].codes();
      unsigned shift = 0;
      while (codes != 0 && (codes - 1) >> shift >= most_bins) ++shift;
      const std::size_t bins = ((codes - 1) >> shift) + 1;
      if (codes == 0 || (shift != 0 && (what_ == Statistic::mode || bins < fewest_bins))) {
        left_out_.push_back(codes_.first() + q);
        continue;
      }
      columns_.push_back({q, bins_, bins, shift});
      bins_ += bins;
    }
  }

  /// Add a row to the counts of a cluster, or take it away. @param hits  where the kept members change
  template <int sign>
  void count_row(std::size_t cluster, std::size_t row, const std::uint8_t* codes, Vector<typename Members::Hit>& hits) {
    const Count weight = weights_(row);
    Count* const counts = counts_.data() + cluster * bins_;
    add<sign>(totals_[cluster], weight);
    for (const Counted& counted : columns_) {
      std::size_t bin = std::size_t{codes[counted.column]} >> counted.shift;
      // Codes of uint8 are the values of X, which somebody may have changed since the largest was found.
      if constexpr (std::is_same_v<T, std::uint8_t>) bin = std::min(bin, counted.bins - 1);
      add<sign>(counts[counted.offset + bin], weight);
      if (what_ == Statistic::median && members_.keeps(cluster, counted.column, bin))
        hits.push_back({row, counted.column, sign > 0});
    }
  }
  template <int sign>
  static void add(Count& sum, const Count& weight) {
    if constexpr (sign > 0)
      sum += weight;
    else
      sum -= weight;
  }

  void write_value(std::size_t cluster, const Counted& counted, std::size_t code, double* centers) const {
    centers[cluster * points_.columns() + codes_.first() + counted.column] =
        static_cast<double>(codes_.columns()[counted.column].lowest[code]);
  }

  void write_mode(std::size_t cluster, const Counted& counted, double* centers) const {
    const Count* const counts = counts_.data() + cluster * bins_ + counted.offset;
    const auto mode = static_cast<std::size_t>(std::max_element(counts, counts + counted.bins) - counts);
    write_value(cluster, counted, mode, centers);
  }

  /// Write the median where its bin is one value, else say in which bin it is.
  void find_median(std::size_t cluster, const Counted& counted, double* centers) {
    const Count* const counts = counts_.data() + cluster * bins_ + counted.offset;
    Count below{};
    std::size_t bin = 0;
    // Counts add up to the total, but where weights or values are changed meanwhile.
    for (Count with = counts[0]; bin + 1 < counted.bins && !Weights::reaches_half(with, totals_[cluster]);
         with += counts[++bin])
      below = with;
    if (counted.shift == 0 && codes_.columns()[counted.column].is_one_value(bin)) {
      write_value(cluster, counted, bin, centers);
      members_.forget(cluster, counted.column);
    } else {
      members_.want(cluster, counted.column, bin, counted.shift, below);
    }
  }

  const Points<T>& points_;
  const Statistic what_;
  const Poll& poll_;
  const Weights weights_;
  const ValueCodes<T> codes_;
  Vector<Counted> columns_;
  Vector<std::size_t> left_out_;
  std::size_t bins_ = 0;      // of a cluster
  LargeArray<Count> counts_;  // (n_clusters, bins)
  Vector<Count> totals_;      // (n_clusters)
  std::size_t moved_ = 0;     // rows that came or went since the last write()
  Members members_;           // of medians
};

}  // namespace

template <class T>
std::unique_ptr<CodeCounts<T>> CodeCounts<T>::make(const Points<T>& points, std::size_t first, std::size_t n_clusters,
                                                   Statistic what, const Poll& poll) {
  if (UnitWeights<T>::fit(points))
    return std::make_unique<Counts<T, UnitWeights<T>>>(points, first, n_clusters, what, poll);
  if (WholeWeights<T>::fit(points))
    return std::make_unique<Counts<T, WholeWeights<T>>>(points, first, n_clusters, what, poll);
  return nullptr;
}

template class CodeCounts<std::uint8_t>;
template class CodeCounts<float>;
template class CodeCounts<double>;

}  // namespace pykmeans::detail
