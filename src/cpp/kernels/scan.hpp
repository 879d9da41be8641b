// The range of each column, in one pass over the rows.
#pragma once

#include <cstddef>

namespace pykmeans::kernels {

/// What was seen of each column, (width) each.
template <class Float>
struct ColumnScan {
  Float* largest;   // magnitude
  Float* smallest;  // magnitude that is not 0
  Float* trace;     // 0 as long as all values were finite
};

struct ScanKernels {
  /// @param rows (count, width)  @param scan [in, out]
  template <class Float>
  using Scan = void (*)(const Float* rows, std::ptrdiff_t row_stride, std::size_t count, std::size_t width,
                        const ColumnScan<Float>& scan);

  Scan<float> of_float32;
  Scan<double> of_float64;

  Scan<float> of(float) const { return of_float32; }
  Scan<double> of(double) const { return of_float64; }
};

}  // namespace pykmeans::kernels
