// fit for Python.
#include <algorithm>
#include <iterator>
#include <limits>

#include "points.hpp"

namespace pykmeans::bindings {

namespace {

/// FitSummary and the arrays, as Python sees them.
struct PyFit : HeldByPython {
  FitSummary summary;
  py::array labels, centers, cluster_inertia, cluster_sizes;
  py::list steps;
};

Algorithm algorithm_named(const std::string& name) {
  for (const Algorithm algorithm : algorithms)
    if (name == to_string(algorithm)) return algorithm;
  throw py::value_error("algorithm='" + name + "' must be one of _core.ALGORITHMS");
}

Refine refinement_named(const std::string& name) {
  if (name.empty()) return Refine::none;
  for (const Refine refine : refinements)
    if (name == to_string(refine)) return refine;
  throw py::value_error("refine='" + name + "' must be one of _core.REFINEMENTS, or empty");
}

py::array to_center_type(const py::array_t<double>& centers, bool is_single) {
  if (!is_single) return centers;
  py::array_t<float> single({centers.shape(0), centers.shape(1)});
  narrow(centers.data(), static_cast<std::size_t>(centers.size()), single.mutable_data());  // exact: they are rounded
  return single;
}

py::array_t<double> to_array(const std::vector<double>& values) {
  return py::array_t<double>(static_cast<py::ssize_t>(values.size()), values.data());
}

/// Copies of the centers and the labels of an iteration, and its inertia.
py::tuple step(const Iteration& iteration, const std::int32_t* labels, std::size_t n_samples, bool is_single) {
  auto centers = empty<double>(iteration.centers.rows, iteration.centers.columns);
  std::copy_n(iteration.centers.data, centers.size(), centers.mutable_data());
  auto kept = empty<std::int32_t>(n_samples);
  std::copy_n(labels, n_samples, kept.mutable_data());
  return py::make_tuple(to_center_type(centers, is_single), kept, iteration.inertia);
}

Holder<PyFit> fit_points(const AnyPoints& any, const py::array& init, std::size_t max_iter, double tol,
                         const std::string& algorithm, const py::object& on_iteration, const py::object& on_update,
                         double max_time, std::size_t max_memory, bool record_steps, const std::string& refine,
                         std::size_t n_swaps, std::uint32_t seed) {
  const Centers start(init, "init");
  FitOptions options;
  options.max_iter = max_iter;
  options.tol = tol;
  options.algorithm = algorithm_named(algorithm);
  options.max_time = max_time;
  options.max_memory = max_memory;
  options.refine = refinement_named(refine);
  options.n_swaps = n_swaps;
  options.seed = seed;
  options.poll = poll_signals;
  if (!on_update.is_none())
    options.on_update = [&](const Update& update) {
      const py::gil_scoped_acquire acquire;
      return on_update(update.number, update.inertia, update.shift).cast<bool>();
    };
  py::list steps;
  return any.visit([&](const auto& points) {
    if (record_steps || !on_iteration.is_none())
      options.on_iteration = [&](const Iteration& iteration) {
        const std::int32_t* labels = record_steps ? iteration.labels() : nullptr;  // may be work, done without the GIL
        const py::gil_scoped_acquire acquire;
        if (record_steps) steps.append(step(iteration, labels, points.rows(), points.source->has_single_centers()));
        if (!on_iteration.is_none()) on_iteration(iteration.number, iteration.inertia);
      };
    auto labels = empty<std::int32_t>(points.rows());
    auto centers = empty<double>(start->rows, start->columns);
    auto cluster_inertia = empty<double>(start->rows), cluster_sizes = empty<double>(start->rows);
    const FitArrays out{labels.mutable_data(), centers.mutable_data(), cluster_inertia.mutable_data(),
                        cluster_sizes.mutable_data()};
    FitSummary summary = without_gil([&] { return fit(points, start, options, out); });
    return held<PyFit>(PyFit{{},
                             std::move(summary),
                             labels,
                             to_center_type(centers, points.source->has_single_centers()),
                             cluster_inertia,
                             cluster_sizes,
                             steps});
  });
}

}  // namespace

void bind_fit(py::module_& module) {
  py::class_<PyFit, Holder<PyFit>>(module, "Fit")
      .def_readonly("labels", &PyFit::labels)
      .def_readonly("centers", &PyFit::centers)
      .def_readonly("cluster_inertia", &PyFit::cluster_inertia)
      .def_readonly("cluster_sizes", &PyFit::cluster_sizes)
      .def_readonly("steps", &PyFit::steps)
      .def_property_readonly("inertia", [](const PyFit& self) { return self.summary.inertia; })
      .def_property_readonly("inertia_history",
                             [](const PyFit& self) { return to_array(self.summary.inertia_history); })
      .def_property_readonly("refinement_history",
                             [](const PyFit& self) { return to_array(self.summary.refinement_history); })
      .def_property_readonly("unrefined_inertia", [](const PyFit& self) { return self.summary.unrefined_inertia; })
      .def_property_readonly("n_swaps", [](const PyFit& self) { return self.summary.n_swaps; })
      .def_property_readonly("n_accepted_swaps", [](const PyFit& self) { return self.summary.n_accepted_swaps; })
      .def_property_readonly("n_moves", [](const PyFit& self) { return self.summary.n_moves; })
      .def_property_readonly("n_iter", [](const PyFit& self) { return self.summary.n_iter; })
      .def_property_readonly("stop_reason", [](const PyFit& self) { return to_string(self.summary.stop_reason); })
      .def_property_readonly("algorithm", [](const PyFit& self) { return to_string(self.summary.algorithm); })
      .def_property_readonly("shift", [](const PyFit& self) { return self.summary.shift; })
      .def_property_readonly("tolerance", [](const PyFit& self) { return self.summary.tolerance; });
  py::tuple names(std::size(algorithms));
  for (std::size_t i = 0; i < std::size(algorithms); ++i) names[i] = to_string(algorithms[i]);
  module.attr("ALGORITHMS") = names;
  py::list refined;
  for (const Refine refine : refinements) refined.append(to_string(refine));
  module.attr("REFINEMENTS") = py::tuple(refined);
  module.def("fit", &fit_points, py::arg("points"), py::arg("init"), py::kw_only(), py::arg("max_iter"), py::arg("tol"),
             py::arg("algorithm") = "auto", py::arg("on_iteration") = py::none(), py::arg("on_update") = py::none(),
             py::arg("max_time") = std::numeric_limits<double>::infinity(), py::arg("max_memory") = 0,
             py::arg("record_steps") = false, py::arg("refine") = "", py::arg("n_swaps") = 0, py::arg("seed") = 0);
}

}  // namespace pykmeans::bindings
