// MemoryLimit: how much a fit may keep beside X and its outputs.
#pragma once

#include <cstddef>
#include <limits>

namespace pykmeans::detail {

/// Bytes that are free now: of the machine, of a cgroup that the process is in, or of what its own limits leave it; a
/// large number where nobody knows.
std::size_t free_memory();

class MemoryLimit {
 public:
  /// @param bytes  0 for half of what is free, as it is when that matters for the first time
  explicit MemoryLimit(std::size_t bytes = 0) : bytes_(bytes) {}

  /// Whether the caller has set it: what is less than a fit cannot do without is an error then.
  bool is_set() const { return bytes_ != 0; }
  std::size_t bytes() const { return bytes_; }

  /// Whether so much may be kept beside `kept` bytes.
  bool allows(std::size_t more, std::size_t kept = 0) const {
    if (is_set()) return kept <= bytes_ && more <= bytes_ - kept;
    return more <= small || more / 2 <= free_now() / 4;
  }

 private:
  // To ask the system takes as long as a small fit, and half of what is free is more than this wherever X is large.
  static constexpr std::size_t small = std::size_t{1} << 25;

  std::size_t free_now() const {
    if (free_ == 0) free_ = free_memory();
    return free_;
  }

  std::size_t bytes_;
  mutable std::size_t free_ = 0;
};

}  // namespace pykmeans::detail
