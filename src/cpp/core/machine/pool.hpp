// The pool of a Workspace that is current on a thread. Only parallel.cpp asks for it, to hand it to its workers.
#pragma once

#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

/// nullptr where memory comes from the heap.
Pool* current_pool() noexcept;

/// Make a pool, or the heap, current on this thread. @return what was current before
Pool* use_pool(Pool* pool) noexcept;

}  // namespace pykmeans::detail
