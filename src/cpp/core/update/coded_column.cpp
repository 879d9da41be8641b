#include "coded_column.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace pykmeans::detail {

namespace {

/// Whether values are whole numbers whose differences are exact. @param values  sorted
template <class T>
bool are_near_whole_numbers(const Vector<T>& values) {
  const T reach = std::ldexp(T(1), std::numeric_limits<T>::digits - 2), least = values.front(), most = values.back();
  return std::fabs(least) < reach && most - least < T(CodedColumn<T>::most_codes) &&
         std::all_of(values.begin(), values.end(), [](T value) { return value == std::trunc(value); });
}

}  // namespace

template <class T>
CodedColumn<T> CodedColumn<T>::of_values(Vector<T> values) {
  CodedColumn column;
  column.kind = Kind::values;
  // Whole numbers that lie near each other get codes without gaps, as such codes are found at once.
  if (are_near_whole_numbers(values)) {
    const T least = values.front();
    values.resize(static_cast<std::size_t>(values.back() - least) + 1);
    for (std::size_t code = 0; code < values.size(); ++code) values[code] = least + static_cast<T>(code);
  }
  column.lowest = std::move(values);
  return column;
}

template <class T>
CodedColumn<T> CodedColumn<T>::of_buckets(const Vector<T>& sample) {
  constexpr std::size_t shares = 255;  // each begins one bucket or ends one, so that all codes fit into a byte
  constexpr T infinity = std::numeric_limits<T>::infinity();
  CodedColumn column;
  column.kind = Kind::buckets;
  const auto begin_bucket = [&](T lowest, bool single) {
    if (!column.lowest.empty() && column.lowest.back() == lowest) {
      column.single.back() = single ? 1 : 0;
      return;
    }
    column.lowest.push_back(lowest);
    column.single.push_back(single ? 1 : 0);
  };
  const auto first_of = [&](std::size_t share) { return sample[share * sample.size() / shares]; };
  begin_bucket(-infinity, false);
  for (std::size_t i = 1; i < shares;) {
    std::size_t next = i + 1;
    while (next < shares && first_of(next) == first_of(i)) ++next;
    const bool single = next - i > 1;
    begin_bucket(first_of(i), single);
    if (single) begin_bucket(std::nextafter(first_of(i), infinity) + T(0), false);  // no -0
    i = next;
  }
  return column;
}

template <class T>
CodeSearch<T>::CodeSearch(const CodedColumn<T>& column)
    : table_(column.lowest),
      exact_(column.kind == CodedColumn<T>::Kind::values),
      consecutive_(exact_ && are_near_whole_numbers(table_) &&
                   table_.back() - table_.front() == static_cast<T>(table_.size() - 1)),
      largest_code_(static_cast<T>(table_.size() - 1)) {
  std::size_t size = 1;
  while (size < table_.size()) size *= 2;
  table_.resize(size, std::numeric_limits<T>::quiet_NaN());
}

template <class T>
bool CodeSearch<T>::by_difference(const T* values, std::size_t count, std::uint8_t* codes) const {
  const T least = table_.front();
  unsigned missing = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const T difference = values[i] - least;
    const T inside = difference >= T(0) && difference <= largest_code_ ? difference : T(0);
    const auto code = static_cast<std::int32_t>(inside);
    codes[i] = static_cast<std::uint8_t>(code);
    missing |= static_cast<unsigned>(least + static_cast<T>(code) != values[i]);
  }
  return missing == 0;
}

template <class T>
bool CodeSearch<T>::by_halving(const T* values, std::size_t count, std::uint8_t* codes) const {
  std::uint32_t found[most_at_once] = {};
  for (auto step = static_cast<std::uint32_t>(table_.size() / 2); step != 0; step /= 2)
    for (std::size_t i = 0; i < count; ++i) found[i] += table_[found[i] + step] <= values[i] ? step : 0u;
  unsigned missing = 0;
  for (std::size_t i = 0; i < count; ++i) {
    codes[i] = static_cast<std::uint8_t>(found[i]);
    missing |= static_cast<unsigned>(table_[found[i]] != values[i]);
  }
  return !exact_ || missing == 0;
}

template struct CodedColumn<float>;
template struct CodedColumn<double>;
template class CodeSearch<float>;
template class CodeSearch<double>;

}  // namespace pykmeans::detail
