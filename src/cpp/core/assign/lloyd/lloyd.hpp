// Lloyd ("lloyd"): looks at every center for every row, by any metric. A float32 filter decides nearly all
// rows, the exact distance the rest among the few centers that the filter leaves.
//
// Use when: always right; no memory beyond the packed centers and a few megabytes. Cost: n k d multiply-adds an
// iteration, or as many maxima and additions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "../../../kernels/table.hpp"
#include "../../filter/filter_frame.hpp"
#include "../../machine/memory_limit.hpp"
#include "../algorithm.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

template <class T>
class Lloyd final : public BlockAlgorithm<T> {
 public:
  /// `points` must outlive it.
  /// @param limit  it keeps packed rows only where that allows them beside the bytes that are `kept`
  Lloyd(const Points<T>& points, std::size_t n_clusters, const MemoryLimit& limit, std::size_t kept);
  ~Lloyd() override;

  bool begin(const Pass& pass) override;
  PassPlan plan(const Pass& pass) const override;
  void label(const RowBlock<T>& block, std::int32_t* labels, Partial* sums, Tally& tally, int worker) override;
  void end(const Tally& tally) override;

 private:
  template <class Float>
  struct Worker;
  template <class Float>
  struct Filter;

  enum class By { exact_distance, float32, float64 };

  By choose(const Pass& pass);
  template <class Float>
  void pack(const Pass& pass, const kernels::FilterKernels<Float>& kernels, std::unique_ptr<Filter<Float>>& filter);
  void label_exactly(const RowBlock<T>& block, const BlockLabels<T>& relabel) const;

  using BlockAlgorithm<T>::points_;
  const std::size_t n_clusters_;
  const bool may_keep_rows_;
  // What a pass leaves for the next; made when first used.
  std::optional<FilterFrame> frame_;
  std::unique_ptr<Filter<float>> single_;
  std::unique_ptr<Filter<double>> double_;
  bool use_double_ = false;     // float32 could not tell the centers apart
  const Pass* pass_ = nullptr;  // at hand
  By by_ = By::exact_distance;
};

}  // namespace pykmeans::detail
