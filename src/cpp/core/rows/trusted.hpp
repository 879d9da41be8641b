// What Points are made with when their metric has been checked: our floating-point state, as long as they are made.
#pragma once

#include "../machine/float_environment.hpp"
#include "pykmeans/points.hpp"

namespace pykmeans {

template <class T>
struct Points<T>::Trusted {
  const detail::FloatEnvironment environment;
};

}  // namespace pykmeans
