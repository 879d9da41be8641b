// Preloaded into Python by test_allocation_failure.py: memory that runs out when it is told to. The functions of the
// C++ library that give memory are replaced by ones that count, and that fail at one call of those that come, or at all
// from there on. With them, or instead, malloc fails: NumPy and Python take their memory there.
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
}

namespace {

std::atomic<long> live{0};       // blocks of the C++ library that were not given back
std::atomic<long> asked{0};      // requests since the last fail_at()
std::atomic<long> countdown{0};  // requests until the first that fails; 0: none does
std::atomic<bool> for_good{false}, counts_malloc{false};
std::atomic<std::size_t> least_malloc{0};

bool fails() {
  ++asked;
  if (countdown.load() == 0) return false;
  const long left = countdown.fetch_sub(1);
  if (left == 1) {
    if (for_good) countdown = 1;
    return true;
  }
  return for_good && left < 1;
}

bool malloc_fails(std::size_t size) {
  return counts_malloc && size >= least_malloc && fails();
}

void* give(std::size_t size, std::size_t alignment) {
  void* memory = nullptr;
  if (counts_malloc || !fails()) {
    if (alignment <= alignof(std::max_align_t))
      memory = malloc_fails(size) ? nullptr : __libc_malloc(size != 0 ? size : 1);
    else if (malloc_fails(size) || posix_memalign(&memory, alignment, size != 0 ? size : 1) != 0)
      memory = nullptr;
  }
  if (memory == nullptr) throw std::bad_alloc();
  ++live;
  return memory;
}

void take_back(void* memory) {
  if (memory == nullptr) return;
  --live;
  std::free(memory);
}

}  // namespace

extern "C" {

/// The request number `which` from now on fails, from 1; 0 for none. @param from_there_on  and all that follow
/// @param with_malloc  requests are those for `least` bytes or more, malloc's too; else all of the C++ library's
void fail_at(long which, int from_there_on, int with_malloc, std::size_t least) {
  countdown = 0;
  for_good = from_there_on != 0;
  least_malloc = least;
  counts_malloc = with_malloc != 0;
  asked = 0;
  countdown = which;
}
long requests() {
  return asked;
}
long blocks_alive() {
  return live;
}

void* malloc(std::size_t size) {
  return malloc_fails(size) ? nullptr : __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  return malloc_fails(count * size) ? nullptr : __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
  return malloc_fails(size) ? nullptr : __libc_realloc(memory, size);
}
}

void* operator new(std::size_t size) {
  return give(size, 1);
}
void* operator new[](std::size_t size) {
  return give(size, 1);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return give(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return give(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return give(size, 1);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return give(size, 1);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* memory) noexcept {
  take_back(memory);
}
void operator delete[](void* memory) noexcept {
  take_back(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  take_back(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  take_back(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  take_back(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  take_back(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  take_back(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  take_back(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  take_back(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  take_back(memory);
}
