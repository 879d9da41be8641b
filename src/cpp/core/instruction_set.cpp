#include "../kernels/table.hpp"
#include "pykmeans/pykmeans.hpp"

namespace pykmeans {

std::string instruction_set() {
  return kernels::pick().name;
}

}  // namespace pykmeans
