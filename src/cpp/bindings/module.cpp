#include <cstdlib>

#include "points.hpp"

PYBIND11_MODULE(_core, module) {
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
