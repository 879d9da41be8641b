// The names of the instruction sets, and the one that is used.
#include "../../kernels/table.hpp"
#include "pykmeans/pykmeans.hpp"

namespace pykmeans {

std::string instruction_set() {
  return kernels::pick().name;
}

std::vector<std::string> instruction_sets() {
  std::vector<std::string> names;
  for (const char* const* name = kernels::available(); *name; ++name) names.emplace_back(*name);
  return names;
}

}  // namespace pykmeans
