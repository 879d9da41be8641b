#include "memory_limit.hpp"

#include <algorithm>
#include <string>

#include "cgroups.hpp"

#ifdef __linux__
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#elif defined(_WIN32)
#include <windows.h>
#endif

namespace pykmeans::detail {

namespace {

constexpr std::size_t unknown = std::numeric_limits<std::size_t>::max();

#ifdef __linux__

/// The number in a file of its own.
std::size_t number_in(const std::string& path) {
  std::ifstream file(path);
  std::size_t number = 0;
  return file >> number ? number : unknown;  // "max" is none
}

/// Bytes of files that the system keeps in memory and can drop, such as those of a memory-mapped X.
/// @param prefix  of the names in a cgroup's memory.stat
std::size_t cached(const std::string& folder, const std::string& prefix) {
  std::ifstream file(folder + "/memory.stat");
  std::size_t sum = 0, bytes = 0;
  for (std::string name; file >> name >> bytes;)
    if (name == prefix + "inactive_file" || name == prefix + "active_file") sum += bytes;
  return sum;
}

std::size_t without_cache(std::size_t used, std::size_t cache) {
  return used == unknown ? unknown : used - std::min(used, cache);
}

std::size_t left(std::size_t limit, std::size_t used) {
  if (limit == unknown || used == unknown) return unknown;
  return limit > used ? limit - used : 0;
}

std::size_t available_on_the_machine() {
  std::ifstream file("/proc/meminfo");
  std::string name, unit;
  for (std::size_t kilobytes = 0; file >> name >> kilobytes; std::getline(file, unit))
    if (name == "MemAvailable:") return kilobytes * 1024;
  return unknown;
}

std::size_t left_of(decltype(RLIMIT_AS) resource, std::size_t used_pages) {
  rlimit limits{};
  if (getrlimit(resource, &limits) != 0 || limits.rlim_cur == RLIM_INFINITY) return unknown;
  return left(limits.rlim_cur, used_pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)));
}

/// By the limits that "ulimit -v" and "ulimit -d" set.
std::size_t left_to_the_process() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0, resident = 0, shared = 0, text = 0, unused = 0, data = 0;
  if (!(file >> all >> resident >> shared >> text >> unused >> data)) return unknown;
  return std::min(left_of(RLIMIT_AS, all), left_of(RLIMIT_DATA, data));
}

#endif

}  // namespace

std::size_t free_memory() {
#ifdef __linux__
  const auto unified = [](const std::string& folder) {
    return left(number_in(folder + "/memory.max"),
                without_cache(number_in(folder + "/memory.current"), cached(folder, "")));
  };
  const auto legacy = [](const std::string& folder) {
    return left(number_in(folder + "/memory.limit_in_bytes"),
                without_cache(number_in(folder + "/memory.usage_in_bytes"), cached(folder, "total_")));
  };
  return std::min(
      {available_on_the_machine(), left_to_the_process(), least_of_groups("memory", unknown, unified, legacy)});
#elif defined(_WIN32)
  MEMORYSTATUSEX status;
  status.dwLength = sizeof status;
  return GlobalMemoryStatusEx(&status) ? static_cast<std::size_t>(status.ullAvailPhys) : unknown;
#else
  return unknown;
#endif
}

}  // namespace pykmeans::detail
