// SumLayout and Partial to bytes and back.
#include <algorithm>
#include <cstdint>

#include "bytes.hpp"
#include "limbs.hpp"
#include "pykmeans/partial.hpp"

namespace pykmeans {

namespace {

constexpr detail::ByteFormat layout_format = {"layo", 1, "SumLayout"};
constexpr detail::ByteFormat partial_format = {"part", 1, "Partial"};

/// Where the bits of any sum of products of two doubles lie: between 2^-2304 and 2^2304.
constexpr std::int64_t farthest = 2304;
constexpr std::int64_t end_of_limb = std::int64_t{1} << detail::limb_bits;
constexpr std::int64_t most_rows = std::int64_t{1} << 52;  // thousands of such counts can be added

std::uint64_t digest(const SumLayout& layout) {
  const std::vector<unsigned char> bytes = layout.to_bytes();
  return detail::checksum(bytes.data(), bytes.size());
}

}  // namespace

/// All else follows from what is written.
std::vector<unsigned char> SumLayout::to_bytes() const {
  detail::ByteWriter bytes(layout_format);
  bytes.put<std::uint64_t>(features);
  bytes.put<std::int32_t>(limbs);
  for (const bool flag : {weighted, integers, wide}) bytes.put<std::uint8_t>(flag ? 1 : 0);
  for (const int exponent : unit) bytes.put<std::int32_t>(exponent);
  return bytes.finish();
}

SumLayout SumLayout::from_bytes(const unsigned char* data, std::size_t size) {
  detail::ByteReader bytes(layout_format, data, size);
  SumLayout layout;
  const auto features = bytes.get<std::uint64_t>();
  layout.limbs = bytes.get<std::int32_t>();
  for (bool* flag : {&layout.weighted, &layout.integers, &layout.wide}) {
    const auto value = bytes.get<std::uint8_t>();
    bytes.require(value <= 1, "a flag is neither 0 nor 1");
    *flag = value == 1;
  }
  bytes.require_left(features, sizeof(std::int32_t));
  layout.features = static_cast<std::size_t>(features);
  bytes.require(layout.limbs >= 1 && layout.limbs <= 2 * farthest / detail::limb_bits, "no sum has so many limbs");
  bytes.require(!layout.integers || !(layout.weighted || layout.wide), "integers are neither weighted nor wide");
  bytes.require(!layout.weighted || features != 0, "the column that sums the weights is missing");
  layout.unit.resize(layout.features);
  for (int& exponent : layout.unit) {
    exponent = bytes.get<std::int32_t>();
    bytes.require(exponent >= -farthest && exponent + std::int64_t{detail::limb_bits} * layout.limbs <= farthest,
                  "a unit is beyond the range of float64");
    bytes.require(!layout.integers || exponent == 0, "the unit of integers is 1");
  }
  bytes.require(layout.wide || !layout.must_be_wide(), "its limbs are too many or too far apart");
  layout.set_factors();
  return layout;
}

std::vector<unsigned char> Partial::to_bytes() const {
  detail::ByteWriter bytes(partial_format);
  bytes.put<std::uint64_t>(digest(*layout_));
  bytes.put<std::uint64_t>(clusters());
  Vector<std::int64_t> scratch;
  for (std::size_t c = 0; c < clusters(); ++c) {
    bytes.put<std::int64_t>(counts_[c]);
    const std::int64_t* limbs = carried(c, scratch);
    for (std::size_t i = 0; i < stride_; ++i) bytes.put<std::int64_t>(limbs[i]);
  }
  return bytes.finish();
}

Partial Partial::from_bytes(const SumLayout& layout, const unsigned char* data, std::size_t size) {
  detail::ByteReader bytes(partial_format, data, size);
  bytes.require(bytes.get<std::uint64_t>() == digest(layout), "its SumLayout is another one");
  const auto clusters = bytes.get<std::uint64_t>();
  const std::size_t carrying = static_cast<std::size_t>(layout.limbs) * layout.features;  // limbs that pass on carries
  bytes.require_left(clusters, sizeof(std::int64_t) * (1 + carrying + layout.features));
  Partial partial(layout, static_cast<std::size_t>(clusters));
  for (std::size_t c = 0; c < partial.clusters(); ++c) {
    partial.counts_[c] = bytes.get<std::int64_t>();
    bytes.require(partial.counts_[c] >= -most_rows && partial.counts_[c] <= most_rows, "a count is beyond its range");
    partial.touched_[c] = partial.counts_[c] != 0;
    for (std::size_t i = 0; i < partial.stride_; ++i) {
      const auto limb = bytes.get<std::int64_t>();
      bytes.require(limb < end_of_limb && limb >= (i < carrying ? 0 : -end_of_limb), "a limb is beyond its range");
      partial.limbs_of(c)[i] = limb;
      partial.touched_[c] |= limb != 0;
    }
  }
  return partial;
}

}  // namespace pykmeans
