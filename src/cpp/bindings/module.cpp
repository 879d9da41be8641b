// The module _core.
#include <cstdlib>

#include "points.hpp"

namespace {

/// Not where NumPy does not work either: it and pybind11 keep states that belong to the main interpreter.
bool in_a_subinterpreter() {
  return PyInterpreterState_Get() != PyInterpreterState_Main();
}

constexpr const char* refusal = "pykmeans._core does not support loading in subinterpreters";

}  // namespace

// No state of its own is shared by Python threads without a lock, so it needs no GIL.
PYBIND11_MODULE(_core_of_main, module, pybind11::mod_gil_not_used()) {
  if (in_a_subinterpreter()) throw pybind11::import_error(refusal);
#ifdef __APPLE__
  // LLVM's OpenMP ends the process where it finds a second copy of itself: scikit-learn and PyTorch carry one each.
  // They do not meet, as libraries of macOS see no symbols of another's copy. It looks when the first team is made.
  setenv("KMP_DUPLICATE_LIB_OK", "TRUE", 0);
#endif
  module.doc() = "The compiled core of pykmeans. Private: use the functions and classes of pykmeans.";
  pykmeans::bindings::bind_distinct_rows(module);
  pykmeans::bindings::bind_points(module);
  pykmeans::bindings::bind_fit(module);
  pykmeans::bindings::bind_seeding(module);
  pykmeans::bindings::bind_silhouette(module);
  pykmeans::bindings::bind_distances(module);
  pykmeans::bindings::bind_info(module);
}

/// The module's entry. pybind11's own waits for ever where an old Python (before 3.12) calls it in a subinterpreter.
extern "C" PYBIND11_EXPORT PyObject* PyInit__core() {
  if (!in_a_subinterpreter()) return PyInit__core_of_main();
  PyErr_SetString(PyExc_ImportError, refusal);
  return nullptr;
}
