// Points for Python, which keep the arrays that they are made of; and the table of metrics.
#include "points.hpp"

namespace pykmeans::bindings {

namespace {

Metric metric_named(const std::string& name, std::size_t n_numeric, double gamma) {
  for (const Distance distance : all_distances)
    if (name == to_string(distance)) return {distance, n_numeric, gamma};
  throw py::value_error("metric='" + name + "' must be one of _core.METRICS");
}

/// What Python needs to know of each metric.
py::dict metrics() {
  py::dict result;
  for (const Distance distance : all_distances) {
    py::list names;
    for (const Algorithm algorithm : algorithms)
      if (works_with(algorithm, distance)) names.append(to_string(algorithm));
    py::list refined;
    for (const Refine refine : refinements)
      if (works_with(refine, distance)) refined.append(to_string(refine));
    py::dict traits;
    traits["center"] = center_name(distance);
    traits["algorithms"] = py::tuple(names);
    traits["refinements"] = py::tuple(refined);
    traits["numbers"] = has_numbers(distance);
    traits["categories"] = has_categories(distance);
    traits["normalized"] = normalizes(distance);
    result[to_string(distance)] = traits;
  }
  return result;
}

}  // namespace

AnyPoints::AnyPoints(const py::array& X, const py::object& sample_weight, int n_threads, const Metric& metric,
                     const Occurrences* occurrences)
    : X_(X), sample_weight_(sample_weight), n_threads_(n_threads) {
  if (occurrences) {
    if (metric.distance != Distance::euclidean || sample_weight.is_none() ||
        static_cast<std::size_t>(X.shape(0)) != occurrences->rows->count())
      throw py::value_error(
          "occurrences must come with metric=euclidean, weights, and as many rows of X as are different");
    occurrences_ = occurrences->array;
  }
  const auto rows = occurrences ? occurrences->rows : nullptr;
  if (py::isinstance<py::array_t<float>>(X))
    make<float>(metric, rows);
  else if (py::isinstance<py::array_t<double>>(X))
    make<double>(metric, rows);
  else
    make<std::uint8_t>(metric, rows);
}

template <class T>
void AnyPoints::make(const Metric& metric, const std::shared_ptr<const DistinctRows>& rows) {
  const MatrixView<T> view = matrix<T>(X_, "X");
  if (rows) {
    points_ = without_gil([&] { return std::make_unique<Points<T>>(counted(view, rows, n_threads_, poll_signals)); });
    return;
  }
  const double* weights = nullptr;
  if (!sample_weight_.is_none()) weights = vector(py::cast<py::array>(sample_weight_), view.rows, "sample_weight");
  const bool cosine = metric.distance == Distance::cosine;
  without_gil([&] {
    auto points = std::make_unique<Points<T>>(view, weights, n_threads_, poll_signals, cosine ? Metric{} : metric);
    if (cosine && points->facts.n_nonfinite == 0)
      points_ = std::make_unique<Points<double>>(normalized(*points, poll_signals));
    else
      points_ = std::move(points);
  });
}

void bind_points(py::module_& module) {
  module.attr("METRICS") = metrics();
  py::class_<AnyPoints, Holder<AnyPoints>>(module, "Points")
      .def(py::init([](const py::array& X, const py::object& sample_weight, int n_threads, const std::string& metric,
                       std::size_t n_numeric, double gamma, const Occurrences* occurrences) {
             return held<AnyPoints>(X, sample_weight, n_threads, metric_named(metric, n_numeric, gamma), occurrences);
           }),
           py::arg("X"), py::arg("sample_weight") = py::none(), py::arg("n_threads") = 0,
           py::arg("metric") = "euclidean", py::arg("n_numeric") = 0, py::arg("gamma") = 1.0,
           py::arg("occurrences") = py::none())
      .def_property_readonly(
          "n_nonfinite",
          [](const AnyPoints& self) { return self.visit([](const auto& points) { return points.facts.n_nonfinite; }); })
      .def_property_readonly("first_nonfinite", [](const AnyPoints& self) {
        return self.visit([](const auto& points) {
          using Place = std::pair<std::int64_t, std::int64_t>;
          if (points.facts.n_nonfinite == 0) return Place(-1, -1);
          return Place(points.facts.first_nonfinite_row, points.facts.first_nonfinite_column);
        });
      });
}

}  // namespace pykmeans::bindings
