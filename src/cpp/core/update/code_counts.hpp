// CodeCounts: for every cluster and column, how much weight the members of each code have, kept up to date by the rows
// whose label changed. Modes are read off; medians too where their code is one value, else they are looked up among
// the members of their bin.
//
// Memory: a count for each cluster, column and bin, of 4 bytes (16 with weights), at most half of X or four megabytes.
// Where that is too little, several codes are one bin. The members of the bins in which the medians are: mostly some
// hundredths of X.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "label_changes.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"
#include "statistic.hpp"

namespace pykmeans::detail {

template <class T>
class CodeCounts : public Pooled {
 public:
  virtual ~CodeCounts() = default;

  /// Columns of X that are not counted, since their codes or counts would be too many.
  virtual Vector<std::size_t> left_out() const = 0;

  /// Let clusters have got and lost some rows.
  virtual void apply(const Moves& moves) = 0;

  /// Write the medians or modes of some clusters, all with members. @param labels (n_samples) that all moves led to
  /// @param centers [in, out] (n_clusters, n_features)
  virtual void write(const Vector<std::size_t>& clusters, const std::int32_t* labels, double* centers) = 0;

  /// Of columns [first, n_features); null where weights cannot be counted. What it is given must outlive it.
  static std::unique_ptr<CodeCounts> make(const Points<T>& points, std::size_t first, std::size_t n_clusters,
                                          Statistic what, const Poll& poll);
};

}  // namespace pykmeans::detail
