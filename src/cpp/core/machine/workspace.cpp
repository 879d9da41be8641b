#include "pykmeans/workspace.hpp"

#include <cstdint>
#include <limits>
#include <mutex>
#include <utility>

#include "pool.hpp"

namespace pykmeans {

namespace detail {

namespace {

/// In front of all memory that is taken.
struct Header {
  Pool* pool;        // that it goes back to; nullptr for the heap
  std::size_t size;  // of a pool: the number of its size; of the heap: bytes from the start of the block
};

/// From the start of a block to the memory that is handed out, whose alignment it is: small where that suffices.
constexpr std::size_t narrow = 16, wide = 64;
static_assert(sizeof(Header) <= narrow && alignof(std::max_align_t) <= narrow);

constexpr std::size_t most_bytes = std::numeric_limits<std::size_t>::max() / 4;

void* allocate_block(std::size_t bytes, std::size_t offset) {
  return offset == narrow ? ::operator new(bytes) : ::operator new(bytes, std::align_val_t{offset});
}

void release_block(void* block, std::size_t offset) noexcept {
  if (offset == narrow)
    ::operator delete(block);
  else
    ::operator delete(block, std::align_val_t{offset});
}

void* headed(void* block, std::size_t offset, const Header& header) {
  char* const memory = static_cast<char*>(block) + offset;
  new (memory - sizeof(Header)) Header(header);
  return memory;
}

Header& header_of(void* memory) {
  return *(static_cast<Header*>(memory) - 1);
}

void* start_of(void* memory, std::size_t offset) {
  return static_cast<char*>(memory) - offset;
}

/// Sizes of blocks in a pool: four to a doubling, so that a block that is used again for about the same is found, and
/// at most a fifth of it is more than was asked for.
struct Size {
  std::size_t number, bytes;

  explicit Size(std::size_t wanted) {
    std::size_t quarters = wanted - 1, doublings = 0;  // wanted is in (quarters, quarters + 1] * 2^doublings
    for (; quarters >= 8; quarters >>= 1) ++doublings;
    number = 4 * doublings + quarters - 4;
    bytes = bytes_of(number);
  }
  static std::size_t bytes_of(std::size_t number) { return (number % 4 + 5) << number / 4; }
};
constexpr std::size_t n_sizes = 4 * std::numeric_limits<std::size_t>::digits;

thread_local Pool* current = nullptr;

}  // namespace

/// Blocks by their sizes. It lives as long as its Workspace, and as long as anything is taken from it.
class Pool {
 public:
  void* take(std::size_t bytes) {
    const Size size(bytes + wide);
    const std::lock_guard<std::mutex> lock(mutex_);
    void* memory = free_[size.number];
    if (memory) {
      free_[size.number] = next(memory);
    } else {
      memory = headed(allocate_block(size.bytes, wide), wide, {this, size.number});
      bytes_ += size.bytes;
    }
    ++taken_;
    return memory;
  }

  void give_back(void* memory) noexcept {
    std::unique_lock<std::mutex> lock(mutex_);
    const std::size_t number = header_of(memory).size;
    new (memory) void*(free_[number]);
    free_[number] = memory;
    --taken_;
    if (abandoned_) end(lock);
  }

  void release() noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    release_free();
  }

  /// The Workspace is no more.
  void abandon() noexcept {
    std::unique_lock<std::mutex> lock(mutex_);
    abandoned_ = true;
    end(lock);
  }

  std::size_t bytes() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return bytes_;
  }

 private:
  static void*& next(void* memory) { return *static_cast<void**>(memory); }

  void release_free() noexcept {
    for (std::size_t number = 0; number < n_sizes; ++number)
      while (void* const memory = free_[number]) {
        free_[number] = next(memory);
        bytes_ -= Size::bytes_of(number);
        release_block(start_of(memory, wide), wide);
      }
  }

  void end(std::unique_lock<std::mutex>& lock) noexcept {
    release_free();
    if (taken_ != 0) return;
    lock.unlock();
    delete this;
  }

  mutable std::mutex mutex_;
  void* free_[n_sizes] = {};  // of each size, linked by what stands at their beginning
  std::size_t bytes_ = 0, taken_ = 0;
  bool abandoned_ = false;
};

void* take_memory(std::size_t bytes, std::size_t alignment) {
  if (bytes > most_bytes) throw std::bad_alloc();
  if (current) return current->take(bytes);
  const std::size_t offset = alignment <= narrow ? narrow : wide;
  return headed(allocate_block(bytes + offset, offset), offset, {nullptr, offset});
}

void give_memory_back(void* memory) noexcept {
  if (!memory) return;
  const Header& header = header_of(memory);
  if (header.pool)
    header.pool->give_back(memory);
  else
    release_block(start_of(memory, header.size), header.size);
}

Pool* current_pool() noexcept {
  return current;
}

Pool* use_pool(Pool* pool) noexcept {
  return std::exchange(current, pool);
}

}  // namespace detail

Workspace::Workspace() : pool_(new detail::Pool) {}
Workspace::~Workspace() {
  pool_->abandon();
}
std::size_t Workspace::bytes() const {
  return pool_->bytes();
}
void Workspace::release() {
  pool_->release();
}

Workspace::Scope::Scope(Workspace& workspace) : before_(detail::use_pool(workspace.pool_)) {}
Workspace::Scope::~Scope() {
  detail::use_pool(before_);
}

}  // namespace pykmeans
