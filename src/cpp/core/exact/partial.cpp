#include "pykmeans/partial.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "../../kernels/table.hpp"
#include "digits.hpp"
#include "doubled.hpp"
#include "limbs.hpp"
#include "power_of_two.hpp"
#include "pykmeans/workspace.hpp"

namespace pykmeans {

using detail::limb_bits;

namespace {

// A value reaches at most 2^50 units of the top limb, and what a limb leaves is at most half of its unit, 2^50 units of
// the next.
constexpr int most_units_exponent = limb_bits - 1;
// Exponents of values and units between which sums need not be added bit by bit.
constexpr int highest_plain = 900, lowest_plain = -900;

int limbs_needed(int highest, int lowest) {
  const int below_top = highest - most_units_exponent - lowest;
  return 1 + std::max(0, (below_top + limb_bits - 1) / limb_bits);
}

/// Add sign * value to `limbs` limbs, each at a distance of `stride` from the next, by the magic numbers of its
/// feature.
template <int sign, int limbs>
inline void add_value(double value, std::int64_t* digit, const double* magic, std::size_t stride) {
  for (std::size_t l = limbs; l-- > 0;) digit[l * stride] += sign * detail::cut(value, magic[l * stride]);
}

/// Add the values of a column.
template <int limbs, class T>
void add_column(const T* values, std::size_t count, std::int64_t* digit, const double* magic, std::size_t stride) {
  constexpr std::size_t lanes = 8;
  std::int64_t sums[limbs][lanes] = {};
  double numbers[limbs];
  for (std::size_t l = 0; l < limbs; ++l) numbers[l] = magic[l * stride];
  const auto add = [&](std::size_t at, std::size_t lane) {
    double value = static_cast<double>(values[at]);
    for (std::size_t l = limbs; l-- > 0;) sums[l][lane] += detail::cut(value, numbers[l]);
  };
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes)
    for (std::size_t lane = 0; lane < lanes; ++lane) add(i + lane, lane);
  for (; i < count; ++i) add(i, 0);
  for (std::size_t l = 0; l < limbs; ++l)
    for (std::size_t lane = 0; lane < lanes; ++lane) digit[l * stride] += sums[l][lane];
}

template <int sign, int limbs, class T>
void add_weighted_row(const SumLayout& layout, std::int64_t* digits, const T* row, double weight) {
  const std::size_t features = layout.features;
  const double* magic = layout.magic.data();
  for (std::size_t q = 0; q < features; ++q) {
    const double value = q + 1 < features ? static_cast<double>(row[q]) : 1.0;
    const Doubled product = detail::two_product(weight, value);  // the layout keeps away from the ends of the range
    add_value<sign, limbs>(product.high, digits + q, magic + q, features);
    add_value<sign, limbs>(product.low, digits + q, magic + q, features);
  }
}

template <int sign, class T>
void add_weighted_row(const SumLayout& layout, std::int64_t* digits, const T* row, double weight) {
  if (layout.limbs == 1)
    add_weighted_row<sign, 1>(layout, digits, row, weight);
  else if (layout.limbs == 2)
    add_weighted_row<sign, 2>(layout, digits, row, weight);
  else
    add_weighted_row<sign, 3>(layout, digits, row, weight);
}

/// Unweighted values that are integers in any type, as those of uint8 are.
template <class T>
void move_integers(const SumLayout& layout, const T* row, std::int64_t* from, std::int64_t* to) {
  for (std::size_t q = 0; from && q < layout.features; ++q) from[q] -= static_cast<std::int64_t>(row[q]);
  for (std::size_t q = 0; to && q < layout.features; ++q) to[q] += static_cast<std::int64_t>(row[q]);
}

/// Unweighted values; either sum may be nullptr.
template <class T>
void move_row(const SumLayout& layout, const T* row, std::int64_t* from, std::int64_t* to) {
  if constexpr (!std::is_same_v<T, std::uint8_t>)
    if (!layout.integers) {
      const auto& move = kernels::pick().limbs.move(T());
      move.by_limbs[layout.limbs - 1](row, layout.magic.data(), layout.features, from, to);
      return;
    }
  move_integers(layout, row, from, to);
}

}  // namespace

