// The colors of a film: a palette that follows the scene from frame to frame, and which of its colors each pixel has.
// After the first frame nothing is allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <pykmeans/pykmeans.hpp>
#include <random>
#include <vector>

class Palette {
 public:
  /// @param n_threads  asked for here once: pykmeans::granted_threads() reads files of the system
  Palette(std::size_t n_colors, std::size_t n_pixels, int n_threads = pykmeans::granted_threads())
      : n_colors_(n_colors),
        n_pixels_(n_pixels),
        n_threads_(n_threads),
        colors_(n_colors * 3),
        names_(n_pixels),
        history_(most_steps),
        inertia_(n_colors),
        pixels_(n_colors) {
    options_.max_iter = most_steps;
    options_.tol = 0.0;
    // Its memory depends on the number of pixels and colors alone. The other ways take more where there is more to see.
    options_.algorithm = pykmeans::Algorithm::lloyd;
  }

  /// Take the colors of a frame, beginning with those of the frame before. @param frame (n_pixels, 3) red, green, blue
  void follow(const std::uint8_t* frame) {
    const pykmeans::Workspace::Scope scope(workspace_);
    const pykmeans::Points<std::uint8_t> points({frame, n_pixels_, 3}, nullptr, n_threads_);
    if (!begun_) begin(points);
    fit_ = pykmeans::fit(points, {colors_.data(), n_colors_, 3}, options_,
                         {names_.data(), colors_.data(), inertia_.data(), pixels_.data(), history_.data()});
  }

  const std::vector<double>& colors() const { return colors_; }      ///< (n_colors, 3)
  const std::vector<std::int32_t>& names() const { return names_; }  ///< (n_pixels) which color each pixel has
  const std::vector<double>& pixels() const { return pixels_; }      ///< (n_colors) how many pixels have it
  const pykmeans::FitSummary& fit() const { return fit_; }           ///< what the last fit found
  std::size_t memory() const { return workspace_.bytes(); }          ///< kept from one frame to the next

 private:
  static constexpr std::size_t most_steps = 8, n_trials = 4;

  /// The first colors: greedy k-means++.
  void begin(const pykmeans::Points<std::uint8_t>& points) {
    std::mt19937_64 generator(1);
    std::vector<double> uniforms(1 + (n_colors_ - 1) * n_trials);
    for (double& uniform : uniforms) uniform = static_cast<double>(generator() >> 11) * 0x1p-53;
    colors_ = pykmeans::rows(points, pykmeans::plus_plus(points, n_colors_, uniforms, n_trials));
    begun_ = true;
  }

  const std::size_t n_colors_, n_pixels_;
  const int n_threads_;
  pykmeans::Workspace workspace_;
  pykmeans::FitOptions options_;
  pykmeans::FitSummary fit_;
  std::vector<double> colors_;
  std::vector<std::int32_t> names_;
  std::vector<double> history_, inertia_, pixels_;
  bool begun_ = false;
};
