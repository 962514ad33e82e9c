#include "gateway/mapping/exact.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>
#include <utility>

namespace sluice::mapping {

namespace {

constexpr int kMostShift = 38;  // 10^38 is the greatest power that Wide holds

std::optional<Wide> shifted(Wide digits, int by) {
  if (digits == 0) return digits;
  if (by > kMostShift) return std::nullopt;
  for (; by > 0; --by) {
    if (__builtin_mul_overflow(digits, Wide{10}, &digits)) return std::nullopt;
  }
  return digits;
}

/// Both numbers with the lower of their exponents.
struct Aligned {
  Wide a;
  Wide b;
  int exponent;
};

std::optional<Aligned> aligned(const Exact& a, const Exact& b) {
  const int exponent = std::min(a.exponent, b.exponent);
  const auto left = shifted(a.digits, a.exponent - exponent);
  const auto right = shifted(b.digits, b.exponent - exponent);
  if (!left || !right) return std::nullopt;
  return Aligned{*left, *right, exponent};
}

template <class Real>
std::optional<Exact> shortest(Real number) {
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  const auto decimal = config::parse_decimal({text, static_cast<std::size_t>(end - text)});
  return decimal ? std::optional(Exact::of(*decimal)) : std::nullopt;
}

std::string digits_of(Wide number) {
  const bool negative = number < 0;
  std::string digits;
  do {
    const int digit = static_cast<int>(number % 10);
    digits += static_cast<char>('0' + (negative ? -digit : digit));
    number /= 10;
  } while (number != 0);
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr Wide kExactDouble = Wide{1} << 53;

}  // namespace

std::optional<Exact> Exact::of(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return Exact{*integer, 0};
  if (const auto* natural = std::get_if<std::uint64_t>(&value)) return Exact{*natural, 0};
  if (const auto* real = std::get_if<double>(&value)) return shortest(*real);
  return std::nullopt;
}

std::optional<Exact> times(const Exact& a, const Exact& b) {
  Exact product;
  if (__builtin_mul_overflow(a.digits, b.digits, &product.digits)) return std::nullopt;
  product.exponent = a.exponent + b.exponent;
  return product;
}

std::optional<Exact> plus(const Exact& a, const Exact& b) {
  const auto both = aligned(a, b);
  Exact sum;
  if (!both || __builtin_add_overflow(both->a, both->b, &sum.digits)) return std::nullopt;
  sum.exponent = both->exponent;
  return sum;
}

std::optional<Exact> minus(const Exact& a, const Exact& b) { return plus(a, {-b.digits, b.exponent}); }

int compare(const Exact& a, const Exact& b) {
  if (const auto both = aligned(a, b)) return both->a < both->b ? -1 : both->a > both->b ? 1 : 0;
  const double left = to_double(a);
  const double right = to_double(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

std::optional<Wide> whole_quotient(const Exact& a, const Exact& b) {
  const auto both = aligned(a, b);
  if (!both || both->b == 0 || both->a % both->b != 0) return std::nullopt;
  return both->a / both->b;
}

Value to_value(const Exact& number) {
  const auto whole = number.exponent >= 0 ? shifted(number.digits, number.exponent) : std::nullopt;
  if (!whole) return to_double(number);
  if (*whole >= std::numeric_limits<std::int64_t>::min() && *whole <= std::numeric_limits<std::int64_t>::max()) {
    return static_cast<std::int64_t>(*whole);
  }
  if (*whole > 0 && *whole <= std::numeric_limits<std::uint64_t>::max()) return static_cast<std::uint64_t>(*whole);
  return to_double(number);
}

double to_double(const Exact& number) {
  const bool is_exact = number.digits > -kExactDouble && number.digits < kExactDouble;
  // Both operands are exact doubles here, so the one rounding of the division is the right one.
  if (is_exact && number.exponent <= 0 && number.exponent >= -22) {
    return static_cast<double>(number.digits) / kPowers[-number.exponent];
  }
  const auto text = digits_of(number.digits) + "e" + std::to_string(number.exponent);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace sluice::mapping
