// BucketMembers: for each cluster and column the members in the bin that holds the median, sorted. Only where the
// median leaves its bin are members looked for, in a pass over the codes of all rows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "../machine/parallel.hpp"
#include "../machine/prefetch.hpp"
#include "pykmeans/workspace.hpp"
#include "value_codes.hpp"

namespace pykmeans::detail {

template <class T, class Amounts>
class BucketMembers {
  using Count = typename Amounts::Count;
  using Entry = typename Amounts::Entry;

 public:
  BucketMembers() = default;
  /// @param kept (columns of the codes) bits of a code that tell its bin
  BucketMembers(const Points<T>& points, const ValueCodes<T>& codes, std::size_t n_clusters, Vector<std::uint8_t> kept)
      : points_(&points),
        codes_(&codes),
        width_(kept.size()),
        words_((width_ + 7) / 8),
        bins_(n_clusters * width_, no_bin),
        slots_(n_clusters * width_),
        kept_(std::move(kept)),
        sought_(n_clusters * words_),
        seeking_(n_clusters, 0) {
    kept_.resize(words_ * 8);
  }

  /// A row whose value in a column is in the bin that is kept.
  struct Hit {
    std::size_t row;
    std::uint32_t column;
    bool comes;
  };

  /// Whether members of a bin are kept.
  bool keeps(std::size_t cluster, std::size_t column, unsigned bin) const {
    return bins_[cluster * width_ + column] == bin;
  }
  void note(std::size_t row, std::size_t column, bool comes, Vector<Hit>& hits) const {
    prefetch(value_at(row, column));  // values lie far apart
    hits.push_back({row, static_cast<std::uint32_t>(column), comes});
  }
  /// A cluster got and lost these rows, each in one column.
  void follow(std::size_t cluster, Vector<Hit>& hits) {
    for (const Hit& hit : hits) {
      Vector<Entry>& members = slots_[cluster * width_ + hit.column].members;
      const Entry entry = Amounts::entry(*value_at(hit.row, hit.column), hit.row);
      const auto slot = std::lower_bound(members.begin(), members.end(), entry);
      if (hit.comes)
        members.insert(slot, entry);
      else if (slot != members.end())  // as it is, unless somebody has changed the value meanwhile
        members.erase(slot);
      else if (!members.empty())
        members.pop_back();
    }
    hits.clear();
  }

  /// The median needs no members.
  void forget(std::size_t cluster, std::size_t column) {
    bins_[cluster * width_ + column] = no_bin;
    slots_[cluster * width_ + column].wanted = false;
  }
  /// The median is in a bin. @param shift  from codes to bins  @param below  the weight of lower bins
  void want(std::size_t cluster, std::size_t column, unsigned bin, unsigned shift, const Count& below) {
    const std::size_t slot = cluster * width_ + column;
    slots_[slot].below = below;
    slots_[slot].wanted = true;
    if (bins_[slot] == bin) return;
    bins_[slot] = static_cast<std::uint16_t>(bin);
    slots_[slot].members.clear();
    Sought& sought = sought_of(cluster, column);
    sought.codes[column % 8] = static_cast<std::uint8_t>(bin << shift);
    sought.passed[column % 8] = 0;
    seeking_[cluster] = 1;
  }

  /// Write what was wanted for some clusters. @param totals (n_clusters)  @param keep  the members for the next call;
  /// where many rows change their cluster, following them costs more than looking for them again
  void write_medians(const Vector<std::size_t>& clusters, const std::int32_t* labels, const Amounts& amounts,
                     const Vector<Count>& totals, bool keep, double* centers, const Poll& poll) {
    if (std::find(seeking_.begin(), seeking_.end(), 1) != seeking_.end()) seek(labels, poll);
    const Blocks blocks(clusters.size(), width_ * 4096, 1, 1);
    parallel_blocks(blocks.count(), useful_threads(points_->n_threads, {clusters.size(), width_, 256}), poll,
                    [&](std::size_t block, int) {
                      for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i)
                        write_cluster(clusters[i], amounts, totals[clusters[i]], keep, centers);
                    });
  }

 private:
  static constexpr std::uint16_t no_bin = 0xffff;
  static constexpr std::size_t seek_at_once = 256;  // rows

  struct Slot {
    Vector<Entry> members;
    Count below{};
    bool wanted = false;
  };
  struct Found {
    std::uint32_t row, cluster, column;
    T value;
  };

  /// What a pass over the codes looks for in eight columns.
  struct Sought {
    std::uint8_t codes[8];
    std::uint8_t passed[8];  // 0 where it is looked for, else 0xff
    Sought() : codes{} { std::fill_n(passed, 8, std::uint8_t{0xff}); }
  };

  Sought& sought_of(std::size_t cluster, std::size_t column) { return sought_[cluster * words_ + column / 8]; }

  const T* value_at(std::size_t row, std::size_t column) const {
    return points_->source->in_place().row(row) + codes_->first() + column;
  }

  void write_cluster(std::size_t cluster, const Amounts& amounts, const Count& total, bool keep, double* centers) {
    double* const center = centers + cluster * points_->columns() + codes_->first();
    for (std::size_t q = 0; q < width_; ++q) {
      Slot& slot = slots_[cluster * width_ + q];
      if (!slot.wanted) continue;
      std::uint8_t& passed = sought_of(cluster, q).passed[q % 8];
      const bool sorted = passed != 0;
      passed = 0xff;
      if (slot.members.empty()) {  // values or weights have been changed since they were counted
        forget(cluster, q);
        continue;
      }
      if (keep && !sorted) std::sort(slot.members.begin(), slot.members.end());
      const T median = amounts.middle(slot.members, sorted || keep, slot.below, total);
      center[q] = static_cast<double>(median) + 0.0;  // no -0
      if (!keep) forget(cluster, q);
    }
    seeking_[cluster] = 0;
  }

