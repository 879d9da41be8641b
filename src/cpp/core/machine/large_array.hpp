// LargeArray: memory for numbers that are written before they are read; in huge pages where the system has them and
// there is enough of it, since the first touch of many small pages takes as long as the work on them.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// Not initialized; give_memory_back() takes it back. Throws std::bad_alloc.
void* take_large(std::size_t bytes);

template <class T>
class LargeArray {
  static_assert(std::is_trivial_v<T>, "nothing is constructed");

 public:
  LargeArray() = default;
  explicit LargeArray(std::size_t count)
      : memory_(static_cast<T*>(take_large(count * sizeof(T))), give_memory_back), size_(count) {}

  T* data() { return memory_.get(); }
  const T* data() const { return memory_.get(); }
  std::size_t size() const { return size_; }
  explicit operator bool() const { return memory_ != nullptr; }
  T& operator[](std::size_t i) { return memory_.get()[i]; }
  const T& operator[](std::size_t i) const { return memory_.get()[i]; }

 private:
  std::unique_ptr<T, void (*)(void*) noexcept> memory_{nullptr, give_memory_back};
  std::size_t size_ = 0;
};

}  // namespace pykmeans::detail
