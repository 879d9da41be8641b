// NumPy arrays and the core's views: no conversion, no copy. The one place that releases the GIL.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "pykmeans/pykmeans.hpp"

namespace pykmeans::bindings {

namespace py = pybind11;

/// An array as it is: _validate/arrays.py makes it fit, this only refuses what would read the wrong memory.
template <class T>
MatrixView<T> matrix(const py::array& array, const char* name) {
  constexpr auto size = static_cast<py::ssize_t>(sizeof(T));
  const bool fits = array.ndim() == 2 && py::isinstance<py::array_t<T>>(array) &&
                    (array.flags() & py::detail::npy_api::NPY_ARRAY_ALIGNED_) != 0 &&
                    (array.shape(1) <= 1 || array.strides(1) == size) &&
                    (array.shape(0) <= 1 || array.strides(0) % size == 0);
  if (!fits)
    throw py::type_error(std::string(name) + " must be an aligned 2-dimensional array of " +
                         std::string(py::str(py::dtype::of<T>())) + " with unit column stride");
  const py::ssize_t stride = array.shape(0) <= 1 ? array.shape(1) : array.strides(0) / size;
  return {static_cast<const T*>(array.data()), static_cast<std::size_t>(array.shape(0)),
          static_cast<std::size_t>(array.shape(1)), stride};
}

/// A contiguous vector.
template <class T = double>
const T* vector(const py::array& array, std::size_t size, const char* name) {
  const bool fits =
      array.ndim() == 1 && py::isinstance<py::array_t<T>>(array) && (array.flags() & py::array::c_style) != 0 &&
      (array.flags() & py::detail::npy_api::NPY_ARRAY_ALIGNED_) != 0 && static_cast<std::size_t>(array.size()) == size;
  if (!fits)
    throw py::type_error(std::string(name) + " must be a contiguous array of " +
                         std::string(py::str(py::dtype::of<T>())) + " and shape (" + std::to_string(size) + ",)");
  return static_cast<const T*>(array.data());
}

/// Centers as the core takes them: float64 as they are, float32 in a copy. The conversion is made here and not by
/// NumPy, which would lose subnormal values where another library has left flush-to-zero on.
class Centers {
 public:
  Centers(const py::array& array, const char* name) {
    if (!py::isinstance<py::array_t<float>>(array)) {
      view_ = matrix<double>(array, name);
      return;
    }
    const MatrixView<float> single = matrix<float>(array, name);
    copy_ = widened(single);
    view_ = {copy_.data(), single.rows, single.columns};
  }
  Centers(const Centers&) = delete;
  Centers& operator=(const Centers&) = delete;

  operator MatrixView<double>() const { return view_; }
  const MatrixView<double>* operator->() const { return &view_; }

 private:
  std::vector<double> copy_;
  MatrixView<double> view_;
};

template <class T>
py::array_t<T> empty(std::size_t size) {
  return py::array_t<T>(static_cast<py::ssize_t>(size));
}

template <class T>
py::array_t<T> empty(std::size_t rows, std::size_t columns) {
  return py::array_t<T>({static_cast<py::ssize_t>(rows), static_cast<py::ssize_t>(columns)});
}

/// Run the core's work without the GIL, so that other Python threads go on. The core touches no Python object; its poll
/// and callbacks take the GIL back for themselves.
template <class Work>
auto without_gil(Work&& work) {
  const py::gil_scoped_release release;
  return std::forward<Work>(work)();
}

/// Lets Ctrl-C through: throws KeyboardInterrupt where Python has received it (on Python's main thread).
inline void poll_signals() {
  const py::gil_scoped_acquire acquire;
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
}

}  // namespace pykmeans::bindings
