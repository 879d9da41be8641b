// Objects of the core as bytes (a Partial, its layout, RowFacts), to be kept in a file or sent to another machine. A
// frame around them tells good bytes from foreign, newer, truncated and damaged ones:
//
//   8 bytes   "pykmeans"
//   4         what it is, in letters
//   4         the version of its format
//   8         how many bytes of content follow
//             the content
//   8         the checksum of all bytes before it: FNV-1a, 64 bits (G. Fowler, L. C. Noll and K.-P. Vo, 1991)
//
// Integers are little-endian and of fixed width, floating-point numbers are IEEE 754's, so every machine reads what
// another one wrote. Each step of FNV-1a maps different hashes to different hashes, so a single changed byte is always
// noticed. It detects accidents, not forgeries: whoever reads must check every value that memory safety rests on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace pykmeans::detail {

/// What a frame holds.
struct ByteFormat {
  char letters[5];
  std::uint32_t version;
  const char* name;  // for messages
};

inline std::uint64_t checksum(const unsigned char* bytes, std::size_t size) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (std::size_t i = 0; i < size; ++i) hash = (hash ^ bytes[i]) * 0x100000001b3u;
  return hash;
}

/// The unsigned integer that is as wide as a number.
template <class Value>
using WordOf = std::conditional_t<sizeof(Value) == 8, std::uint64_t,
                                  std::conditional_t<sizeof(Value) == 4, std::uint32_t, std::uint8_t>>;

template <class Value>
void store(Value value, unsigned char* bytes) {
  static_assert(std::is_arithmetic_v<Value> && sizeof(Value) == sizeof(WordOf<Value>), "a number of 1, 4 or 8 bytes");
  WordOf<Value> word;
  std::memcpy(&word, &value, sizeof word);
  for (std::size_t i = 0; i < sizeof word; ++i)
    bytes[i] = static_cast<unsigned char>((std::uint64_t{word} >> (8 * i)) & 0xff);
}

template <class Value>
Value load(const unsigned char* bytes) {
  std::uint64_t wide = 0;
  for (std::size_t i = 0; i < sizeof(Value); ++i) wide |= std::uint64_t{bytes[i]} << (8 * i);
  const auto word = static_cast<WordOf<Value>>(wide);
  Value value;
  std::memcpy(&value, &word, sizeof value);
  return value;
}

constexpr std::size_t byte_head = 24, byte_tail = 8;  // sizes of what surrounds the content

/// Writes a frame, number by number:
///
///   ByteWriter bytes(format);
///   bytes.put<std::uint64_t>(rows);
///   return bytes.finish();
class ByteWriter {
 public:
  explicit ByteWriter(const ByteFormat& format) : bytes_(byte_head) {
    std::memcpy(bytes_.data(), "pykmeans", 8);
    std::memcpy(bytes_.data() + 8, format.letters, 4);
    store(format.version, bytes_.data() + 12);
  }

  /// Append a number. Its type must be named, since it is part of the format.
  template <class Value>
  void put(std::common_type_t<Value> value) {
    unsigned char bytes[sizeof(Value)];
    store<Value>(value, bytes);
    bytes_.insert(bytes_.end(), bytes, bytes + sizeof(Value));
  }

  /// The whole frame. Nothing can be put afterwards.
  std::vector<unsigned char> finish() {
    store<std::uint64_t>(bytes_.size() - byte_head, bytes_.data() + 16);
    put<std::uint64_t>(checksum(bytes_.data(), bytes_.size()));
    return std::move(bytes_);
  }

 private:
  std::vector<unsigned char> bytes_;
};

/// Reads a frame, number by number, in the order in which they were put. Whatever is wrong with the bytes is a
/// std::invalid_argument that says what.
class ByteReader {
 public:
  /// Checks the frame. @param bytes (size) they must outlive the reader
  ByteReader(const ByteFormat& format, const unsigned char* bytes, std::size_t size) : format_(format) {
    if (size < byte_head + byte_tail) refuse("they are only " + std::to_string(size));
    const std::size_t space = size - byte_head - byte_tail;
    const auto version = load<std::uint32_t>(bytes + 12);
    const auto content = load<std::uint64_t>(bytes + 16);
    if (std::memcmp(bytes, "pykmeans", 8) != 0) refuse("they do not begin as all of pykmeans do");
    if (std::memcmp(bytes + 8, format.letters, 4) != 0) refuse("they are those of something else");
    if (version != format.version)
      refuse("they are of version " + std::to_string(version) + ", and this pykmeans reads version " +
             std::to_string(format.version));
    if (content != space)
      refuse("their content is " + std::to_string(space) + " bytes and should be " + std::to_string(content));
    if (load<std::uint64_t>(bytes + size - byte_tail) != checksum(bytes, size - byte_tail))
      refuse("they are damaged: the checksum does not match");
    next_ = bytes + byte_head;
    end_ = next_ + space;
  }

  template <class Value>
  Value get() {
    require(left() >= sizeof(Value), "their content ends too early");
    const auto value = load<Value>(next_);
    next_ += sizeof(Value);
    return value;
  }

  /// Throws unless what is left is exactly `count` parts of `size` bytes. To be called before memory for them is taken.
  void require_left(std::uint64_t count, std::size_t size) const {
    require(left() % size == 0 && left() / size == count, "their content is not as long as it says");
  }

  /// Throws unless it holds. @param otherwise  what is wrong with the bytes then
  void require(bool holds, const char* otherwise) const {
    if (!holds) refuse(otherwise);
  }

 private:
  std::size_t left() const { return static_cast<std::size_t>(end_ - next_); }
  [[noreturn]] void refuse(const std::string& why) const {
    throw std::invalid_argument(std::string("bytes must be those of a ") + format_.name + ", but " + why);
  }

  const ByteFormat& format_;
  const unsigned char* next_ = nullptr;
  const unsigned char* end_ = nullptr;
};

}  // namespace pykmeans::detail
