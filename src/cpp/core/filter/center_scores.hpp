// CenterScores: which centers may be within a distance of a row, by float32 scores of panels of sixteen. Centers are
// packed one by one, as they move. A center that is farther, by the exact distance, has a score above the limit: 3. in
// assign/bounds/bounds.hpp, with that distance in place of exact(a).
#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>

#include "../../kernels/table.hpp"
#include "../distance/exact_distance.hpp"
#include "codebook.hpp"
#include "panels.hpp"
#include "pykmeans/points.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

class CenterScores {
 public:
  static constexpr std::size_t lanes = kernels::group_lanes;
  static constexpr std::int32_t none = -1;

  CenterScores(const RowFrame& frame, std::size_t n_clusters);

  /// Whether scores are quicker than exact distances, and the proof holds.
  static bool serve(std::size_t features, const ExactDistance& exact) {
    return features >= 16 && features <= max_float_features && exact.scale() == 0;
  }

  void pack(std::size_t c, const double* center);

  /// Some rows of a thread, in the frame. They may be scored against any centers that are packed in it.
  template <class T>
  class Rows {
   public:
    static constexpr std::size_t most = 64;

    explicit Rows(const RowFrame& frame)
        : frame_(&frame),
          error_(frame.origin.size(), frame.spread_exponent, 0),
          placed_(most, frame.origin.size()),
          norms_(most),
          limits_(most),
          own_(most),
          chosen_(most + lanes),
          least_(most + lanes),
          contenders_(most + lanes),
          contended_(most + lanes) {}

    std::size_t count() const { return count_; }
    void clear() { count_ = 0; }
    /// @param own  a center to leave out, or none  @param distance  see set_limit()
    void add(const T* row, std::int32_t own, double distance) {
      norms_[count_] = static_cast<double>(placed_.place(count_, row, *frame_));
      own_[count_] = own;
      set_limit(count_++, distance);
    }
    /// Centers that are farther than this, by the exact distance, are of no interest.
    void set_limit(std::size_t i, double distance);

    /// Call use(i, center) for all centers that may be that near to the i-th row; it may lower the row's limit.
    template <class Use>
    void look(const CenterScores& scores, const Use& use) {
      if (count_ == 0) return;
      std::iota(chosen_.begin(), chosen_.begin() + static_cast<std::ptrdiff_t>(count_), 0u);
      std::fill_n(chosen_.begin() + static_cast<std::ptrdiff_t>(count_), lanes, static_cast<std::uint32_t>(count_ - 1));
      for (std::size_t first = 0; first < scores.n_clusters_; first += lanes) {
        kernels::GroupQuery<float> query{};
        query.chosen = chosen_.data();
        query.count = count_;
        query.limits = limits_.data();
        query.slot = own_.data();
        query.first_slot = static_cast<std::int32_t>(first);
        const std::size_t n = scores.centers_.score(first / lanes, placed_, query,
                                                    {least_.data(), contenders_.data(), contended_.data()});
        for (std::size_t at = 0; at < n; ++at) {
          const std::size_t i = contended_[at];
          std::uint32_t mask = contenders_[i];
          for (std::size_t l = 0; mask != 0; ++l, mask >>= 1)
            if ((mask & 1) != 0 && first + l < scores.n_clusters_) use(i, first + l);
        }
      }
    }

   private:
    const RowFrame* frame_;
    FilterError<float> error_;
    FloatPanels::Rows placed_;
    Vector<double> norms_;
    Vector<float> limits_;
    Vector<std::int32_t> own_;
    Vector<std::uint32_t> chosen_;
    Vector<float> least_;
    Vector<std::uint32_t> contenders_, contended_;
    std::size_t count_ = 0;
  };

 private:
  const RowFrame& frame_;
  const std::size_t n_clusters_;
  FloatPanels centers_;
};

}  // namespace pykmeans::detail
