#include <algorithm>
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

}  // namespace

void bind_distinct_rows(py::module_& module) {
  py::class_<Occurrences>(module, "DistinctRows")
      .def(py::init([](const py::array& X, int n_threads) {
             const MatrixView<std::uint8_t> view = matrix<std::uint8_t>(X, "X");
             return Occurrences{
                 X, without_gil([&] { return std::make_shared<const DistinctRows>(view, n_threads, poll_signals); })};
           }),
           py::arg("X"), py::arg("n_threads") = 0)
      .def_property_readonly("values",
                             [](const Occurrences& self) {
                               auto values = empty<std::uint8_t>(self.rows->count(), self.rows->rows.columns);
                               std::copy(self.rows->values.begin(), self.rows->values.end(), values.mutable_data());
                               return values;
                             })
      .def_property_readonly("counts",
                             [](const Occurrences& self) {
                               auto counts = empty<double>(self.rows->count());
                               std::copy(self.rows->counts.begin(), self.rows->counts.end(), counts.mutable_data());
                               return counts;
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
