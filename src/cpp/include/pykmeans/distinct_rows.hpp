// DistinctRows: the different rows of uint8 values, as the pixels of a picture are, and which of them each row is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "options.hpp"
#include "view.hpp"
#include "workspace.hpp"

namespace pykmeans {

/// A view of the caller's rows, which must outlive it, and each of their values once.
class DistinctRows {
 public:
  /// @param rows  at least one, fewer than 2^28, of one to three columns
  /// @param n_threads  0 for what the machine grants
  /// Throws std::invalid_argument where they are not so.
  explicit DistinctRows(MatrixView<std::uint8_t> rows, int n_threads = 0, const Poll& poll = {});

  const MatrixView<std::uint8_t> rows;
  Vector<std::uint8_t> values;  ///< (count, columns) the different rows, near ones mostly near each other
  Vector<double> counts;        ///< (count) rows of each

  std::size_t count() const { return counts.size(); }

  /// Which of the different rows a row is.
  std::size_t operator[](std::size_t row) const;

  /// What each of the different rows has, for all rows. T is std::uint8_t, std::uint16_t or std::int32_t.
  /// @param each (count)  @param all[out] (rows)
  template <class T>
  void spread(const T* each, T* all, const Poll& poll = {}) const;

 private:
  struct Ranks;
  std::shared_ptr<const Ranks> ranks_;
};

}  // namespace pykmeans
