#include "objective.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "../exact/power_of_two.hpp"
#include "../inertia.hpp"
#include "../parallel.hpp"

namespace pykmeans::detail {

namespace {

// Error-free transformations: D. E. Knuth (two-sum) and T. J. Dekker (product), and the sloppy-free sums of doubled
// numbers of Hida, Li and Bailey, "Library for double-double and quad-double arithmetic" (2007).

Doubled two_sum(double a, double b) {
  const double sum = a + b;
  const double added = sum - a;
  return {sum, (a - (sum - added)) + (b - added)};
}

Doubled two_product(double a, double b) {
  constexpr double splitter = 134217729.0;  // 2^27 + 1
  const double a_big = splitter * a, b_big = splitter * b;
  const double a_high = a_big - (a_big - a), b_high = b_big - (b_big - b);
  const double a_low = a - a_high, b_low = b - b_high;
  const double product = a * b;
  return {product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low};
}

Doubled operator+(const Doubled& a, const Doubled& b) {
  Doubled high = two_sum(a.high, b.high);
  const Doubled low = two_sum(a.low, b.low);
  high = two_sum(high.high, high.low + low.high);
  return two_sum(high.high, high.low + low.low);
}

Doubled operator-(const Doubled& a) {
  return {-a.high, -a.low};
}

Doubled operator*(const Doubled& a, const Doubled& b) {
  const Doubled product = two_product(a.high, b.high);
  return two_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

/// Below this part of its base an objective is measured anew: the base is right to about 2^-50, the objective then to
/// 2^-34 = 6e-11.
constexpr double part_of_base = 0x1p-16;
/// And below this part of what the terms add up to in magnitude: 2^30 of them, each right to 2^-102, leave 2^-72 of it.
constexpr double part_of_terms = 0x1p-36;

}  // namespace

template <class T>
Objective<T>::Objective(const Points<T>& points, std::size_t n_clusters, const Poll& poll)
    : points_(points), poll_(poll), terms_(n_clusters), stale_(n_clusters, 1) {}

template <class T>
typename Objective<T>::Term Objective<T>::term(const double* center, const Partial& sums, std::size_t cluster) const {
  const std::size_t d = points_.values.columns;
  Doubled weight;
  if (sums.layout().weighted)
    sums.sum_in_two(cluster, d, -exponent_, weight.high, weight.low);
  else
    weight.high = std::ldexp(static_cast<double>(sums.count(cluster)), -exponent_);
  Doubled total;
  double magnitude = 0.0;
  for (std::size_t q = 0; q < d; ++q) {
    const double origin = times_power_of_two(origin_[q], scale_);
    Doubled sum;
    sums.sum_in_two(cluster, q, scale_ - exponent_, sum.high, sum.low);
    const Doubled c = two_sum(times_power_of_two(center[q], scale_), -origin);
    const Doubled centered = sum + -(weight * Doubled{origin, 0.0});
    const Doubled weighted = weight * c;
    total = total + c * (weighted + Doubled{-2.0 * centered.high, -2.0 * centered.low});
    magnitude += std::fabs(c.high) * (std::fabs(weighted.high) + 2.0 * std::fabs(centered.high));
  }
  return {total, magnitude};
}

template <class T>
double Objective<T>::measure(const double* centers, const Referee& referee, const std::int32_t* labels,
                             const Doubled& terms) {
  WideSum total;
  for (const WideSum& sum : cluster_sums(points_, points_.weights, centers, terms_.size(), labels, referee, poll_))
    total.add(sum);
  base_ = total.to_double(-exponent_);
  base_terms_ = terms;
  has_base_ = true;
  return total.to_double(-2 * scale_);
}

template <class T>
double Objective<T>::operator()(const double* centers, const Referee& referee, const std::int32_t* labels,
                                const Partial& sums) {
  const std::size_t k = terms_.size(), d = points_.values.columns;
  if (origin_.empty()) {  // the mean of the first centers, whatever the order of the rows
    origin_.assign(d, 0.0);
    for (std::size_t c = 0; c < k; ++c)
      for (std::size_t q = 0; q < d; ++q) origin_[q] += centers[c * d + q] / static_cast<double>(k);
  }
  int exponent = std::numeric_limits<int>::min();
  for (std::size_t c = 0; c < k; ++c)
    if (sums.count(c) != 0) exponent = std::max(exponent, sums.weight(c).exponent);
  if (has_base_ && (exponent != exponent_ || referee.scale() != scale_)) {
    if (referee.scale() != scale_) {
      has_base_ = false;
    } else {  // the same base and terms in another unit
      base_ = std::ldexp(base_, exponent_ - exponent);
      base_terms_ = {std::ldexp(base_terms_.high, exponent_ - exponent),
                     std::ldexp(base_terms_.low, exponent_ - exponent)};
    }
    std::fill(stale_.begin(), stale_.end(), std::uint8_t{1});
  }
  exponent_ = exponent;
  scale_ = referee.scale();
  const Blocks blocks(k, d * 64);
  parallel_blocks(blocks.count(), useful_threads(points_.n_threads, k * d * 64), poll_, [&](std::size_t block, int) {
    for (std::size_t c = blocks.begin(block); c < blocks.end(block); ++c)
      if (stale_[c] || sums.touched(c)) terms_[c] = term(centers + c * d, sums, c);
  });
  Doubled terms;
  double magnitude = 0.0;
  for (const Term& term : terms_) {
    terms = terms + term.value;
    magnitude += term.magnitude;
  }
  const Doubled value = Doubled{base_, 0.0} + (terms + -base_terms_);
  const bool known = has_base_ && value.high >= part_of_base * base_ && value.high >= part_of_terms * magnitude;
  const double objective =
      known ? std::ldexp(value.high, exponent_ - 2 * scale_) : measure(centers, referee, labels, terms);
  if (!(objective <= std::numeric_limits<double>::max()))
    throw std::invalid_argument(
        "the inertia of X is beyond the largest float64 (1.8e308); scale X or sample_weight down");
  return objective;
}

template <class T>
void Objective<T>::forget_moved(const Partial& sums) {
  for (std::size_t c = 0; c < stale_.size(); ++c) stale_[c] = sums.touched(c);
}

template class Objective<std::uint8_t>;
template class Objective<float>;
template class Objective<double>;

}  // namespace pykmeans::detail
