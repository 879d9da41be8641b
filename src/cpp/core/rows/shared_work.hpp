// SharedWork: what fits of the same points share, such as points sorted into boxes.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans {

/// At most one object of each type.
class SharedWork {
 public:
  /// The object of this type: made of the arguments when first asked for, also where several threads ask at once. It
  /// lives as long as this.
  template <class Made, class... Arguments>
  const Made& get(const Arguments&... arguments) {
    static char key;  // its address tells the type
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const Entry& entry : entries_)
      if (entry.key == &key) return *static_cast<const Made*>(entry.made.get());
    entries_.push_back({&key, std::allocate_shared<const Made>(detail::Allocator<Made>(), arguments...)});
    return *static_cast<const Made*>(entries_.back().made.get());
  }

 private:
  struct Entry {
    const char* key;
    std::shared_ptr<const void> made;
  };
  std::mutex mutex_;
  Vector<Entry> entries_;
};

}  // namespace pykmeans
