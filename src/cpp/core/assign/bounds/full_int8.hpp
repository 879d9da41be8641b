// FullInt8: every center for every row, as "lloyd" does, but by 8-bit integers, and nothing is kept from one pass to
// the next. Use when: many centers of many features, on a CPU that multiplies 8-bit integers; any number of passes. It
// gives up by itself where 8 bits certify too little.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "../../filter/groups.hpp"
#include "../algorithm.hpp"
#include "group_pass.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

template <class T>
class FullInt8 final : public BlockAlgorithm<T> {
 public:
  /// `points` must outlive it.
  FullInt8(const Points<T>& points, std::size_t n_clusters);

  static bool pays(const Points<T>& points, std::size_t n_clusters);

  bool begin(const Pass& pass) override;
  PassPlan plan(const Pass& pass) const override;
  void label(const RowBlock<T>& block, std::int32_t* labels, Partial* sums, Tally& tally, int worker) override;
  void end(const Tally& tally) override;

 private:
  using BlockAlgorithm<T>::points_;
  Groups groups_;
  const std::size_t block_rows_;
  bool certifies_ = true;
  std::unique_ptr<BlockPass<T>> pass_;
};

}  // namespace pykmeans::detail
