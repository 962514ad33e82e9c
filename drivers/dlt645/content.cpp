#include "drivers/dlt645/content.h"

#include <algorithm>

namespace sluice::dlt645 {

namespace {

using driver::Error;
using driver::PointValue;
using driver::Result;
using driver::Value;

constexpr std::uint8_t kMinus = 0x80;
constexpr std::string_view kPadding{" \0", 2};

PointValue none(const char* reason) { return {0, {}, reason}; }
PointValue is(Value value) { return {0, std::move(value), {}}; }

/// What meters send in place of a value (FF, EE) is no digit either.
std::optional<std::uint64_t> number_of(ByteView highest_first) {
  std::uint64_t number = 0;
  for (const auto byte : highest_first) {
    const auto high = byte >> 4, low = byte & 0x0F;
    if (high > 9 || low > 9) return std::nullopt;
    number = number * 100 + static_cast<std::uint64_t>(high * 10 + low);
  }
  return number;
}

std::uint64_t limit_of(const Format& format) {
  std::uint64_t limit = 1;
  for (std::size_t i = 0; i < format.digits; ++i) limit *= 10;
  // The minus takes the place of the value 8 in the first digit.
  const auto is_shared = format.form == Form::signed_bcd && format.digits % 2 == 0;
  return is_shared ? limit / 10 * 8 : limit;
}

PointValue decode_bcd(const Format& format, Bytes highest_first) {
  const auto is_signed = format.form == Form::signed_bcd;
  const auto is_negative = is_signed && (highest_first[0] & kMinus);
  if (is_negative) highest_first[0] = static_cast<std::uint8_t>(highest_first[0] & ~kMinus);
  const auto number = number_of(highest_first);
  if (!number) return none("not bcd");
  if (*number >= limit_of(format)) return none("too many digits");
  if (!is_signed) return is(*number);
  const auto magnitude = static_cast<std::int64_t>(*number);
  return is(is_negative ? -magnitude : magnitude);
}

PointValue decode_text(const Bytes& first_first) {
  const std::string text(first_first.begin(), first_first.end());
  const auto first = text.find_first_not_of(kPadding);
  if (first == std::string::npos) return is(std::string());
  auto trimmed = text.substr(first, text.find_last_not_of(kPadding) - first + 1);
  const auto is_printable = [](char c) { return c >= ' ' && c <= '~'; };
  if (!std::ranges::all_of(trimmed, is_printable)) return none("not text");
  return is(std::move(trimmed));
}

Result<Bytes> encode_bcd(const Format& format, const Value& value) {
  const auto* integer = std::get_if<std::int64_t>(&value);
  const auto* natural = std::get_if<std::uint64_t>(&value);
  if (!integer && !natural) return Error{"takes an integer"};
  const auto is_negative = integer && *integer < 0;
  if (is_negative && format.form != Form::signed_bcd) return Error{"takes no negative value"};
  auto left = natural ? *natural : static_cast<std::uint64_t>(*integer);
  if (is_negative) left = 0 - left;
  if (left >= limit_of(format)) return Error{"has " + std::to_string(format.digits) + " digits"};
  Bytes content;
  for (std::size_t i = 0; i < format.size(); ++i, left /= 100) {
    content.push_back(static_cast<std::uint8_t>(left % 100 / 10 << 4 | left % 10));
  }
  if (is_negative) content.back() |= kMinus;
  return content;
}

Result<Bytes> encode_text(const Format& format, const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (!text) return Error{"takes a text"};
  if (text->size() > format.digits) return Error{"has " + std::to_string(format.digits) + " characters"};
  Bytes content(text->begin(), text->end());
  content.resize(format.digits, 0);
  std::ranges::reverse(content);
  return content;
}

}  // namespace

PointValue decode(const Format& format, ByteView content) {
  if (content.size() != format.size()) return none("wrong length");
  Bytes turned(content.rbegin(), content.rend());
  return format.form == Form::text ? decode_text(turned) : decode_bcd(format, std::move(turned));
}

Result<Bytes> encode(const Format& format, const Value& value) {
  return format.form == Form::text ? encode_text(format, value) : encode_bcd(format, value);
}

}  // namespace sluice::dlt645
