#include "code_counts.hpp"

#include <algorithm>
#include <cstring>

#include "../large_array.hpp"
#include "../parallel.hpp"
#include "amounts.hpp"
#include "bucket_members.hpp"

namespace pykmeans::detail {

namespace {

constexpr std::size_t fewest_bins = 16;                          // with fewer, medians are faster without
constexpr std::size_t most_bytes_anyway = std::size_t{1} << 22;  // of counts

constexpr std::size_t ahead = 8;  // rows that are asked for before they are read
constexpr std::size_t moves_at_once = 512;

/// A hint that memory will be read soon.
void prefetch(const void* memory) {
#if defined(__GNUC__)
  __builtin_prefetch(memory);
#else
  static_cast<void>(memory);
#endif
}

/// A column of X that is counted.
struct Counted {
  std::size_t column;  // of the codes
  std::size_t offset;  // of its first bin among those of a cluster
  std::size_t bins;
  unsigned shift;  // codes that have all but these bits in common count as one
};

template <class T, class Amounts>
class Counts final : public CodeCounts<T> {
  using Count = typename Amounts::Count;
  using Moves = typename BucketMembers<T, Amounts>::Moves;

 public:
  Counts(const Points<T>& points, const ValueCodes<T>& codes, std::size_t n_clusters, Typical what, const Poll& poll)
      : points_(points), codes_(codes), amounts_(points), what_(what), poll_(poll), totals_(n_clusters) {
    choose_columns(n_clusters);
    counts_ = LargeArray<Count>(n_clusters * bins_);
    std::fill_n(counts_.data(), counts_.size(), Count{});
    if (what == Typical::median) {
      std::vector<std::uint8_t> kept(codes.columns().size(), 0);
      for (const Counted& counted : columns_) kept[counted.column] = static_cast<std::uint8_t>(0xff << counted.shift);
      members_ = BucketMembers<T, Amounts>(points, codes, n_clusters, std::move(kept));
    }
  }

  std::vector<std::size_t> left_out() const override { return left_out_; }

  void apply(const LabelChanges& changes) override {
    std::size_t count = 0;
    for (const auto& some : changes) count += some.size();
    const int threads = useful_threads(points_.n_threads, {count, columns_.size(), 4});
    const Blocks blocks(columns_.size(), count * 2, threads, 1);
    parallel_blocks(blocks.count(), threads, poll_, [&](std::size_t block, int) {
      const std::size_t begin = blocks.begin(block), end = blocks.end(block);
      Moves moves;
      for (const auto& some : changes)
        for (std::size_t i = 0; i < some.size(); ++i) {
          const LabelChange& change = some[i];
          if (i + ahead < some.size()) prefetch(codes_.row(some[i + ahead].row));
          if (change.from >= 0) add_row<-1>(static_cast<std::size_t>(change.from), change.row, begin, end, moves);
          add_row<1>(static_cast<std::size_t>(change.to), change.row, begin, end, moves);
          if (moves.size() >= moves_at_once || i + 1 == some.size()) members_.make(moves);
        }
    });
  }

  void write(const std::vector<std::size_t>& clusters, const std::int32_t* labels, double* centers) override {
    const std::size_t width = columns_.size();
    const Blocks blocks(clusters.size(), bins_, 1, 1);
    const int threads = useful_threads(points_.n_threads, {clusters.size(), bins_});
    parallel_blocks(blocks.count(), threads, poll_, [&](std::size_t block, int) {
      for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i)
        for (std::size_t q = 0; q < width; ++q)
          if (what_ == Typical::mode)
            write_mode(clusters[i], columns_[q], centers);
          else
            find_median(clusters[i], columns_[q], centers);
    });
    if (what_ == Typical::median) members_.write_medians(clusters, labels, amounts_, totals_, centers, poll_);
  }

