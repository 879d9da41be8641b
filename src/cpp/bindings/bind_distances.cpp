// Nearest centers, tables of distances, medoids, moments and scores, for Python.
#include <cstdint>
#include <vector>

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
  double* measured = distances.mutable_data();
  any.visit([&](const auto& points) {
    without_gil([&] {
      nearest(points, centers, out, poll_signals);
      distances_to_labels(points, centers, out, measured, poll_signals);
    });
  });
  return py::make_tuple(labels, distances);
}

template <class Out, class Points>
py::array transformed_to(const Points& points, const Centers& centers) {
  auto distances = empty<Out>(points.rows(), centers->rows);
  Out* out = distances.mutable_data();
  without_gil([&] { transform(points, centers, out, poll_signals); });
  return distances;
}

py::array transformed(const AnyPoints& any, const py::array& array) {
  const Centers centers(array, "centers");
  return any.visit([&](const auto& points) {
    return points.source->has_single_centers() ? transformed_to<float>(points, centers)
                                               : transformed_to<double>(points, centers);
  });
}

py::array_t<std::int64_t> medoid_rows(const AnyPoints& any, const py::array& array, const py::array& labels) {
  const Centers centers(array, "centers");
  const std::int32_t* numbers = vector<std::int32_t>(labels, any.rows(), "labels");
  return any.visit([&](const auto& points) {
    const std::vector<std::int64_t> rows = without_gil([&] { return medoids(points, centers, numbers, poll_signals); });
    return py::array_t<std::int64_t>(static_cast<py::ssize_t>(rows.size()), rows.data());
  });
}

double score(const AnyPoints& any, const py::array& array) {
  const Centers centers(array, "centers");
  return any.visit([&](const auto& points) {
    return without_gil([&] {
      std::vector<std::int32_t> labels(points.rows());
      nearest(points, centers, labels.data(), poll_signals);
      return inertia(points, centers, labels.data(), nullptr, poll_signals);
    });
  });
}

py::tuple mean_and_variance(const AnyPoints& any) {
  const Moments found =
      any.visit([](const auto& points) { return without_gil([&] { return moments(points, poll_signals); }); });
  return py::make_tuple(py::array_t<double>(static_cast<py::ssize_t>(found.mean.size()), found.mean.data()),
                        found.variance);
}

}  // namespace

void bind_distances(py::module_& module) {
  module.def("nearest", &nearest_labels, py::arg("points"), py::arg("centers"));
  module.def("assign", &assign, py::arg("points"), py::arg("centers"));
  module.def("transform", &transformed, py::arg("points"), py::arg("centers"));
  module.def("medoids", &medoid_rows, py::arg("points"), py::arg("centers"), py::arg("labels"));
  module.def("moments", &mean_and_variance, py::arg("points"));
  module.def("score", &score, py::arg("points"), py::arg("centers"));
}

}  // namespace pykmeans::bindings
