#include "points.hpp"

PYBIND11_MODULE(_core, module) {
  module.doc() = "The compiled core of pykmeans. Private: use the functions and classes of pykmeans.";
  pykmeans::bindings::bind_distinct_rows(module);
  pykmeans::bindings::bind_points(module);
  pykmeans::bindings::bind_fit(module);
  pykmeans::bindings::bind_seeding(module);
  pykmeans::bindings::bind_silhouette(module);
  pykmeans::bindings::bind_distances(module);
  pykmeans::bindings::bind_info(module);
}
