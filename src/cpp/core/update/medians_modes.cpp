#include "medians_modes.hpp"

#include <algorithm>

#include "code_counts.hpp"
#include "label_changes.hpp"
#include "pykmeans/workspace.hpp"
#include "sorted_members.hpp"
#include "value_codes.hpp"

namespace pykmeans::detail {

namespace {

/// Whether counting by code pays for the codes. The limits are guesses from a few measurements.
template <class T>
bool counting_pays(const Points<T>& points, std::size_t n_clusters, Statistic what) {
  const std::size_t n = points.rows();
  return what == Statistic::mode || (n >= 2048 && n / n_clusters >= 32);
}

}  // namespace

template <class T>
struct MediansModes<T>::Parts : Pooled {
  const Points<T>& points;
  const std::size_t n_clusters, first;
  const Statistic what;
  const Poll& poll;
  LabelMemory<T> memory;
  Vector<std::size_t> sizes;     // (n_clusters) members of positive weight
  Vector<std::uint8_t> touched;  // (n_clusters)
  std::unique_ptr<ValueCodes<T>> codes;
  std::unique_ptr<CodeCounts<T>> counts;
  Vector<std::size_t> sorted;  // columns that are not counted

  Parts(const Points<T>& data, std::size_t k, std::size_t first_column, Statistic typical, const Poll& may_stop)
      : points(data),
        n_clusters(k),
        first(first_column),
        what(typical),
        poll(may_stop),
        memory(data, k),
        sizes(k, 0),
        touched(k, 0) {
    if (counting_pays(points, k, what) && CodeCounts<T>::possible(points)) {
      codes = std::make_unique<ValueCodes<T>>(points, first, what == Statistic::median, poll);
      counts = CodeCounts<T>::make(points, *codes, k, what, poll);
    }
    if (counts)
      for (const std::size_t q : counts->left_out()) sorted.push_back(first + q);
    else
      for (std::size_t q = first; q < points.columns(); ++q) sorted.push_back(q);
  }

  /// Rows [begin, end).
  void follow(const std::int32_t* labels, std::size_t begin, std::size_t end) {
    const Moves& moves = memory.look(labels, begin, end, poll);
    for (std::size_t c = 0; c < n_clusters; ++c)
      for (std::size_t i = moves.begin[c]; i < moves.begin[c + 1]; ++i) {
        touched[c] = 1;
        sizes[c] += moves.moves[i].comes ? std::size_t{1} : ~std::size_t{0};
      }
    if (counts) counts->apply(moves);
  }

  void move_centers(const std::int32_t* labels, double* centers) {
    // Some rows at a time, so that the list of changes takes little memory.
    const std::size_t n = points.rows(), step = std::max<std::size_t>((std::size_t{1} << 22) / points.columns(), 4096);
    for (std::size_t begin = 0; begin < n; begin += step) follow(labels, begin, std::min(n, begin + step));
    Vector<std::size_t> clusters;
    for (std::size_t c = 0; c < n_clusters; ++c) {
      if (touched[c] != 0 && sizes[c] != 0) clusters.push_back(c);
      touched[c] = 0;
    }
    if (clusters.empty()) return;
    if (counts) counts->write(clusters, labels, centers);
    if (!sorted.empty()) write_by_sorting(points, sorted, clusters, n_clusters, what, labels, centers, poll);
  }
};

template <class T>
MediansModes<T>::MediansModes(const Points<T>& points, std::size_t n_clusters, std::size_t first, Statistic what,
                              const Poll& poll)
    : parts_(std::make_unique<Parts>(points, n_clusters, first, what, poll)) {}

template <class T>
MediansModes<T>::~MediansModes() = default;

template <class T>
void MediansModes<T>::move_centers(const std::int32_t* labels, double* centers) {
  parts_->move_centers(labels, centers);
}

template class MediansModes<std::uint8_t>;
template class MediansModes<float>;
template class MediansModes<double>;

}  // namespace pykmeans::detail
