// What the tests of the core share: what is expected, what must be refused, and bytes that must not be read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

using Bytes = std::vector<unsigned char>;

inline std::string current;  // what is being tested, for messages

inline void expect(bool holds, const std::string& what) {
  if (!holds) throw std::logic_error(current + ": " + what);
}

/// The message of the refusal. Anything but std::invalid_argument ends the program.
inline std::string refusal(const std::function<void()>& call, const std::string& what) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  expect(false, what + " was not refused");
  return {};
}

/// The refusal says these words.
inline void expect_refused(const std::function<void()>& call, const std::string& words) {
  const std::string message = refusal(call, words);
  expect(message.find(words) != std::string::npos, "expected '" + words + "' in '" + message + "'");
}

using Reader = std::function<void(const Bytes&)>;

inline void expect_damage_refused(const Bytes& good, const Reader& reads) {
  reads(good);
  for (std::size_t i = 0; i < good.size(); ++i)
    for (const int flip : {0x01, 0x10, 0x80, 0xff}) {
      Bytes bad = good;
      bad[i] = static_cast<unsigned char>(bad[i] ^ flip);
      refusal([&] { reads(bad); }, "changed byte " + std::to_string(i));
    }
  for (std::size_t size = 0; size < good.size(); ++size) {
    const Bytes bad(good.begin(),
                    good.begin() + static_cast<std::ptrdiff_t>(size));  // on the heap: a sanitizer watches
    refusal([&] { reads(bad); }, "the first " + std::to_string(size) + " bytes");
  }
  Bytes longer = good;
  longer.push_back(0);
  refusal([&] { reads(longer); }, "one more byte");
}

/// Bytes with another number in them, and the checksum that belongs to it.
inline Bytes forged(Bytes bytes, std::size_t at, std::size_t size, std::uint64_t value) {
  const auto put = [&bytes](std::size_t first, std::size_t count, std::uint64_t number) {
    for (std::size_t i = 0; i < count; ++i) bytes.at(first + i) = static_cast<unsigned char>(number >> (8 * i) & 0xff);
  };
  put(at, size, value);
  const std::size_t end = bytes.size() - 8;
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (std::size_t i = 0; i < end; ++i) hash = (hash ^ bytes[i]) * 0x100000001b3u;
  put(end, 8, hash);
  return bytes;
}
