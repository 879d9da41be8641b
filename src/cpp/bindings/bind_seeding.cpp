// k-means++ for Python.
#include <vector>

#include "points.hpp"

namespace pykmeans::bindings {

void bind_seeding(py::module_& module) {
  module.def(
      "plus_plus",
      [](const AnyPoints& any, std::size_t n_clusters, const py::array& uniforms, std::size_t n_local_trials,
         std::size_t max_memory) {
        const auto size = static_cast<std::size_t>(uniforms.size());
        const double* numbers = vector(uniforms, size, "uniforms");
        const std::vector<double> given(numbers, numbers + size);  // their number is checked with what it depends on
        return any.visit([&](const auto& points) {
          const std::vector<std::int64_t> seeds = without_gil(
              [&] { return plus_plus(points, n_clusters, given, n_local_trials, poll_signals, max_memory); });
          return py::array_t<std::int64_t>(static_cast<py::ssize_t>(seeds.size()), seeds.data());
        });
      },
      py::arg("points"), py::arg("n_clusters"), py::arg("uniforms"), py::arg("n_local_trials"),
      py::arg("max_memory") = 0);
}

}  // namespace pykmeans::bindings
