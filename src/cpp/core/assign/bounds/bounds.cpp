#include "bounds.hpp"

#include <algorithm>
#include <cmath>

#include "../../../kernels/table.hpp"
#include "../../exact/rounding.hpp"
#include "../../filter/codebook.hpp"
#include "../../rows/row_block.hpp"
#include "../thresholds.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans::detail {

namespace {

constexpr std::size_t lanes = Groups::lanes;

template <class T>
std::size_t most_groups(const Points<T>& points) {  // whose bounds take half of X's size
  return std::max<std::size_t>(1, points.columns() * sizeof(T) / (2 * sizeof(float)));
}

/// Bounds of all rows, as one block after the other has them: (groups, rows of the block).
struct KeptBounds {
  const Groups& groups;
  float* all;
  bool known;  // whether they hold anything yet

  float* of(std::size_t first, std::size_t count, std::size_t g) const {
    return all + first * groups.count() + g * count;
  }

  /// The rows of a block whose bound does not rule the group out. @param chosen [out]  @return how many
  std::size_t choose(std::size_t first, std::size_t count, std::size_t g, const float* reach,
                     std::uint32_t* chosen) const {
    if (!known) return NoBounds::choose(first, count, g, reach, chosen);
    return kernels::pick().group.survivors(of(first, count, g), reach, rounded_up(groups.moved(g)), count, chosen);
  }

  /// New bounds of those that have looked at the group.
  void keep(std::size_t first, std::size_t count, std::size_t g, const float* least, const std::uint32_t* chosen,
            std::size_t n, const float* below) const {
    kernels::pick().group.keep_bounds(least, chosen, n, below, static_cast<float>(groups.moved(g)),
                                      of(first, count, g));
  }

  /// A row left a center of group g for one of the group at hand, `here`. Its old center is now one of the others, and
  /// the bound of g must hold for it. @param squared  what the row's distance to it was, in the frame
  void admit(std::size_t first, std::size_t count, std::size_t i, std::size_t g, std::size_t here,
             double squared) const {
    // The group at hand needs nothing: see rule 4. Nor does one that is still to be looked at.
    if (g == here || (!known && g > here)) return;
    float& bound = of(first, count, g)[i];
    bound = std::min(bound, rounded_down(std::sqrt(squared * a_little_less) * a_little_less + groups.moved(g)));
  }
};

}  // namespace

template <class T>
Bounds<T>::Bounds(const Points<T>& points, std::size_t n_clusters)
    : BlockAlgorithm<T>(points),
      groups_(n_clusters, points.columns(), most_groups(points)),
      block_rows_(group_block_rows(points.columns(), n_clusters)),
      use_int8_(int8_serves(points.columns())) {}

template <class T>
bool Bounds<T>::possible(const Points<T>& points) {
  const std::size_t d = points.columns();
  return d <= max_float_features && d * sizeof(T) >= 2 * sizeof(float);
}

template <class T>
bool Bounds<T>::pays(const Points<T>& points, std::size_t n_clusters) {
  using namespace thresholds;
  const std::size_t d = points.columns();
  return n_clusters >= bounds_fewest_clusters && d >= bounds_fewest_features && n_clusters * d >= bounds_least_work &&
         d <= max_float_features && points.rows() >= bounds_fewest_rows_a_cluster * n_clusters &&
         d * sizeof(T) / (2 * sizeof(float)) >= bounds_fewest_groups;
}

template <class T>
std::size_t Bounds<T>::bytes(const Points<T>& points, std::size_t n_clusters) {
  return points.rows() * Groups(n_clusters, points.columns(), most_groups(points)).count() * sizeof(float);
}

template <class T>
Needs Bounds<T>::needs() const {
  Needs needs;
  needs.labels = true;
  return needs;
}

template <class T>
void Bounds<T>::prepare(const Pass&) {
  if (!kept_) kept_ = LargeArray<float>(points_.rows() * groups_.count());  // each thread its own part
}

template <class T>
bool Bounds<T>::begin(const Pass& pass) {
  if (pass.exact.scale() != 0) return false;
  if (known_) {
    groups_.move(pass.centers, pass.exact, std::ldexp(1.0, -points_.frame.spread_exponent), pass.threads, pass.poll);
    if (worn_out(pass)) known_ = false;
  }
  if (!known_) {
    groups_.make(pass.centers);
    groups_.start(pass.centers);
  }
  const KeptBounds memory{groups_, kept_.data(), known_};
  if (use_int8_)
    pass_ = std::make_unique<GroupPass<T, Int8Panels, KeptBounds>>(pass, points_.frame, groups_, memory, block_rows_);
  else
    pass_ = std::make_unique<GroupPass<T, FloatPanels, KeptBounds>>(pass, points_.frame, groups_, memory, block_rows_);
  return true;
}

template <class T>
PassPlan Bounds<T>::plan(const Pass& pass) const {
  return PassPlan::of_blocks(points_.rows(), block_rows_, pass.threads);
}

template <class T>
void Bounds<T>::label(const RowBlock<T>& block, std::int32_t* labels, Partial* sums, Tally& tally, int worker) {
  pass_->label(block, labels, sums, tally, worker);
}

template <class T>
void Bounds<T>::end(const Tally& tally) {
  pass_.reset();
  const auto rows = static_cast<double>(points_.rows());
  const double looks_a_row = static_cast<double>(tally.looks) / rows;
  pruned_fraction_ = known_ ? 1.0 - looks_a_row / static_cast<double>(groups_.count()) : 1.0;
  // So little is left to do that tighter bounds are worth more than speed.
  const double centers_a_row = looks_a_row * static_cast<double>(groups_.panels_per_group() * lanes);
  if (int8_is_too_coarse(tally, points_.rows()) || (known_ && centers_a_row < thresholds::int8_fewest_centers_a_row))
    use_int8_ = false;
  known_ = true;
}

/// Whether the bounds, tried on some rows, prune little.
template <class T>
bool Bounds<T>::worn_out(const Pass& pass) const {
  const std::size_t rows = std::min(block_rows_, points_.rows());
  const RowReader<T> read(points_);
  Vector<float> reach(rows);
  Vector<std::uint32_t> chosen(rows + lanes);
  for (std::size_t i = 0; i < rows; ++i) {
    const double distance =
        pass.exact(read(i), pass.centers + static_cast<std::size_t>(pass.labels[i]) * points_.columns());
    reach[i] = static_cast<float>(std::sqrt(std::ldexp(distance, -2 * points_.frame.spread_exponent)));
  }
  std::size_t looks = 0;
  for (std::size_t g = 0; g < groups_.count(); ++g)
    looks += kernels::pick().group.survivors(kept_.data() + g * rows, reach.data(),
                                             static_cast<float>(groups_.moved(g)), rows, chosen.data());
  return looks * 10 > 7 * rows * groups_.count();
}

template <class T>
void Bounds<T>::label_changed(std::size_t row) {
  if (!known_) return;
  const std::size_t begin = row / block_rows_ * block_rows_;
  const std::size_t count = std::min(block_rows_, points_.rows() - begin);
  float* const bound = kept_.data() + begin * groups_.count() + (row - begin);
  for (std::size_t g = 0; g < groups_.count(); ++g) bound[g * count] = 0.0f;
}

template class Bounds<std::uint8_t>;
template class Bounds<float>;
template class Bounds<double>;

}  // namespace pykmeans::detail
