#include "drivers/simulator/signal.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sluice::simulator {

namespace {

using driver::Error;
using driver::Result;
using driver::Value;

constexpr double kLargestInteger = 9223372036854774784.0;   // the last double below 2^63
constexpr double kLargestNatural = 18446744073709549568.0;  // the last double below 2^64

/// From 0 to below 1, evenly spread, the same for the same number (splitmix64).
double scattered(std::uint64_t number) {
  number += 0x9E3779B97F4A7C15;
  number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9;
  number = (number ^ number >> 27) * 0x94D049BB133111EB;
  return static_cast<double>((number ^ number >> 31) >> 11) * 0x1p-53;
}

bool is_whole_within(const Value& value, double low, double high) {
  const auto* real = std::get_if<double>(&value);
  return real && *real >= low && *real <= high && std::trunc(*real) == *real;
}

Result<Value> as_integer(const Value& value) {
  if (std::holds_alternative<std::int64_t>(value)) return value;
  const auto* natural = std::get_if<std::uint64_t>(&value);
  if (natural && *natural <= std::uint64_t{INT64_MAX}) return Value(static_cast<std::int64_t>(*natural));
  if (is_whole_within(value, -kLargestInteger, kLargestInteger)) {
    return Value(static_cast<std::int64_t>(std::get<double>(value)));
  }
  return Error{"a whole number is wanted"};
}

Result<Value> as_natural(const Value& value) {
  if (std::holds_alternative<std::uint64_t>(value)) return value;
  const auto* integer = std::get_if<std::int64_t>(&value);
  if (integer && *integer >= 0) return Value(static_cast<std::uint64_t>(*integer));
  if (is_whole_within(value, 0, kLargestNatural)) return Value(static_cast<std::uint64_t>(std::get<double>(value)));
  return Error{"a whole number that is not negative is wanted"};
}

Result<Value> as_real(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return Value(static_cast<double>(*integer));
  if (const auto* natural = std::get_if<std::uint64_t>(&value)) return Value(static_cast<double>(*natural));
  if (const auto* real = std::get_if<double>(&value); real && std::isfinite(*real)) return value;
  return Error{"a number is wanted"};
}

Result<Value> as_boolean(const Value& value) {
  if (std::holds_alternative<bool>(value)) return value;
  const auto number = as_real(value);
  if (number.ok() && (*number == Value(0.0) || *number == Value(1.0))) return Value(*number == Value(1.0));
  return Error{"true or false is wanted"};
}

}  // namespace

double position_of(const Signal& signal, std::chrono::microseconds elapsed) {
  const auto periods = static_cast<double>(elapsed.count()) / static_cast<double>(signal.period.count());
  const auto phase = periods - std::floor(periods);
  const auto width = signal.to - signal.from;
  switch (signal.shape) {
    case Shape::constant: return signal.from;
    case Shape::ramp: return signal.from + width * phase;
    case Shape::sine: return signal.from + width * (1 - std::cos(2 * std::numbers::pi * phase)) / 2;
    case Shape::random: return signal.from + width * scattered(static_cast<std::uint64_t>(elapsed.count()));
    case Shape::counter: return signal.from + std::floor(periods);
  }
  return signal.from;
}

Value value_of(const Signal& signal, std::chrono::microseconds elapsed) {
  const auto position = position_of(signal, elapsed);
  switch (signal.type) {
    case Type::boolean: return position > (signal.from + signal.to) / 2;
    case Type::integer:
      return static_cast<std::int64_t>(std::clamp(std::round(position), -kLargestInteger, kLargestInteger));
    case Type::natural: return static_cast<std::uint64_t>(std::clamp(std::round(position), 0.0, kLargestNatural));
    case Type::real: return position;
    case Type::text: return signal.text;
  }
  return {};
}

Result<Value> converted(const Signal& signal, const Value& value) {
  switch (signal.type) {
    case Type::boolean: return as_boolean(value);
    case Type::integer: return as_integer(value);
    case Type::natural: return as_natural(value);
    case Type::real: return as_real(value);
    case Type::text: break;
  }
  if (!std::holds_alternative<std::string>(value)) return Error{"a text is wanted"};
  return value;
}

}  // namespace sluice::simulator
