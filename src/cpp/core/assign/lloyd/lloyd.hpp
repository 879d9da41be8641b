// Lloyd ("lloyd"): looks at every center for every row, by any metric. A float32 filter decides nearly all
// rows, the exact distance the rest among the few centers that the filter leaves.
//
// Use when: always right; no memory beyond the packed centers and a few megabytes. Cost: n k d multiply-adds an
// iteration, or as many maxima and additions.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "../../../kernels/table.hpp"
#include "../../filter/filter_frame.hpp"
#include "../algorithm.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

template <class T>
class Lloyd final : public Way<T> {
 public:
  /// Packed values that are kept from one pass to the next: where all of X takes no more than these four megabytes,
  /// packing it anew in each pass would be a good part of the work.
  static constexpr std::size_t most_kept_values = std::size_t{1} << 20;

  /// `points` and what poll refers to must outlive it.
  Lloyd(const Points<T>& points, std::size_t n_clusters, const Poll& poll);
  ~Lloyd() override;

  std::size_t assign(const Assignment& pass) override;

 private:
  template <class Float>
  struct Worker;
  template <class Float>
  struct Filter;

  void frame();
  std::size_t by_exact_distance(const Assignment& pass);
  template <class Float>
  std::size_t by_filter(const Assignment& pass, const kernels::FilterKernels<Float>& kernels,
                        std::unique_ptr<Filter<Float>>& filter);

  const Points<T>& points_;
  const std::size_t n_clusters_;
  const Poll& poll_;
  // What a pass leaves for the next; made when first used.
  std::optional<FilterFrame> frame_;
  std::unique_ptr<Filter<float>> single_;
  std::unique_ptr<Filter<double>> double_;
  bool use_double_ = false;  // float32 could not tell the centers apart
};

}  // namespace pykmeans::detail
