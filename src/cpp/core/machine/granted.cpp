#include "granted.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <thread>

#include "cgroups.hpp"

#ifdef __linux__
#include <sched.h>
#endif

namespace pykmeans::detail {

namespace {

constexpr int unlimited = std::numeric_limits<int>::max();

int hardware_threads() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

#ifdef __linux__

int processors(double quota, double period) {
  if (!(quota > 0 && period > 0)) return unlimited;
  return std::max(1, static_cast<int>(std::min<double>(std::ceil(quota / period), unlimited)));  // it may be beyond int
}

/// cgroup version 2: "max 100000" or "200000 100000" in cpu.max.
int unified_limit(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max") return unlimited;
  return processors(std::strtod(quota.c_str(), nullptr), period);
}

/// cgroup version 1: a quota of -1 is none.
int legacy_limit(const std::string& folder) {
  std::ifstream quota_file(folder + "/cpu.cfs_quota_us"), period_file(folder + "/cpu.cfs_period_us");
  double quota = 0, period = 0;
  if (!(quota_file >> quota) || !(period_file >> period)) return unlimited;
  return processors(quota, period);
}

int read_quota() {
  return least_of_groups("cpu", unlimited, unified_limit, legacy_limit);
}

#endif

}  // namespace

int affinity_limit() {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
#endif
  return hardware_threads();
}

int quota_limit() {
#ifdef __linux__
  // Read once: a process's quota hardly ever changes, and the files cost a third of a millisecond.
  static const int quota = read_quota();
  return quota;
#else
  return unlimited;
#endif
}

}  // namespace pykmeans::detail
