// Silhouettes for Python.
#include <cstdint>

#include "points.hpp"

namespace pykmeans::bindings {

namespace {

py::array_t<double> silhouettes(const AnyPoints& any, const py::array& labels, std::size_t n_clusters) {
  const std::int32_t* numbers = vector<std::int32_t>(labels, any.rows(), "labels");
  auto values = empty<double>(any.rows());
  double* out = values.mutable_data();
  any.visit(
      [&](const auto& points) { without_gil([&] { silhouette(points, numbers, n_clusters, out, poll_signals); }); });
  return values;
}

py::array_t<double> simplified_silhouettes(const AnyPoints& any, const py::array& labels, const py::array& array) {
  const Centers centers(array, "centers");
  const std::int32_t* numbers = vector<std::int32_t>(labels, any.rows(), "labels");
  auto values = empty<double>(any.rows());
  double* out = values.mutable_data();
  any.visit([&](const auto& points) {
    without_gil([&] { simplified_silhouette(points, centers, numbers, out, poll_signals); });
  });
  return values;
}

double mean(const py::array& array, const py::object& sample_weight) {
  const auto size = static_cast<std::size_t>(array.size());
  const double* values = vector(array, size, "values");
  const double* weights = nullptr;
  if (!sample_weight.is_none()) weights = vector(py::cast<py::array>(sample_weight), size, "sample_weight");
  return weighted_mean(values, weights, size);
}

}  // namespace

void bind_silhouette(py::module_& module) {
  module.def("silhouette", &silhouettes, py::arg("points"), py::arg("labels"), py::arg("n_clusters"));
  module.def("simplified_silhouette", &simplified_silhouettes, py::arg("points"), py::arg("labels"),
             py::arg("centers"));
  module.def("weighted_mean", &mean, py::arg("values"), py::arg("sample_weight") = py::none());
}

}  // namespace pykmeans::bindings
