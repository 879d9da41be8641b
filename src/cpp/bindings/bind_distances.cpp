#include <type_traits>

#include "points.hpp"

namespace pykmeans::bindings {

namespace {

py::array_t<std::int32_t> nearest_labels(const AnyPoints& any, const py::array& array) {
  const Centers centers(array, "centers");
  auto labels = empty<std::int32_t>(any.rows());
  std::int32_t* out = labels.mutable_data();
  any.visit([&](const auto& points) { without_gil([&] { nearest(points, centers, out, poll_signals); }); });
  return labels;
}

py::tuple assign(const AnyPoints& any, const py::array& array) {
  const Centers centers(array, "centers");
  auto labels = empty<std::int32_t>(any.rows());
  auto distances = empty<double>(any.rows());
  std::int32_t* out = labels.mutable_data();
  double* squared = distances.mutable_data();
  any.visit([&](const auto& points) {
    without_gil([&] {
      nearest(points, centers, out, poll_signals);
      squared_distances(points, centers, out, squared, poll_signals);
    });
  });
  return py::make_tuple(labels, distances);
}

py::array transformed(const AnyPoints& any, const py::array& array) {
  const Centers centers(array, "centers");
  return any.visit([&](const auto& points) -> py::array {
    using T = std::remove_const_t<std::remove_pointer_t<decltype(points.values.data)>>;
    using Out = std::conditional_t<std::is_same_v<T, float>, float, double>;
    auto distances = empty<Out>(points.values.rows, centers->rows);
    Out* out = distances.mutable_data();
    without_gil([&] { transform(points, centers, out, poll_signals); });
    return distances;
  });
}

double score(const AnyPoints& any, const py::array& array) {
  const Centers centers(array, "centers");
  return any.visit([&](const auto& points) {
    return without_gil([&] {
      std::vector<std::int32_t> labels(points.values.rows);
      nearest(points, centers, labels.data(), poll_signals);
      return inertia(points, centers, labels.data(), nullptr, poll_signals);
    });
  });
}

}  // namespace

void bind_distances(py::module_& module) {
  module.def("nearest", &nearest_labels, py::arg("points"), py::arg("centers"));
  module.def("assign", &assign, py::arg("points"), py::arg("centers"));
  module.def("transform", &transformed, py::arg("points"), py::arg("centers"));
  module.def("score", &score, py::arg("points"), py::arg("centers"));
}

}  // namespace pykmeans::bindings
