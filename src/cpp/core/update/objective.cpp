#include "objective.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../exact/power_of_two.hpp"
#include "../machine/parallel.hpp"
#include "../measure/cluster_sums.hpp"

namespace pykmeans::detail {

namespace {

/// An objective below this part of its base is measured anew, since the base is right to (d / 16 + 9) 2^-53 only. So
/// the objective is right to 2^-31 = 5e-10.
double part_of_base(std::size_t features) {
  return std::max(0x1p-16, (static_cast<double>(features) / 16.0 + 9.0) * 0x1p-53 * 0x1p31);
}
/// So is one below this part of what the terms add up to in magnitude: 2^30 of them, each right to 2^-102, leave an
/// error of 2^-72 of it.
constexpr double part_of_terms = 0x1p-36;
/// The same for terms in float64: each is right to 6 roundings of its magnitude, and adding up makes it at most d / 8 +
/// 8 + k more.
double plain_part_of_terms(std::size_t features, std::size_t n_clusters) {
  return static_cast<double>(features + n_clusters + 16) * 0x1p-53 * 0x1p31;
}
/// Terms above this may have overflowed on the way.
constexpr double largest_terms = 0x1p1000;
/// And below this, in the unit of the terms, where some may have underflowed.
constexpr double smallest = 0x1p-800;

}  // namespace

template <class T>
Objective<T>::Objective(const Points<T>& points, std::size_t n_clusters, const Poll& poll)
    : points_(points), poll_(poll), terms_(n_clusters), stale_(n_clusters, 1) {}

template <class T>
typename Objective<T>::Term Objective<T>::plain_term(const double* center, const Partial& sums,
                                                     std::size_t cluster) const {
  constexpr std::size_t chunk = 64, lanes = 8;
  const std::size_t d = points_.columns();
  const Rounded rounded = sums.weight(cluster);
  const double weight = std::ldexp(rounded.fraction, rounded.exponent);
  double values[lanes] = {}, magnitudes[lanes] = {};
  for (std::size_t first = 0; first < d; first += chunk) {
    const std::size_t count = std::min(chunk, d - first);
    double sum[chunk];
    sums.sums(cluster, first, count, sum);
    const auto add = [&](std::size_t q, std::size_t l) {
      const double origin = origin_[first + q], c = center[first + q] - origin;
      const double weighted = weight * c, moved = weight * origin;
      values[l] += c * (weighted - 2.0 * (sum[q] - moved));
      magnitudes[l] += std::fabs(c) * (std::fabs(weighted) + 2.0 * (std::fabs(sum[q]) + std::fabs(moved)));
    };
    std::size_t q = 0;
    for (; q + lanes <= count; q += lanes)
      for (std::size_t l = 0; l < lanes; ++l) add(q + l, l);
    for (std::size_t l = 0; q < count; ++q, ++l) add(q, l);
  }
  Term term;
  for (std::size_t l = 0; l < lanes; ++l) {
    term.value.high += values[l];
    term.magnitude += magnitudes[l];
  }
  return term;
}

template <class T>
typename Objective<T>::Term Objective<T>::doubled_term(const double* center, const Partial& sums,
                                                       std::size_t cluster) const {
  const std::size_t d = points_.columns();
  Doubled weight;
  if (sums.layout().weighted)
    weight = sums.sum_in_two(cluster, d, -exponent_);
  else
    weight.high = std::ldexp(static_cast<double>(sums.count(cluster)), -exponent_);
  Doubled total;
  double magnitude = 0.0;
  for (std::size_t q = 0; q < d; ++q) {
    const double origin = times_power_of_two(origin_[q], scale_);
    const Doubled sum = sums.sum_in_two(cluster, q, scale_ - exponent_);
    const Doubled c = two_sum(times_power_of_two(center[q], scale_), -origin);
    const Doubled centered = sum + -(weight * Doubled{origin, 0.0});
    const Doubled weighted = weight * c;
    total = total + c * (weighted + Doubled{-2.0 * centered.high, -2.0 * centered.low});
    magnitude += std::fabs(c.high) * (std::fabs(weighted.high) + 2.0 * std::fabs(centered.high));
  }
  return {total, magnitude};
}

template <class T>
template <class MakeTerm>
typename Objective<T>::Term Objective<T>::add_terms(const Partial& sums, std::size_t cost, MakeTerm make_term) {
  const std::size_t k = terms_.size(), d = points_.columns();
  const int threads = useful_threads(points_.n_threads, {k, d, cost});
  const Blocks blocks(k, d * cost, threads, 1);
  parallel_blocks(blocks.count(), threads, poll_, [&](std::size_t block, int) {
    for (std::size_t c = blocks.begin(block); c < blocks.end(block); ++c)
      if (stale_[c] || sums.touched(c)) terms_[c] = make_term(c);
  });
  Term total;
  for (const Term& term : terms_) {
    total.value = total.value + term.value;
    total.magnitude += term.magnitude;
  }
  return total;
}

template <class T>
double Objective<T>::measure(const Measure& measured, const Term& terms) {
  const WideSum total = measured();
  base_ = total.to_double(-exponent_);
  base_terms_ = terms;
  has_base_ = true;
  return total.to_double(-2 * scale_);
}

template <class T>
bool Objective<T>::plain(const double* centers, const ExactDistance& exact, const Measure& measured,
                         const Partial& sums, double& value) {
  const std::size_t k = terms_.size(), d = points_.columns();
  if (exact.scale() != 0 || sums.layout().wide) return false;
  const Term terms = add_terms(sums, 8, [&](std::size_t c) { return plain_term(centers + c * d, sums, c); });
  if (!(terms.magnitude <= largest_terms)) return false;
  value = base_ + (terms.value.high - base_terms_.value.high);
  if (!has_base_ || !(value >= part_of_base(d) * base_ && value >= smallest)) {
    value = measure(measured, terms);
    return true;
  }
  return value >= plain_part_of_terms(d, k) * (terms.magnitude + base_terms_.magnitude);
}

/// Of the terms: they are about one, whatever the weights.
template <class T>
void Objective<T>::set_unit(const ExactDistance& exact, const Partial& sums) {
  int exponent = std::numeric_limits<int>::min();
  for (std::size_t c = 0; c < terms_.size(); ++c)
    if (sums.count(c) != 0) exponent = std::max(exponent, sums.weight(c).exponent);
  if (exponent == std::numeric_limits<int>::min()) exponent = 0;  // only where the weights have changed meanwhile
  if (has_base_ && (exponent != exponent_ || exact.scale() != scale_)) {
    if (exact.scale() != scale_) {
      has_base_ = false;
    } else {  // the same base and terms in another unit
      base_ = std::ldexp(base_, exponent_ - exponent);
      base_terms_.value = {std::ldexp(base_terms_.value.high, exponent_ - exponent),
                           std::ldexp(base_terms_.value.low, exponent_ - exponent)};
    }
    std::fill(stale_.begin(), stale_.end(), std::uint8_t{1});
  }
  exponent_ = exponent;
  scale_ = exact.scale();
}

template <class T>
double Objective<T>::doubled(const double* centers, const ExactDistance& exact, const Measure& measured,
                             const Partial& sums) {
  const std::size_t d = points_.columns();
  set_unit(exact, sums);
  const Term terms = add_terms(sums, 64, [&](std::size_t c) { return doubled_term(centers + c * d, sums, c); });
  const Doubled value = Doubled{base_, 0.0} + (terms.value + -base_terms_.value);
  const bool known = has_base_ && value.high >= part_of_base(d) * base_ &&
                     value.high >= part_of_terms * terms.magnitude && value.high >= smallest;
  return known ? std::ldexp(value.high, exponent_ - 2 * scale_) : measure(measured, terms);
}

template <class T>
double Objective<T>::from_sums(const double* centers, const ExactDistance& exact, const Measure& measured,
                               const Partial& sums) {
  const std::size_t k = terms_.size(), d = points_.columns();
  if (origin_.empty()) {  // the mean of the first centers, whatever the order of the rows
    origin_.assign(d, 0.0);
    for (std::size_t c = 0; c < k; ++c)
      for (std::size_t q = 0; q < d; ++q) origin_[q] += centers[c * d + q] / static_cast<double>(k);
  }
  double objective = 0.0;
  if (!plain_ || !plain(centers, exact, measured, sums, objective)) {
    if (plain_) {
      plain_ = has_base_ = false;
      std::fill(stale_.begin(), stale_.end(), std::uint8_t{1});
    }
    objective = doubled(centers, exact, measured, sums);
  }
  return traits(points_.metric.distance).halved ? 0.5 * objective : objective;
}

template <class T>
double Objective<T>::operator()(const double* centers, const ExactDistance& exact, const Measure& measured,
                                const Partial& sums) {
  return checked_inertia(traits(points_.metric.distance).squared_euclidean ? from_sums(centers, exact, measured, sums)
                                                                           : measured().to_double(exact.exponent()));
}

template <class T>
void Objective<T>::forget_moved(const Partial& sums) {
  for (std::size_t c = 0; c < stale_.size(); ++c) stale_[c] = sums.touched(c);
}

template class Objective<std::uint8_t>;
template class Objective<float>;
template class Objective<double>;

}  // namespace pykmeans::detail
