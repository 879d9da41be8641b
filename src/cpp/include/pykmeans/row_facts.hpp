// RowFacts: what one pass over rows and their weights found.
#pragma once

#include <cstddef>
#include <vector>

#include "options.hpp"
#include "partial.hpp"
#include "row_source.hpp"
#include "workspace.hpp"

namespace pykmeans {

/// The facts of two parts of a table, merged, are those of the whole table.
struct RowFacts {
  std::size_t rows = 0;
  Vector<ValueRange> columns;  ///< (n_features) range of each column
  bool weighted = false;       ///< whether the rows have weights
  ValueRange weights;          ///< range of the weights; none where there are none but 0

  std::size_t n_nonfinite = 0;  ///< NaN and infinite values; where there are any, nothing is said of the columns
  std::size_t first_nonfinite_row = 0;  ///< place of the first of them in row order
  std::size_t first_nonfinite_column = 0;

  /// Add the facts of the rows that follow. Throws std::invalid_argument where they have other columns, or one part has
  /// weights and the other has none.
  void merge(const RowFacts& next);

  /// As bytes that any machine reads, in a frame that is checked.
  std::vector<unsigned char> to_bytes() const;
  /// The way back. Throws std::invalid_argument for bytes that are damaged, truncated, newer or of something else.
  static RowFacts from_bytes(const unsigned char* bytes, std::size_t size);
};

/// What one pass over the rows finds.
/// @param source  at least one row and one column
/// @param weights  (rows of the source) or nullptr for ones
/// @param n_threads  0 for what the machine grants
/// Throws std::invalid_argument for a weight that is negative or not finite, and where the arguments are not so.
template <class T>
RowFacts scan(const RowSource<T>& source, const double* weights = nullptr, int n_threads = 1, const Poll& poll = {});

}  // namespace pykmeans
