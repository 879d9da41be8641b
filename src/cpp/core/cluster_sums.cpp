#include "cluster_sums.hpp"

#include <utility>

#include "parallel.hpp"

namespace pykmeans::detail {

template <class T>
std::vector<WideSum> cluster_sums(const Points<T>& points, const double* weights, const double* centers,
                                  std::size_t n_sums, const std::int32_t* labels, const Referee& referee,
                                  const Poll& poll) {
  const std::size_t n = points.values.rows, d = points.values.columns;
  const int threads = useful_threads(points.n_threads, {n, d + 4});
  const Blocks blocks(n, d + 4, threads);
  std::vector<std::vector<WideSum>> sums(static_cast<std::size_t>(threads), std::vector<WideSum>(n_sums));
  parallel_blocks(blocks.count(), threads, poll, [&](std::size_t block, int worker) {
    std::vector<WideSum>& mine = sums[static_cast<std::size_t>(worker)];
    for (std::size_t i = blocks.begin(block); i < blocks.end(block); ++i) {
      const auto label = labels ? static_cast<std::size_t>(labels[i]) : 0;
      const double distance = referee(points.values.row(i), centers + label * d);
      WideSum& sum = mine[n_sums == 1 ? 0 : label];
      if (weights)
        sum.add(weights[i], distance);
      else
        sum.add(distance);
    }
  });
  for (std::size_t w = 1; w < sums.size(); ++w)
    for (std::size_t c = 0; c < n_sums; ++c) sums[0][c].add(sums[w][c]);
  return std::move(sums[0]);
}

template std::vector<WideSum> cluster_sums(const Points<std::uint8_t>&, const double*, const double*, std::size_t,
                                           const std::int32_t*, const Referee&, const Poll&);
template std::vector<WideSum> cluster_sums(const Points<float>&, const double*, const double*, std::size_t,
                                           const std::int32_t*, const Referee&, const Poll&);
template std::vector<WideSum> cluster_sums(const Points<double>&, const double*, const double*, std::size_t,
                                           const std::int32_t*, const Referee&, const Poll&);

}  // namespace pykmeans::detail
