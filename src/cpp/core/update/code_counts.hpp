// CodeCounts: for every cluster and column, how much weight of the members has each code, kept up to date by the rows
// whose label changed. Modes are read off; medians are looked up in the members of one code, which are kept in order
// from one call to the next.
//
// Memory: a count for each cluster, column and code, of 4 bytes (16 with weights), at most half of X or four megabytes.
// Where that is too little, several codes count as one. The members of the codes in which the medians are: mostly some
// hundredths of X.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "label_changes.hpp"
#include "medians_modes.hpp"
#include "pykmeans/workspace.hpp"
#include "value_codes.hpp"

namespace pykmeans::detail {

template <class T>
class CodeCounts : public Pooled {
 public:
  virtual ~CodeCounts() = default;

  /// Columns of the codes that are not counted, since their codes or counts would be too many.
  virtual Vector<std::size_t> left_out() const = 0;

  /// Let clusters have got and lost some rows.
  virtual void apply(const Moves& moves) = 0;

  /// Write the medians or modes of some clusters, all with members. @param labels (n_samples) that all moves led to
  /// @param centers [in, out] (n_clusters, n_features)
  virtual void write(const Vector<std::size_t>& clusters, const std::int32_t* labels, double* centers) = 0;

  /// Whether the weights add up in a count.
  static bool possible(const Points<T>& points);

  /// Where it is possible. @param codes  must outlive it, as what the rest refers to
  static std::unique_ptr<CodeCounts> make(const Points<T>& points, const ValueCodes<T>& codes, std::size_t n_clusters,
                                          Statistic what, const Poll& poll);
};

}  // namespace pykmeans::detail