SumLayout::SumLayout(const Vector<ValueRange>& columns, const ValueRange* weights, bool integer_values)
    : weighted(weights != nullptr), integers(integer_values && !weights) {
  features = columns.size() + (weighted ? 1 : 0);
  unit.resize(features);
  for (std::size_t q = 0; q < features; ++q) {
    int highest = 0, lowest = 0;  // exponents that all bits of a feature's terms lie between
    if (q < columns.size() && columns[q].any) {
      highest = columns[q].highest;
      lowest = columns[q].lowest - columns[q].precision;
    } else if (q == columns.size()) {
      highest = 1;  // the value 1 of the feature that sums the weights
    }
    if (weighted) {
      highest += weights->highest;
      lowest += weights->lowest - weights->precision;
    }
    limbs = std::max(limbs, limbs_needed(highest, lowest));
    unit[q] = highest - most_units_exponent;
  }
  for (int& exponent : unit) exponent = integers ? 0 : exponent - limb_bits * (limbs - 1);
  wide = must_be_wide();
  if (weighted)  // Dekker's splitting multiplies each factor by 2^27
    wide = wide || weights->highest > highest_plain;
  for (const ValueRange& column : columns) wide = wide || (weighted && column.any && column.highest > highest_plain);
  set_factors();
}

/// Whether the limbs are too many, or so near to overflow or underflow that magic numbers, products or the errors of
/// products would leave the range of double.
bool SumLayout::must_be_wide() const {
  const int top = most_units_exponent + limb_bits * (limbs - 1);
  return limbs > 3 || std::any_of(unit.begin(), unit.end(), [&](int exponent) {
           return exponent < lowest_plain || exponent + top > highest_plain;
         });
}

/// What follows from the rest.
void SumLayout::set_factors() {
  if (wide) return;
  factor.resize(features);
  for (std::size_t q = 0; q < features; ++q) factor[q] = std::ldexp(1.0, unit[q]);
  if (integers) return;
  magic.resize(static_cast<std::size_t>(limbs) * features);
  for (int l = 0; l < limbs; ++l)
    for (std::size_t q = 0; q < features; ++q)
      magic[static_cast<std::size_t>(l) * features + q] = std::ldexp(1.5, 52 + unit[q] + limb_bits * l);
}

Partial::Partial(const SumLayout& layout, std::size_t clusters)
    : layout_(&layout),
      stride_((static_cast<std::size_t>(layout.limbs) + 1) * layout.features),
      limbs_(clusters * stride_, 0),
      pending_(clusters, 0),
      counts_(clusters, 0),
      touched_(clusters, 0) {}

template <int sign, class T>
void Partial::accumulate_wide(std::int64_t* limbs, const T* row, double weight) const {
  constexpr std::uint64_t mask = (std::uint64_t{1} << limb_bits) - 1;
  const std::size_t features = layout_->features;
  const std::size_t columns = features - (layout_->weighted ? 1 : 0);
  for (std::size_t q = 0; q < features; ++q) {
    const detail::Split value = detail::split(q < columns ? static_cast<double>(row[q]) : 1.0);
    const std::int64_t direction = value.negative ? -sign : sign;
    const auto add = [&](std::uint64_t part, int exponent) {
      // A part of a product may be zero, or end in zeros, below the unit; the whole never does.
      int offset = exponent - layout_->unit[q];
      while (offset < 0 && part != 0) {
        part >>= 1;
        ++offset;
      }
      if (part == 0) return;
      const int shift = offset % limb_bits;
      // There are limbs for all of it, unless somebody has changed the values since the layout was made.
      int limb = offset / limb_bits;
      if (limb > layout_->limbs) return;
      std::int64_t* digit = limbs + static_cast<std::size_t>(limb) * features + q;
      const std::uint64_t fits = (std::uint64_t{1} << (limb_bits - shift)) - 1;
      std::uint64_t above = part >> (limb_bits - shift);
      digit[0] += direction * static_cast<std::int64_t>((part & fits) << shift);
      for (; above != 0 && ++limb <= layout_->limbs; above >>= limb_bits) {
        digit += features;
        digit[0] += direction * static_cast<std::int64_t>(above & mask);
      }
    };
    if (layout_->weighted) {
      const detail::Split w = detail::split(weight);
      detail::split_product(w.significand, value.significand, w.exponent + value.exponent, add);
    } else {
      add(value.significand, value.exponent);
    }
  }
}

