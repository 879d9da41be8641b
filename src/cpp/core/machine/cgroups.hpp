// What the cgroups of this process say (man 7 cgroups).
#pragma once

#ifdef __linux__

#include <algorithm>
#include <fstream>
#include <string>

namespace pykmeans::detail {

/// The least limit from the process's own group up to the root: each level binds. @param limit  of a folder
template <class Limit>
auto least_up_to_root(const std::string& root, std::string path, Limit limit) {
  auto least = limit(root);
  while (!path.empty() && path != "/") {
    least = std::min(least, limit(root + path));
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos) break;
    path.erase(slash);
  }
  return least;
}

/// The least limit of all groups. @param controller  its name in version 1
/// @param unified, legacy  the limit of a folder in version 2 and 1
template <class Result, class Unified, class Legacy>
Result least_of_groups(const std::string& controller, Result unlimited, Unified unified, Legacy legacy) {
  Result least = unlimited;
  std::ifstream groups("/proc/self/cgroup");  // lines of "hierarchy:controllers:path"
  for (std::string line; std::getline(groups, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const std::string path = line.substr(second + 1);
    if (controllers == ",,")
      least = std::min(least, least_up_to_root("/sys/fs/cgroup", path, unified));
    else if (controllers.find("," + controller + ",") != std::string::npos)
      least = std::min(least, least_up_to_root("/sys/fs/cgroup/" + controller, path, legacy));
  }
  return least;
}

}  // namespace pykmeans::detail

#endif
