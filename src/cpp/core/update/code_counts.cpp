#include "code_counts.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "../machine/large_array.hpp"
#include "../machine/parallel.hpp"
#include "../machine/prefetch.hpp"
#include "bucket_members.hpp"
#include "pykmeans/workspace.hpp"
#include "weight_counters.hpp"

namespace pykmeans::detail {

namespace {

constexpr std::size_t fewest_bins = 16;                          // with fewer, medians are faster without
constexpr std::size_t most_bytes_anyway = std::size_t{1} << 22;  // of counts

constexpr std::size_t ahead = 8;  // rows that are asked for before they are read

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
  using Members = BucketMembers<T, Amounts>;

 public:
  Counts(const Points<T>& points, const ValueCodes<T>& codes, std::size_t n_clusters, Statistic what, const Poll& poll)
      : points_(points), codes_(codes), amounts_(points), what_(what), poll_(poll), totals_(n_clusters) {
    choose_columns(n_clusters);
    counts_ = LargeArray<Count>(n_clusters * bins_);
    std::fill_n(counts_.data(), counts_.size(), Count{});
    if (what == Statistic::median) {
      Vector<std::uint8_t> kept(codes.columns().size(), 0);
      for (const Counted& counted : columns_) kept[counted.column] = static_cast<std::uint8_t>(0xff << counted.shift);
      members_ = Members(points, codes, n_clusters, std::move(kept));
    }
  }

  Vector<std::size_t> left_out() const override { return left_out_; }

  void apply(const Moves& moves) override {
    const std::size_t count = moves.moves.size();
    moved_ += count;
    const int threads = useful_threads(points_.n_threads, {count, columns_.size(), 4});
    const Blocks blocks(totals_.size(), count * columns_.size() * 4 / totals_.size(), threads, 1);
    parallel_blocks(blocks.count(), threads, poll_, [&](std::size_t block, int) {
      Vector<typename Members::Hit> hits;
      for (std::size_t c = blocks.begin(block); c < blocks.end(block); ++c) {
        const std::size_t end = moves.begin[c + 1];
        for (std::size_t i = moves.begin[c]; i < end; ++i) {
          if (i + ahead < end) prefetch(codes_.row(moves.moves[i + ahead].row));
          if (moves.moves[i].comes)
            add_row<1>(c, moves.moves[i].row, hits);
          else
            add_row<-1>(c, moves.moves[i].row, hits);
        }
        members_.follow(c, hits);
      }
    });
  }

  void write(const Vector<std::size_t>& clusters, const std::int32_t* labels, double* centers) override {
    const std::size_t width = columns_.size();
    const Blocks blocks(clusters.size(), bins_, 1, 1);
    const int threads = useful_threads(points_.n_threads, {clusters.size(), bins_});
    parallel_blocks(blocks.count(), threads, poll_, [&](std::size_t block, int) {
      for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i)
        for (std::size_t q = 0; q < width; ++q)
          if (what_ == Statistic::mode)
            write_mode(clusters[i], columns_[q], centers);
          else
            find_median(clusters[i], columns_[q], centers);
    });
    // From a few measurements.
    const bool keep = moved_ < points_.rows() / 8;
    if (what_ == Statistic::median) members_.write_medians(clusters, labels, amounts_, totals_, keep, centers, poll_);
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
        left_out_.push_back(q);
        continue;
      }
      columns_.push_back({q, bins_, bins, shift});
      bins_ += bins;
    }
  }

  Count* counts_of(std::size_t cluster) { return counts_.data() + cluster * bins_; }

  /// Add a row to the counts of a cluster, or take it away. @param hits  in which columns the kept members change
  template <int sign>
  void add_row(std::size_t cluster, std::size_t row, Vector<typename Members::Hit>& hits) {
    const std::uint8_t* const codes = codes_.row(row);
    const Count amount = amounts_(row);
    Count* const counts = counts_of(cluster);
    add<sign>(totals_[cluster], amount);
    for (const Counted& counted : columns_) {
      unsigned bin = unsigned{codes[counted.column]} >> counted.shift;
      // Codes of uint8 are the values of X, which somebody may have changed since the largest was found.
      if constexpr (std::is_same_v<T, std::uint8_t>) bin = std::min(bin, static_cast<unsigned>(counted.bins) - 1);
      add<sign>(counts[counted.offset + bin], amount);
      if (what_ == Statistic::median && members_.keeps(cluster, counted.column, bin))
        members_.note(row, counted.column, sign > 0, hits);
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
    return centers[cluster * points_.columns() + codes_.first() + counted.column];
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
    // Counts add up to the total, but where weights or values are changed meanwhile.
    for (Count with = counts[0]; bin + 1 < counted.bins && !Amounts::reaches_half(with, totals_[cluster]);
         with += counts[++bin])
      below = with;
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
  const Statistic what_;
  const Poll& poll_;
  Vector<Counted> columns_;
  Vector<std::size_t> left_out_;
  std::size_t bins_ = 0;      // of a cluster
  LargeArray<Count> counts_;  // (n_clusters, bins)
  Vector<Count> totals_;
  std::size_t moved_ = 0;  // rows that came or went since the last write()
  Members members_;        // of medians
};

}  // namespace

template <class T>
bool CodeCounts<T>::possible(const Points<T>& points) {
  return Ones<T>::fits(points) || WholeWeights<T>::fits(points);
}

template <class T>
std::unique_ptr<CodeCounts<T>> CodeCounts<T>::make(const Points<T>& points, const ValueCodes<T>& codes,
                                                   std::size_t n_clusters, Statistic what, const Poll& poll) {
  if (Ones<T>::fits(points)) return std::make_unique<Counts<T, Ones<T>>>(points, codes, n_clusters, what, poll);
  return std::make_unique<Counts<T, WholeWeights<T>>>(points, codes, n_clusters, what, poll);
}

template class CodeCounts<std::uint8_t>;
template class CodeCounts<float>;
template class CodeCounts<double>;

}  // namespace pykmeans::detail
