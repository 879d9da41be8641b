// Which kernels run here: decided once, compiled for every CPU.
#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "table.hpp"

namespace pykmeans::kernels {

namespace {

struct Choice {
  const char* name;
  const KernelTable* table;
  const Int8Kernels* int8;    // nullptr for none
  const Int16Kernels* int16;  // in place of the table's; nullptr to keep those
  bool runs;                  // on this CPU and its operating system, which must save the registers
};

#ifdef PYKMEANS_X86_KERNELS
void add_x86(std::vector<Choice>& all) {
  __builtin_cpu_init();
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                          __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  const bool has_avx512vnni = has_avx512 && __builtin_cpu_supports("avx512vnni");
  all.push_back({"avx512vnni", &avx512, &avx512vnni_int8, &avx512vnni_int16, has_avx512vnni});
  all.push_back({"avx512", &avx512, &avx512_int8, nullptr, has_avx512});
#ifdef PYKMEANS_AVXVNNI
  all.push_back({"avxvnni", &avx2, &avxvnni_int8, nullptr, has_avx2 && __builtin_cpu_supports("avxvnni")});
#endif
  all.push_back({"avx2", &avx2, &avx2_int8, nullptr, has_avx2});
}
#endif

/// What this CPU runs, the best first.
std::vector<Choice> choices() {
  std::vector<Choice> all;
#ifdef PYKMEANS_X86_KERNELS
  add_x86(all);
#endif
  all.push_back({"baseline", &baseline, nullptr, nullptr, true});
  all.erase(std::remove_if(all.begin(), all.end(), [](const Choice& choice) { return !choice.runs; }), all.end());
  return all;
}

KernelTable choose() {
  const char* variable = std::getenv("PYKMEANS_ISA");
  const std::string wanted = variable ? variable : "";
  std::string names;
  for (const Choice& choice : choices()) {
    if (wanted.empty() || wanted == choice.name) {
      KernelTable table = *choice.table;
      table.name = choice.name;
      table.int8 = choice.int8;
      if (choice.int16) table.int16 = *choice.int16;
      return table;
    }
    names += (names.empty() ? "" : ", ") + std::string(choice.name);
  }
  throw std::invalid_argument("PYKMEANS_ISA=" + wanted + " must be one of what this CPU runs: " + names);
}

}  // namespace

const char* const* available() {
  static const std::vector<const char*> names = [] {
    std::vector<const char*> found;
    for (const Choice& choice : choices()) found.push_back(choice.name);
    found.push_back(nullptr);
    return found;
  }();
  return names.data();
}

const KernelTable& pick() {
  static const KernelTable table = choose();
  return table;
}

}  // namespace pykmeans::kernels
