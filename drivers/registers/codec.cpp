#include "drivers/registers/codec.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

#include "drivers/registers/utf8.h"

namespace sluice::registers {

namespace {

using driver::Error;
using driver::Result;
using driver::Value;
using Words = std::vector<std::uint16_t>;

constexpr std::uint16_t swapped(std::uint16_t word) { return static_cast<std::uint16_t>(word << 8 | word >> 8); }

bool swaps_bytes(Order order) { return order == Order::badc || order == Order::dcba; }
bool swaps_words(Order order) { return order == Order::cdab || order == Order::dcba; }

/// Brings words into the order ABCD, or from it: each order is its own inverse.
Words ordered(Order order, Type type, std::span<const std::uint16_t> words) {
  Words result(words.begin(), words.end());
  if (swaps_bytes(order)) std::ranges::transform(result, result.begin(), swapped);
  if (swaps_words(order) && type != Type::string) std::ranges::reverse(result);
  return result;
}

std::uint64_t joined(const Words& words) {
  std::uint64_t bits = 0;
  for (const auto word : words) bits = bits << 16 | word;
  return bits;
}

Words parted(std::uint64_t bits, std::size_t count) {
  Words words(count);
  for (auto word = words.rbegin(); word != words.rend(); ++word, bits >>= 16) *word = bits & 0xFFFF;
  return words;
}

/// The width in bits of an integer type; an 8-bit value lies in the low byte.
unsigned width_of(Type type) {
  if (type == Type::int8 || type == Type::uint8) return 8;
  return registers_of(type) * 16u;
}

std::uint64_t low_bits(unsigned count) { return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1; }

std::int64_t sign_extended(std::uint64_t bits, unsigned width) {
  const auto unused = 64 - width;
  return static_cast<std::int64_t>(bits << unused) >> unused;
}

Result<Value> decode_string(const Words& words) {
  std::string text;
  for (const auto word : words) {
    text.push_back(static_cast<char>(word >> 8));
    text.push_back(static_cast<char>(word & 0xFF));
  }
  text.resize(std::min(text.size(), text.find('\0')));
  text.resize(text.find_last_not_of(' ') + 1);
  if (!is_utf8(text)) return Error{"not text"};
  return Value(std::move(text));
}

Value decode_number(Type type, std::uint64_t bits) {
  switch (type) {
    case Type::float32: return double{std::bit_cast<float>(static_cast<std::uint32_t>(bits))};
    case Type::float64: return std::bit_cast<double>(bits);
    default: break;
  }
  const auto width = width_of(type);
  if (is_unsigned(type)) return bits & low_bits(width);
  return sign_extended(bits, width);
}

std::string number_text(const Value& value) {
  if (const auto* held = std::get_if<std::int64_t>(&value)) return std::to_string(*held);
  if (const auto* held = std::get_if<std::uint64_t>(&value)) return std::to_string(*held);
  if (const auto* held = std::get_if<double>(&value)) return std::to_string(*held);
  return std::get<bool>(value) ? "true" : "false";
}

Error does_not_fit(const Value& value, std::string_view into) {
  return {number_text(value) + " does not fit into " + std::string(into)};
}

/// A whole number as sign and magnitude, from whichever member holds it.
struct Whole {
  bool is_negative = false;
  std::uint64_t magnitude = 0;
};

std::optional<Whole> whole_from(std::int64_t number) {
  return Whole{number < 0, number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number)};
}

std::optional<Whole> whole_from(double number) {
  constexpr double kTooLarge = 18446744073709551616.0;  // 2^64
  if (!(std::fabs(number) < kTooLarge) || std::trunc(number) != number) return std::nullopt;
  return Whole{number < 0, static_cast<std::uint64_t>(std::fabs(number))};
}

std::optional<Whole> whole_from(const Value& value) {
  if (const auto* held = std::get_if<bool>(&value)) return Whole{false, *held ? 1u : 0u};
  if (const auto* held = std::get_if<std::int64_t>(&value)) return whole_from(*held);
  if (const auto* held = std::get_if<std::uint64_t>(&value)) return Whole{false, *held};
  if (const auto* held = std::get_if<double>(&value)) return whole_from(*held);
  return std::nullopt;
}

bool is_number(const Value& value) {
  return !std::holds_alternative<std::monostate>(value) && !std::holds_alternative<std::string>(value);
}

std::string name_of(Type type) {
  std::string_view names = kTypeNames;
  for (auto skip = static_cast<unsigned>(type); skip > 0; --skip) names.remove_prefix(names.find(' ') + 1);
  return std::string(names.substr(0, names.find(' ')));
}

Result<std::uint64_t> encode_integer(Type type, const Value& value) {
  const auto whole = whole_from(value);
  const auto width = width_of(type);
  if (!whole) return does_not_fit(value, name_of(type));
  const auto [is_negative, magnitude] = *whole;
  if (is_unsigned(type)) {
    if ((is_negative && magnitude != 0) || magnitude > low_bits(width)) return does_not_fit(value, name_of(type));
    return magnitude;
  }
  const auto largest = low_bits(width - 1) + (is_negative ? 1 : 0);
  if (magnitude > largest) return does_not_fit(value, name_of(type));
  return (is_negative ? 0 - magnitude : magnitude) & low_bits(width);
}

double as_real(const Value& value) {
  if (const auto* held = std::get_if<bool>(&value)) return *held ? 1 : 0;
  if (const auto* held = std::get_if<std::int64_t>(&value)) return static_cast<double>(*held);
  if (const auto* held = std::get_if<std::uint64_t>(&value)) return static_cast<double>(*held);
  return std::get<double>(value);
}

Result<std::uint64_t> encode_float(Type type, const Value& value) {
  const auto number = as_real(value);
  if (type == Type::float64) return std::bit_cast<std::uint64_t>(number);
  if (std::isfinite(number) && std::fabs(number) > double{std::numeric_limits<float>::max()}) {
    return does_not_fit(value, "float32");
  }
  return std::uint64_t{std::bit_cast<std::uint32_t>(static_cast<float>(number))};
}

Result<Words> encode_string(const Format& format, const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (!text) return Error{"a text is wanted"};
  const std::size_t room = format.length * 2u;
  if (text->size() > room) {
    return Error{"the text has " + std::to_string(text->size()) + " bytes, there is room for " + std::to_string(room)};
  }
  std::string padded = *text;
  padded.resize(room, '\0');
  Words words;
  for (std::size_t i = 0; i < room; i += 2) {
    const auto high = static_cast<std::uint8_t>(padded[i]);
    words.push_back(static_cast<std::uint16_t>(high << 8 | static_cast<std::uint8_t>(padded[i + 1])));
  }
  return ordered(format.order, Type::string, words);
}

Result<Words> encode_field(const Format& format, const Value& value, std::span<const std::uint16_t> held) {
  const auto [low, high] = *format.bits;
  const auto whole = whole_from(value);
  const auto mask = low_bits(high - low + 1u);
  if (!whole || (whole->is_negative && whole->magnitude != 0) || whole->magnitude > mask) {
    return Error{"the value does not fit into " + std::to_string(high - low + 1) + " bits"};
  }
  // The order has no effect on a bool: its bit is that of the register as sent.
  const auto order = format.type == Type::boolean ? Order::abcd : format.order;
  auto bits = joined(ordered(order, format.type, held));
  bits = (bits & ~(mask << low)) | whole->magnitude << low;
  return ordered(order, format.type, parted(bits, held.size()));
}

}  // namespace