template <int sign, class T>
void Partial::accumulate(std::size_t cluster, const T* row, double weight) {
  std::int64_t* limbs = limbs_of(cluster);
  if (layout_->wide)
    accumulate_wide<sign>(limbs, row, weight);
  else if (layout_->weighted)
    add_weighted_row<sign>(*layout_, limbs, row, weight);
  else
    move_row(*layout_, row, sign < 0 ? limbs : nullptr, sign > 0 ? limbs : nullptr);
  count(cluster, sign);
}

template <class T>
void Partial::add(std::size_t cluster, const T* row, double weight) {
  accumulate<1>(cluster, row, weight);
}

template <class T>
void Partial::subtract(std::size_t cluster, const T* row, double weight) {
  accumulate<-1>(cluster, row, weight);
}

template <class T>
void Partial::move(std::size_t from, std::size_t to, const T* row, double weight) {
  if (layout_->wide || layout_->weighted) {
    subtract(from, row, weight);
    add(to, row, weight);
  } else {
    move_row(*layout_, row, limbs_of(from), limbs_of(to));
    count(from, -1);
    count(to, 1);
  }
}

template <class T>
void Partial::add_copies(std::size_t cluster, const T* row, std::int64_t copies) {
  std::int64_t* limbs = limbs_of(cluster);
  for (std::size_t q = 0; q < layout_->features; ++q) limbs[q] += copies * static_cast<std::int64_t>(row[q]);
  count(cluster, copies);
}

template <class T>
void Partial::add_columns(std::size_t cluster, const T* columns, std::size_t stride, std::size_t count) {
  const std::size_t features = layout_->features;
  if (layout_->wide || layout_->integers || layout_->weighted || count > additions_per_carry / 2) {
    Vector<T> row(features);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t q = 0; q < features; ++q) row[q] = columns[q * stride + i];
      add(cluster, row.data(), 1.0);
    }
    return;
  }
  if (pending_[cluster] + count >= additions_per_carry) carry(cluster);
  for (std::size_t q = 0; q < features; ++q) {
    std::int64_t* digits = limbs_of(cluster) + q;
    const double* magic = layout_->magic.data() + q;
    if (layout_->limbs == 1)
      add_column<1>(columns + q * stride, count, digits, magic, features);
    else if (layout_->limbs == 2)
      add_column<2>(columns + q * stride, count, digits, magic, features);
    else
      add_column<3>(columns + q * stride, count, digits, magic, features);
  }
  counts_[cluster] += static_cast<std::int64_t>(count);
  touched_[cluster] = 1;
  pending_[cluster] += static_cast<std::uint32_t>(count);
}

template <int sign>
void Partial::combine(std::size_t cluster, const Partial& other, std::size_t from) {
  Vector<std::int64_t> scratch;
  const std::int64_t* theirs = other.carried(from, scratch);  // it changes a limb by less than 2^51
  std::int64_t* mine = limbs_of(cluster);
  for (std::size_t i = 0; i < stride_; ++i) mine[i] += sign * theirs[i];
  count(cluster, sign * other.counts_[from]);
}

void Partial::carry(std::size_t cluster) {
  if (pending_[cluster] == 0) return;
  kernels::pick().limbs.carry(limbs_of(cluster), static_cast<std::size_t>(layout_->limbs), layout_->features);
  pending_[cluster] = 0;
}

/// The limbs of a cluster, carried: where they lie, or a copy in `scratch`.
const std::int64_t* Partial::carried(std::size_t cluster, Vector<std::int64_t>& scratch) const {
  const std::int64_t* limbs = limbs_of(cluster);
  if (pending_[cluster] == 0) return limbs;
  scratch.assign(limbs, limbs + stride_);
  kernels::pick().limbs.carry(scratch.data(), static_cast<std::size_t>(layout_->limbs), layout_->features);
  return scratch.data();
}

