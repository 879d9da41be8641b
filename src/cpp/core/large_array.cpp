#include "large_array.hpp"

#include <algorithm>
#include <cstdint>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace pykmeans::detail {

namespace {

constexpr std::align_val_t cache_line{64};

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

void* allocate_large(std::size_t bytes) {
  void* memory = ::operator new(std::max<std::size_t>(bytes, 1), cache_line);
  ask_for_huge_pages(memory, bytes);
  return memory;
}

void release_large(void* memory) {
  if (memory) ::operator delete(memory, cache_line);
}

}  // namespace pykmeans::detail
