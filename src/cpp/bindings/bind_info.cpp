// What this build is and what it runs on, for Python.
#include "points.hpp"

namespace pykmeans::bindings {

void bind_info(py::module_& module) {
  module.attr("__version__") = PYKMEANS_VERSION;
  module.def("info", [] {
    py::dict facts;
    facts["version"] = PYKMEANS_VERSION;
    facts["instruction_set"] = instruction_set();
    py::list names;
    for (const std::string& name : instruction_sets()) names.append(name);
    facts["instruction_sets"] = names;
    facts["openmp"] = has_openmp();
    facts["threads"] = granted_threads();
    return facts;
  });
}

}  // namespace pykmeans::bindings