 private:
  void choose_columns(std::size_t n_clusters) {
    const std::size_t width = codes_.columns().size();
    const std::size_t bytes = std::max(points_.values.rows * width * sizeof(T) / 2, most_bytes_anyway);
    const std::size_t most_bins = std::max<std::size_t>(1, bytes / (width * n_clusters * sizeof(Count)));
    for (std::size_t q = 0; q < width; ++q) {
      const std::size_t codes = codes_.columns()[q].codes();
      unsigned shift = 0;
      while (codes != 0 && (codes - 1) >> shift >= most_bins) ++shift;
      const std::size_t bins = ((codes - 1) >> shift) + 1;
      if (codes == 0 || (shift != 0 && (what_ == Typical::mode || bins < fewest_bins))) {
        left_out_.push_back(q);
        continue;
      }
      columns_.push_back({q, bins_, bins, shift});
      bins_ += bins;
    }
  }

  Count* counts_of(std::size_t cluster) { return counts_.data() + cluster * bins_; }

  /// Add a row to the counts of a cluster, or take it away, in some of the columns.
  template <int sign>
  void add_row(std::size_t cluster, std::size_t row, std::size_t begin, std::size_t end, Moves& moves) {
    const std::uint8_t* const codes = codes_.row(row);
    const Count amount = amounts_(row);
    Count* const counts = counts_of(cluster);
    if (begin == 0) add<sign>(totals_[cluster], amount);
    for (std::size_t q = begin; q < end; ++q) {
      const Counted& counted = columns_[q];
      const unsigned bin = unsigned{codes[counted.column]} >> counted.shift;
      add<sign>(counts[counted.offset + bin], amount);
      if (what_ == Typical::median) members_.note(cluster, counted.column, bin, row, sign > 0, moves);
    }
  }
  template <int sign>
  static void add(Count& sum, const Count& amount) {
    if constexpr (sign > 0)
      sum += amount;
    else
      sum -= amount;
  }

  double& value_at(double* centers, std::size_t cluster, const Counted& counted) const {
    return centers[cluster * points_.values.columns + codes_.first() + counted.column];
  }

  void write_mode(std::size_t cluster, const Counted& counted, double* centers) {
    const Count* const counts = counts_of(cluster) + counted.offset;
    const auto mode = static_cast<std::size_t>(std::max_element(counts, counts + counted.bins) - counts);
    value_at(centers, cluster, counted) = static_cast<double>(codes_.columns()[counted.column].lowest[mode]);
  }

  /// Write the median where its bin has one value, else ask for the members in the bin.
  void find_median(std::size_t cluster, const Counted& counted, double* centers) {
    const Count* const counts = counts_of(cluster) + counted.offset;
    Count below{};
    std::size_t bin = 0;
    for (Count with = counts[0]; !Amounts::reaches_half(with, totals_[cluster]); with += counts[++bin]) below = with;
    const CodedColumn<T>& column = codes_.columns()[counted.column];
    if (counted.shift == 0 && column.single[bin] != 0) {
      value_at(centers, cluster, counted) = static_cast<double>(column.lowest[bin]);
      members_.forget(cluster, counted.column);
    } else {
      members_.want(cluster, counted.column, static_cast<unsigned>(bin), counted.shift, below);
    }
  }

  const Points<T>& points_;
  const ValueCodes<T>& codes_;
  const Amounts amounts_;
  const Typical what_;
  const Poll& poll_;
  std::vector<Counted> columns_;
  std::vector<std::size_t> left_out_;
  std::size_t bins_ = 0;      // of a cluster
  LargeArray<Count> counts_;  // (n_clusters, bins)
  std::vector<Count> totals_;
  BucketMembers<T, Amounts> members_;  // of medians
};

}  // namespace

template <class T>
std::unique_ptr<CodeCounts<T>> CodeCounts<T>::make(const Points<T>& points, const ValueCodes<T>& codes,
                                                   std::size_t n_clusters, Typical what, const Poll& poll) {
  if (Ones<T>::fits(points)) return std::make_unique<Counts<T, Ones<T>>>(points, codes, n_clusters, what, poll);
  if (WholeWeights<T>::fits(points))
    return std::make_unique<Counts<T, WholeWeights<T>>>(points, codes, n_clusters, what, poll);
  return nullptr;
}

template class CodeCounts<std::uint8_t>;
template class CodeCounts<float>;
template class CodeCounts<double>;

}  // namespace pykmeans::detail
