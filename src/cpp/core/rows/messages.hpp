// Numbers in messages.
#pragma once

#include <cstdio>
#include <string>

namespace pykmeans::detail {

/// A number for a message, with all the digits that it takes to tell it from others.
inline std::string shown(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

}  // namespace pykmeans::detail
