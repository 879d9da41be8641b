// float32 as double and back, whatever the floating-point state of the thread.
#include <algorithm>

#include "../machine/float_environment.hpp"
#include "pykmeans/pykmeans.hpp"

namespace pykmeans {

std::vector<double> widened(MatrixView<float> values) {
  const detail::FloatEnvironment environment;
  std::vector<double> result;
  result.reserve(values.rows * values.columns);
  for (std::size_t i = 0; i < values.rows; ++i)
    result.insert(result.end(), values.row(i), values.row(i) + values.columns);
  return result;
}

void narrow(const double* values, std::size_t count, float* result) {
  const detail::FloatEnvironment environment;
  std::transform(values, values + count, result, [](double value) { return static_cast<float>(value); });
}

}  // namespace pykmeans
