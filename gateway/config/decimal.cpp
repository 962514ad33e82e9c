#include "gateway/config/decimal.h"

#include <charconv>
#include <string>

namespace sluice::config {

namespace {

constexpr int kMaxDigits = 18;
constexpr int kLowestExponent = -18;
constexpr int kHighestMagnitude = 19;  // digits before the point

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Moves the digits at the front of `text` into `digits`.
std::string take_digits(std::string_view& text) {
  std::string digits;
  while (!text.empty() && is_digit(text.front())) {
    digits += text.front();
    text.remove_prefix(1);
  }
  return digits;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<int> take_exponent(std::string_view& text) {
  if (!take(text, "eE")) return 0;
  const bool negative = take(text, "-");
  if (!negative) take(text, "+");
  const auto digits = take_digits(text);
  if (digits.empty() || digits.size() > 3) return std::nullopt;
  const int exponent = std::stoi(digits);
  return negative ? -exponent : exponent;
}

std::optional<Decimal> assemble(std::string digits, int exponent, bool negative) {
  digits.erase(0, digits.find_first_not_of('0'));
  if (digits.empty()) return Decimal{};
  while (digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  const int length = static_cast<int>(digits.size());
  if (length > kMaxDigits || exponent < kLowestExponent || length + exponent > kHighestMagnitude) return std::nullopt;
  const std::int64_t number = std::stoll(digits);
  return Decimal{negative ? -number : number, exponent};
}

}  // namespace

double Decimal::to_double() const {
  const auto text = std::to_string(digits) + "e" + std::to_string(exponent);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  const bool negative = take(text, "-");
  const auto whole = take_digits(text);
  if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return std::nullopt;
  std::string fraction;
  if (take(text, ".")) {
    fraction = take_digits(text);
    if (fraction.empty()) return std::nullopt;
  }
  const auto exponent = take_exponent(text);
  if (!exponent || !text.empty()) return std::nullopt;
  return assemble(whole + fraction, *exponent - static_cast<int>(fraction.size()), negative);
}

}  // namespace sluice::config
