// A film to try things on: a sun sets over the sea.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

class Film {
 public:
  static constexpr std::size_t width = 160, height = 90, n_pixels = width * height;

  /// A frame, valid until the next one. @return (n_pixels, 3)
  const std::uint8_t* frame(std::size_t number) {
    const double time = static_cast<double>(number) / 40.0, sun_y = 15.0 + 40.0 * time, sun_x = 110.0;
    for (std::size_t y = 0; y < height; ++y)
      for (std::size_t x = 0; x < width; ++x) {
        const double far = std::hypot(static_cast<double>(x) - sun_x, static_cast<double>(y) - sun_y);
        const double glow = far < 9.0 ? 1.0 : 9.0 / far, dusk = 1.0 - 0.6 * time;
        const bool sea = y >= 54;
        const double wave =
            sea ? 20.0 * std::sin(0.9 * static_cast<double>(y) + 0.2 * static_cast<double>(x + number)) : 0.0;
        put(x, y, 0, 60.0 * dusk + 190.0 * glow + wave);
        put(x, y, 1, (sea ? 90.0 : 120.0) * dusk + 90.0 * glow * dusk + wave);
        put(x, y, 2, (sea ? 140.0 : 200.0) * dusk + 20.0 * glow + wave);
      }
    return pixels_.data();
  }

 private:
  void put(std::size_t x, std::size_t y, std::size_t channel, double value) {
    pixels_[(y * width + x) * 3 + channel] = static_cast<std::uint8_t>(value < 0.0     ? 0.0
                                                                       : value > 255.0 ? 255.0
                                                                                       : value);
  }

  std::vector<std::uint8_t> pixels_ = std::vector<std::uint8_t>(n_pixels * 3);
};
