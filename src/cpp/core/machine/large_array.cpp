#include "large_array.hpp"

#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace pykmeans::detail {

namespace {

constexpr std::size_t cache_line = 64;

#if defined(__linux__)
/// The whole huge pages within some memory. Where the system refuses, there are small ones.
void ask_for_huge_pages(void* memory, std::size_t bytes) {
  constexpr std::uintptr_t page = std::uintptr_t{1} << 21;
  const auto begin = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t first = (begin + page - 1) / page * page, last = (begin + bytes) / page * page;
  if (first < last) static_cast<void>(madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE));
}
#else
void ask_for_huge_pages(void*, std::size_t) {}
#endif

}  // namespace

void* take_large(std::size_t bytes) {
  void* memory = take_memory(bytes, cache_line);
  ask_for_huge_pages(memory, bytes);
  return memory;
}

}  // namespace pykmeans::detail
