#include <cstddef>
#include <cstdio>
#include <exception>

#include "film.hpp"
#include "palette.hpp"

int main() try {
  Film film;
  Palette palette(6, Film::n_pixels);
  for (std::size_t number = 0; number < 40; ++number) {
    palette.follow(film.frame(number));
    std::printf("frame %2zu, %zu steps:", number, palette.fit().n_iter);
    for (std::size_t c = 0; c < palette.colors().size(); c += 3)
      std::printf(" #%02x%02x%02x", static_cast<unsigned>(palette.colors()[c]),
                  static_cast<unsigned>(palette.colors()[c + 1]), static_cast<unsigned>(palette.colors()[c + 2]));
    std::printf("\n");
  }
  std::printf("kept from frame to frame: %zu kB\n", palette.memory() / 1024);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
