// DistinctRows for Python: the colors of an image, each once.
#include <cstdint>

#include "points.hpp"

namespace pykmeans::bindings {

namespace {

template <class T>
py::array spread(const Occurrences& self, const py::array& each) {
  const T* from = vector<T>(each, self.rows->count(), "each");
  auto all = empty<T>(self.rows->rows.rows);
  T* to = all.mutable_data();
  without_gil([&] { self.rows->spread(from, to, poll_signals); });
  return all;
}

/// A view of the core's memory.
py::array read_only(const py::array& view) {
  view.attr("setflags")(py::arg("write") = false);
  return view;
}

}  // namespace

void bind_distinct_rows(py::module_& module) {
  py::class_<Occurrences, Holder<Occurrences>>(module, "DistinctRows")
      .def(py::init([](const py::array& X, int n_threads) {
             const MatrixView<std::uint8_t> view = matrix<std::uint8_t>(X, "X");
             return held<Occurrences>(
                 X, without_gil([&] { return std::make_shared<const DistinctRows>(view, n_threads, poll_signals); }));
           }),
           py::arg("X"), py::arg("n_threads") = 0)
      .def_property_readonly(
          "values",
          [](const py::object& self) {
            const DistinctRows& rows = *self.cast<const Occurrences&>().rows;
            return read_only(py::array_t<std::uint8_t>({rows.count(), rows.rows.columns}, rows.values.data(), self));
          })
      .def_property_readonly(
          "counts",
          [](const py::object& self) {
            const DistinctRows& rows = *self.cast<const Occurrences&>().rows;
            return read_only(py::array_t<double>(static_cast<py::ssize_t>(rows.count()), rows.counts.data(), self));
          })
      .def(
          "spread",
          [](const Occurrences& self, const py::array& each) {
            if (py::isinstance<py::array_t<std::uint8_t>>(each)) return spread<std::uint8_t>(self, each);
            if (py::isinstance<py::array_t<std::uint16_t>>(each)) return spread<std::uint16_t>(self, each);
            return spread<std::int32_t>(self, each);
          },
          py::arg("each"));
}

}  // namespace pykmeans::bindings