Result<Value> decode(const Format& format, std::span<const std::uint16_t> words) {
  assert(words.size() == format.length);
  if (format.type == Type::boolean) {
    if (format.bits) return Value((words[0] >> format.bits->low & 1) != 0);
    return Value(words[0] != 0);
  }
  const auto in_order = ordered(format.order, format.type, words);
  if (format.type == Type::string) return decode_string(in_order);
  const auto bits = joined(in_order);
  if (format.bits) return Value((bits >> format.bits->low) & low_bits(format.bits->high - format.bits->low + 1u));
  return decode_number(format.type, bits);
}

Result<Words> encode(const Format& format, const Value& value) {
  if (format.bits) return Error{"a part of a register cannot be written alone"};
  if (format.type == Type::string) return encode_string(format, value);
  if (!is_number(value)) return Error{"a number is wanted"};
  if (format.type == Type::boolean) {
    const auto truth = as_bool(value);
    if (!truth.ok()) return truth.error();
    return Words{static_cast<std::uint16_t>(*truth ? 1 : 0)};
  }
  const auto bits = is_float(format.type) ? encode_float(format.type, value) : encode_integer(format.type, value);
  if (!bits.ok()) return bits.error();
  return ordered(format.order, format.type, parted(*bits, format.length));
}

Result<Words> encode_into(const Format& format, const Value& value, std::span<const std::uint16_t> held) {
  assert(held.size() == format.length);
  return format.bits ? encode_field(format, value, held) : encode(format, value);
}

Result<bool> as_bool(const Value& value) {
  const auto whole = whole_from(value);
  if (!whole || whole->magnitude > 1 || (whole->is_negative && whole->magnitude != 0)) {
    return Error{"true or false is wanted"};
  }
  return whole->magnitude == 1;
}

}  // namespace sluice::registers
