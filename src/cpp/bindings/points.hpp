// Points of any of the three types, with the arrays that they view kept alive.
#pragma once

#include <memory>
#include <utility>
#include <variant>

#include "arrays.hpp"

namespace pykmeans::bindings {

/// DistinctRows, with the array that they view kept alive.
struct Occurrences {
  py::array array;
  std::shared_ptr<const DistinctRows> rows;
};

class AnyPoints {
 public:
  AnyPoints(const py::array& X, const py::object& sample_weight, int n_threads, const Metric& metric,
            const Occurrences* occurrences);

  /// Call work(points) with the Points of their type.
  template <class Work>
  auto visit(Work&& work) const {
    return std::visit([&](const auto& points) { return work(*points); }, points_);
  }

  std::size_t rows() const {
    return visit([](const auto& points) { return points.values.rows; });
  }

 private:
  template <class T>
  void make(const Metric& metric);

  py::array X_;
  py::object sample_weight_;
  py::array occurrences_;
  int n_threads_;
  std::variant<std::unique_ptr<Points<std::uint8_t>>, std::unique_ptr<Points<float>>, std::unique_ptr<Points<double>>>
      points_;
};

void bind_distinct_rows(py::module_& module);
void bind_points(py::module_& module);
void bind_fit(py::module_& module);
void bind_seeding(py::module_& module);
void bind_silhouette(py::module_& module);
void bind_distances(py::module_& module);
void bind_info(py::module_& module);

}  // namespace pykmeans::bindings
