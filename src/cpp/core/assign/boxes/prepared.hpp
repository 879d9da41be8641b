// Prepared: what ways to assign make of some points, once, for all fits of them.
#pragma once

#include <memory>
#include <mutex>

#include "box_tree.hpp"
#include "pykmeans/options.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans::detail {

template <class T>
class Prepared {
 public:
  /// Made when first asked for, also where several threads ask at once; lives as long as this.
  const BoxTree<T>& boxes(const Points<T>& points, const Poll& poll) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!boxes_) boxes_ = std::make_unique<const BoxTree<T>>(points, poll);
    return *boxes_;
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<const BoxTree<T>> boxes_;
};

}  // namespace pykmeans::detail
