// Workspace: memory that is kept from one call to the next, for programs that call again and again.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace pykmeans {

namespace detail {
class Pool;

/// Memory of the Workspace that is current on this thread, or of the heap. Throws std::bad_alloc.
/// @param alignment  a power of two, at least that of any scalar
void* take_memory(std::size_t bytes, std::size_t alignment);
/// Give memory back to where it was taken from, on any thread; nullptr is fine.
void give_memory_back(void* memory) noexcept;
}  // namespace detail

/// Memory that functions of the core give back and take again, so that nothing is allocated where nothing is larger
/// than before (docs/cpp.md has the conditions):
///
///   pykmeans::Workspace workspace;
///   for (;;) {
///     const pykmeans::Workspace::Scope scope(workspace);
///     const pykmeans::Points<float> points({next_rows(), n_samples, n_features}, nullptr, n_threads);
///     pykmeans::fit(points, {codebook, n_clusters, n_features}, options, arrays);
///   }
///
/// It serves any number of threads at a time. What was taken from it may outlive it.
class Workspace {
 public:
  Workspace();
  /// The memory that is not in use is released now, the rest when it is given back.
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  /// Bytes that it holds, in use or not.
  std::size_t bytes() const;
  /// Release the memory that is not in use.
  void release();

  /// While it lives, what the core needs on this thread, and on those that it has work for it, comes from the
  /// Workspace, which must outlive it. Scopes of a thread end there, in the order opposite to that in which they began.
  class Scope {
   public:
    explicit Scope(Workspace& workspace);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    detail::Pool* const before_;
  };

 private:
  detail::Pool* const pool_;
};

namespace detail {

/// What containers of the core take their memory by.
template <class T>
struct Allocator {
  using value_type = T;

  Allocator() = default;
  template <class Other>
  Allocator(const Allocator<Other>&) noexcept {}

  T* allocate(std::size_t count) {
    if (count > static_cast<std::size_t>(-1) / 2 / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(take_memory(count * sizeof(T), alignof(T)));
  }
  void deallocate(T* memory, std::size_t) noexcept { give_memory_back(memory); }

  friend bool operator==(const Allocator&, const Allocator&) noexcept { return true; }
  friend bool operator!=(const Allocator&, const Allocator&) noexcept { return false; }
};

/// For classes that are made by new, and those that derive from them.
struct Pooled {
  static void* operator new(std::size_t bytes) { return take_memory(bytes, alignof(std::max_align_t)); }
  static void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return take_memory(bytes, static_cast<std::size_t>(alignment));
  }
  static void operator delete(void* memory) noexcept { give_memory_back(memory); }
  static void operator delete(void* memory, std::align_val_t) noexcept { give_memory_back(memory); }
};

}  // namespace detail

/// A std::vector whose memory may be that of a Workspace.
template <class T>
using Vector = std::vector<T, detail::Allocator<T>>;

}  // namespace pykmeans
