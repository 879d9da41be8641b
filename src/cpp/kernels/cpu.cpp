// Which kernels run here.
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "table.hpp"

namespace pykmeans::kernels {

namespace {

/// A table and whether this CPU (and its operating system, which must save the registers) runs it.
struct Choice {
  const KernelTable* table;
  bool runs;
};

const KernelTable& choose() {
#ifdef PYKMEANS_X86_KERNELS
  __builtin_cpu_init();
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                          __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  const Choice choices[] = {{&avx512, has_avx512}, {&avx2, has_avx2}, {&baseline, true}};  // best first
#else
  const Choice choices[] = {{&baseline, true}};
#endif
  const char* variable = std::getenv("PYKMEANS_ISA");
  const std::string wanted = variable ? variable : "";
  std::string names;
  for (const Choice& choice : choices) {
    if (choice.runs && (wanted.empty() || wanted == choice.table->name)) return *choice.table;
    if (choice.runs) names += (names.empty() ? "" : ", ") + std::string(choice.table->name);
  }
  throw std::invalid_argument("PYKMEANS_ISA=" + wanted + " must be one of what this CPU runs: " + names);
}

}  // namespace

const KernelTable& pick() {
  static const KernelTable& table = choose();
  return table;
}

}  // namespace pykmeans::kernels
