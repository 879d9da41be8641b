// A hint to the processor, where the compiler knows one.
#pragma once

namespace pykmeans::detail {

/// Memory at this address will be read soon.
inline void prefetch(const void* address) {
#if defined(__GNUC__)
  __builtin_prefetch(address);
#else
  static_cast<void>(address);
#endif
}

}  // namespace pykmeans::detail
