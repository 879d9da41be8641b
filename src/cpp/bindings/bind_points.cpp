#include "points.hpp"

namespace pykmeans::bindings {

AnyPoints::AnyPoints(const py::array& X, const py::object& sample_weight, int n_threads)
    : X_(X), sample_weight_(sample_weight), n_threads_(n_threads) {
  if (py::isinstance<py::array_t<float>>(X))
    make<float>();
  else if (py::isinstance<py::array_t<double>>(X))
    make<double>();
  else
    make<std::uint8_t>();
}

template <class T>
void AnyPoints::make() {
  const MatrixView<T> view = matrix<T>(X_, "X");
  const double* weights = nullptr;
  if (!sample_weight_.is_none()) weights = vector(py::cast<py::array>(sample_weight_), view.rows, "sample_weight");
  points_ = without_gil([&] { return std::make_unique<Points<T>>(view, weights, n_threads_, poll_signals); });
}

void bind_points(py::module_& module) {
  py::class_<AnyPoints>(module, "Points")
      .def(py::init<const py::array&, const py::object&, int>(), py::arg("X"), py::arg("sample_weight") = py::none(),
           py::arg("n_threads") = 0)
      .def_property_readonly(
          "n_nonfinite",
          [](const AnyPoints& self) { return self.visit([](const auto& points) { return points.n_nonfinite; }); })
      .def_property_readonly("first_nonfinite", [](const AnyPoints& self) {
        return self.visit([](const auto& points) {
          using Place = std::pair<std::int64_t, std::int64_t>;
          if (points.n_nonfinite == 0) return Place(-1, -1);
          return Place(points.first_nonfinite_row, points.first_nonfinite_column);
        });
      });
}

}  // namespace pykmeans::bindings