  /// Collect the members that are sought, some rows at a time, so that what is found takes little memory.
  void seek(const std::int32_t* labels, const Poll& poll) {
    const std::size_t n = points_->rows(), step = std::max<std::size_t>((std::size_t{1} << 22) / width_, 4096);
    Vector<Vector<Found>> found(static_cast<std::size_t>(points_->n_threads));
    for (std::size_t begin = 0; begin < n; begin += step) {
      const std::size_t rows = std::min(step, n - begin);
      const int threads = useful_threads(points_->n_threads, {rows, width_});
      const Blocks blocks(rows, width_, threads);
      parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int worker) {
        seek_among(labels, begin + blocks.begin(block), begin + blocks.end(block),
                   found[static_cast<std::size_t>(worker)]);
      });
      std::size_t hits = 0;
      for (const auto& some : found) hits += some.size();
      const int sorters = useful_threads(points_->n_threads, {hits, 4});
      const Blocks columns(width_, hits, sorters, 1);
      parallel_blocks(columns.count(), sorters, poll, [&](std::size_t block, int) {
        for (const auto& some : found)
          for (const Found& hit : some)
            if (hit.column >= columns.begin(block) && hit.column < columns.end(block))
              slots_[hit.cluster * width_ + hit.column].members.push_back(Amounts::entry(hit.value, hit.row));
      });
      for (auto& some : found) some.clear();
    }
  }

  void seek_among(const std::int32_t* labels, std::size_t begin, std::size_t end, Vector<Found>& found) const {
    const std::size_t before = found.size();
    Vector<std::uint8_t> copy(codes_->readable_beyond() ? 0 : words_ * 8);
    std::uint32_t hits[seek_at_once];
    for (std::size_t first = begin; first < end; first += seek_at_once) {
      const std::size_t last = std::min(end, first + seek_at_once);
      std::size_t count = 0;
      for (std::size_t i = first; i < last; ++i) {
        hits[count] = static_cast<std::uint32_t>(i);
        count += any_hit(codes_of(i, copy), static_cast<std::size_t>(labels[i])) ? 1 : 0;
      }
      for (std::size_t h = 0; h < count; ++h)
        note_hits(hits[h], codes_of(hits[h], copy), static_cast<std::size_t>(labels[hits[h]]), found);
    }
    // Values lie far apart: they were asked for above, and have come by now.
    for (std::size_t h = before; h < found.size(); ++h) found[h].value = *value_at(found[h].row, found[h].column);
  }

  /// The codes of a row, of which whole words may be read.
  const std::uint8_t* codes_of(std::size_t row, Vector<std::uint8_t>& copy) const {
    if (copy.empty()) return codes_->row(row);
    return static_cast<const std::uint8_t*>(std::memcpy(copy.data(), codes_->row(row), width_));
  }

  bool any_hit(const std::uint8_t* codes, std::size_t cluster) const {
    const Sought* const sought = sought_.data() + cluster * words_;
    std::uint64_t zero = 0;
    for (std::size_t w = 0; w < words_; ++w) {
      const std::uint64_t rest = mismatches(codes, sought, w);
      zero |= (rest - 0x0101010101010101u) & ~rest;  // a byte's highest bit, if it is zero (A. Mycroft, 1987)
    }
    return (zero & 0x8080808080808080u) != 0;
  }

  /// Bytes that are zero where a code is sought.
  std::uint64_t mismatches(const std::uint8_t* codes, const Sought* sought, std::size_t w) const {
    const std::uint64_t differ = (word(codes + w * 8) ^ word(sought[w].codes)) & word(kept_.data() + w * 8);
    return differ | word(sought[w].passed);
  }

  void note_hits(std::size_t row, const std::uint8_t* codes, std::size_t cluster, Vector<Found>& found) const {
    if (points_->weights && points_->weights[row] == 0.0) return;
    const Sought* const sought = sought_.data() + cluster * words_;
    for (std::size_t q = 0; q < width_; ++q) {
      if (((codes[q] ^ sought[q / 8].codes[q % 8]) & kept_[q]) != 0 || sought[q / 8].passed[q % 8] != 0) continue;
      prefetch(value_at(row, q));
      found.push_back(
          {static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(cluster), static_cast<std::uint32_t>(q), T{}});
    }
  }

  static std::uint64_t word(const std::uint8_t* bytes) {
    std::uint64_t result;
    std::memcpy(&result, bytes, sizeof result);
    return result;
  }

  const Points<T>* points_ = nullptr;
  const ValueCodes<T>* codes_ = nullptr;
  std::size_t width_ = 0;         // columns of the codes
  std::size_t words_ = 0;         // of eight codes
  Vector<std::uint16_t> bins_;    // (n_clusters, columns) of which members are kept
  Vector<Slot> slots_;            // (n_clusters, columns)
  Vector<std::uint8_t> kept_;     // (words, 8)
  Vector<Sought> sought_;         // (n_clusters, words)
  Vector<std::uint8_t> seeking_;  // (n_clusters) whether anything is sought
};

}  // namespace pykmeans::detail
