// Points of any of the three types, with the arrays that they view kept alive.
#pragma once

#include <memory>
#include <utility>
#include <variant>

#include "arrays.hpp"

namespace pykmeans::bindings {

/// What a class of Python holds. Where pybind11 finds no memory to register a new instance, its holder destroys the
/// object, and then the instance, which knows nothing of that, calls the class's operator delete: it must do nothing.
struct HeldByPython {
  static void operator delete(void*) {}
};
struct Destroy {
  template <class T>
  void operator()(T* object) const {
    ::delete object;
  }
};
template <class T>
using Holder = std::unique_ptr<T, Destroy>;
template <class T, class... Arguments>
Holder<T> held(Arguments&&... arguments) {
  return Holder<T>(::new T(std::forward<Arguments>(arguments)...));
}

/// DistinctRows, with the array that they view kept alive.
struct Occurrences : HeldByPython {
  Occurrences(py::array viewed, std::shared_ptr<const DistinctRows> found)
      : array(std::move(viewed)), rows(std::move(found)) {}
  py::array array;
  std::shared_ptr<const DistinctRows> rows;
};

class AnyPoints : public HeldByPython {
 public:
  AnyPoints(const py::array& X, const py::object& sample_weight, int n_threads, const Metric& metric,
            const Occurrences* occurrences);

  /// Call work(points) with the Points of their type.
  template <class Work>
  auto visit(Work&& work) const {
    return std::visit([&](const auto& points) { return work(*points); }, points_);
  }

  std::size_t rows() const {
    return visit([](const auto& points) { return points.rows(); });
  }

 private:
  template <class T>
  void make(const Metric& metric, const std::shared_ptr<const DistinctRows>& rows);

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