void Partial::clear(std::size_t cluster) {
  std::fill_n(limbs_of(cluster), stride_, 0);
  counts_[cluster] = 0;
  pending_[cluster] = 0;
  touched_[cluster] = 0;
}

/// Call use(digits, count) with a copy of the limbs of one sum, carried.
template <class Use>
auto Partial::with_digits(std::size_t cluster, std::size_t feature, const Use& use) const {
  const auto count = static_cast<std::size_t>(layout_->limbs) + 1;
  std::int64_t few[8];
  Vector<std::int64_t> many(count > 8 ? count : 0);
  std::int64_t* digits = count > 8 ? many.data() : few;
  const std::int64_t* limbs = limbs_of(cluster) + feature;
  for (std::size_t l = 0; l < count; ++l) digits[l] = limbs[l * layout_->features];
  if (pending_[cluster] != 0) detail::carry_digits<limb_bits>(digits, count);
  return use(digits, count);
}

Rounded Partial::sum(std::size_t cluster, std::size_t feature) const {
  return with_digits(cluster, feature, [&](std::int64_t* digits, std::size_t count) {
    return detail::round_to_53(detail::leading_bits<limb_bits>(digits, count), layout_->unit[feature]);
  });
}

void Partial::sums(std::size_t cluster, std::size_t first, std::size_t count, double* out) const {
  const auto limbs = static_cast<std::size_t>(layout_->limbs);
  if (limbs <= 2) {
    Vector<std::int64_t> scratch;
    kernels::pick().limbs.round[limbs - 1](carried(cluster, scratch) + first, layout_->features,
                                           layout_->factor.data() + first, count, out);
    return;
  }
  for (std::size_t q = 0; q < count; ++q) {
    const Rounded value = sum(cluster, first + q);
    out[q] = std::ldexp(value.fraction, value.exponent);
  }
}

Rounded Partial::weight(std::size_t cluster) const {
  if (layout_->weighted) return sum(cluster, layout_->features - 1);
  int exponent = 0;
  const double fraction = std::frexp(static_cast<double>(counts_[cluster]), &exponent);
  return {fraction, exponent};
}

Doubled Partial::sum_in_two(std::size_t cluster, std::size_t feature, int exponent) const {
  return with_digits(cluster, feature, [&](const std::int64_t* digits, std::size_t) {
    Doubled sum;
    for (int l = layout_->limbs; l >= 0; --l) {
      const double added =
          detail::times_power_of_two(static_cast<double>(digits[l]), layout_->unit[feature] + limb_bits * l + exponent);
      const Doubled both = detail::two_sum(sum.high, added);
      sum = {both.high, sum.low + both.low};
    }
    return sum;
  });
}

void Partial::digits(std::size_t cluster, std::size_t feature, Vector<std::int64_t>& digits) const {
  with_digits(cluster, feature, [&](const std::int64_t* found, std::size_t count) {
    digits.resize(count);
    for (std::size_t l = 0; l < count; ++l) digits[l] = found[l];
  });
}

#define PYKMEANS_INSTANTIATE(T)                                               \
  template void Partial::add<T>(std::size_t, const T*, double);               \
  template void Partial::subtract<T>(std::size_t, const T*, double);          \
  template void Partial::move<T>(std::size_t, std::size_t, const T*, double); \
  template void Partial::add_copies<T>(std::size_t, const T*, std::int64_t);  \
  template void Partial::add_columns<T>(std::size_t, const T*, std::size_t, std::size_t)

PYKMEANS_INSTANTIATE(std::uint8_t);
PYKMEANS_INSTANTIATE(float);
PYKMEANS_INSTANTIATE(double);

#undef PYKMEANS_INSTANTIATE

template void Partial::combine<1>(std::size_t, const Partial&, std::size_t);
template void Partial::combine<-1>(std::size_t, const Partial&, std::size_t);

}  // namespace pykmeans
