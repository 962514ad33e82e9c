#include "gateway/mapping/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "gateway/base/utf8.h"
#include "gateway/config/scalar.h"
#include "gateway/mapping/exact.h"

namespace sluice::mapping {

namespace {

constexpr std::string_view kNotANumber = "not a number";
constexpr std::string_view kInfinite = "infinite";
constexpr std::string_view kInvalid = "invalid";
constexpr std::string_view kOutOfRange = "out of range";
constexpr std::string_view kNotText = "not text";

Interpreted bad(std::string_view reason) { return {{}, std::string(reason)}; }

bool is_identity(const Meaning& meaning) {
  return meaning.scale == config::Decimal{1, 0} && meaning.offset == config::Decimal{};
}

bool is_number(const RawType& type) { return type.kind != RawType::Kind::text && type.kind != RawType::Kind::boolean; }

/// The smallest and greatest number of an integer type.
Exact lowest(const RawType& type) {
  if (type.kind != RawType::Kind::integer) return {};
  return {-(Wide{1} << (type.bits - 1)), 0};
}

Exact highest(const RawType& type) {
  const auto bits = type.kind == RawType::Kind::integer ? type.bits - 1 : type.bits;
  return {(Wide{1} << bits) - 1, 0};
}

Exact number_of(const config::Invalid::Mark& mark, const RawType& type) {
  if (const auto* extreme = std::get_if<config::Extreme>(&mark)) {
    return *extreme == config::Extreme::min ? lowest(type) : highest(type);
  }
  if (const auto* natural = std::get_if<std::uint64_t>(&mark)) return {*natural, 0};
  return {std::get<std::int64_t>(mark), 0};
}

bool is_invalid(const Meaning& meaning, const Exact& raw) {
  return std::any_of(meaning.invalid.begin(), meaning.invalid.end(),
                     [&](const auto& mark) { return compare(number_of(mark, meaning.type), raw) == 0; });
}

/// A 32-bit float as the double that prints with the float's own shortest text: 230.2 and not
/// 230.1999969482422.
double widened(float number) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  double value = 0;
  std::from_chars(text, end, value);
  return value;
}

bool is_outside(const Meaning& meaning, double value) {
  return meaning.range && (value < meaning.range->low.to_double() || value > meaning.range->high.to_double());
}

Interpreted within_range(const Meaning& meaning, Value value) {
  if (!meaning.range) return {std::move(value), {}};
  const auto number = std::visit(
      [](const auto& held) -> double {
        if constexpr (std::is_arithmetic_v<std::decay_t<decltype(held)>>) return static_cast<double>(held);
        return 0;
      },
      value);
  return is_outside(meaning, number) ? bad(kOutOfRange) : Interpreted{std::move(value), {}};
}

std::optional<Exact> scaled(const Meaning& meaning, const Exact& raw) {
  const auto product = times(raw, Exact::of(meaning.scale));
  return product ? plus(*product, Exact::of(meaning.offset)) : std::nullopt;
}

Interpreted scaled_real(const Meaning& meaning, double raw) {
  const double value = raw * meaning.scale.to_double() + meaning.offset.to_double();
  return std::isfinite(value) ? within_range(meaning, value) : bad(kInfinite);
}

Interpreted interpret_number(const Meaning& meaning, const Value& raw) {
  if (is_identity(meaning)) return within_range(meaning, raw);
  const auto exact = Exact::of(raw);
  const auto value = exact ? scaled(meaning, *exact) : std::nullopt;
  if (value) return within_range(meaning, to_value(*value));
  // Beyond what is exact only real numbers can be.
  const auto* real = std::get_if<double>(&raw);
  return real ? scaled_real(meaning, *real) : bad(kOutOfRange);
}

Interpreted interpret_enum(const Meaning& meaning, const Value& raw) {
  const auto exact = Exact::of(raw);
  for (const auto& [number, text] : meaning.enum_texts) {
    if (exact && compare(*exact, {number, 0}) == 0) return {text, {}};
  }
  return bad(fmt::format("no text for {}", to_text(raw)));
}

Interpreted interpret_integer(const Meaning& meaning, const Value& raw) {
  if (!meaning.invalid.empty() && is_invalid(meaning, *Exact::of(raw))) return bad(kInvalid);
  return meaning.enum_texts.empty() ? interpret_number(meaning, raw) : interpret_enum(meaning, raw);
}

Interpreted interpret_real(const Meaning& meaning, double raw) {
  if (std::isnan(raw)) return bad(kNotANumber);
  if (std::isinf(raw)) return bad(kInfinite);
  if (meaning.type.kind == RawType::Kind::single) raw = widened(static_cast<float>(raw));
  if (!meaning.invalid.empty()) {
    const auto exact = Exact::of(Value(raw));
    if (exact && is_invalid(meaning, *exact)) return bad(kInvalid);
  }
  return interpret_number(meaning, raw);
}

/* ---- and back ---- */

Result<Exact> wanted_number(const Wanted& wanted) {
  if (const auto* text = std::get_if<std::string>(&wanted.value); text && wanted.is_plain) {
    const auto decimal = config::parse_decimal(*text);
    if (decimal) return Exact::of(*decimal);
  }
  if (const auto exact = Exact::of(wanted.value)) return *exact;
  return config::wrong("takes a number");
}

Result<bool> wanted_bool(const Wanted& wanted) {
  if (const auto* is_true = std::get_if<bool>(&wanted.value)) return *is_true;
  const auto* text = std::get_if<std::string>(&wanted.value);
  if (text && wanted.is_plain && (*text == "true" || *text == "false")) return *text == "true";
  return config::wrong("takes true or false");
}

Result<Exact> enum_number(const Meaning& meaning, const Wanted& wanted) {
  const auto* text = std::get_if<std::string>(&wanted.value);
  std::string known;
  for (const auto& [number, name] : meaning.enum_texts) {
    if (text && *text == name) return Exact{number, 0};
    known += (known.empty() ? "" : ", ") + name;
  }
  return config::wrong("takes one of " + known);
}

Result<void> check_limits(const Meaning& meaning, const Exact& value) {
  const auto& limits = meaning.write.limits ? meaning.write.limits : meaning.range;
  const bool is_within =
      !limits || (compare(value, Exact::of(limits->low)) >= 0 && compare(value, Exact::of(limits->high)) <= 0);
  if (!is_within) {
    return config::wrong(fmt::format("out of limits, {} to {}", to_text(to_value(Exact::of(limits->low))),
                                     to_text(to_value(Exact::of(limits->high)))));
  }
  if (!meaning.write.step) return {};
  const auto step = Exact::of(*meaning.write.step);
  const auto above = limits ? minus(value, Exact::of(limits->low)) : std::optional(value);
  if (above && whole_quotient(*above, step)) return {};
  return config::wrong(fmt::format("off the steps of {}", to_text(to_value(step))));
}

Result<Value> raw_integer(const Meaning& meaning, const Exact& unscaled) {
  const auto whole = whole_quotient(unscaled, Exact::of(meaning.scale));
  if (!whole) return config::wrong(fmt::format("not a multiple of {}", to_text(to_value(Exact::of(meaning.scale)))));
  const Exact raw{*whole, 0};
  if (compare(raw, lowest(meaning.type)) < 0 || compare(raw, highest(meaning.type)) > 0) {
    return config::wrong("too large or too small for the device");
  }
  if (is_invalid(meaning, raw)) return config::wrong("stands for no value in the device");
  return to_value(raw);
}

Result<Value> raw_number(const Meaning& meaning, const Exact& value) {
  const auto unscaled = minus(value, Exact::of(meaning.offset));
  if (!unscaled) return config::wrong("too large or too small");
  const bool is_real = meaning.type.kind == RawType::Kind::single || meaning.type.kind == RawType::Kind::real;
  if (!is_real) return raw_integer(meaning, *unscaled);
  const double raw = to_double(*unscaled) / meaning.scale.to_double();
  const bool fits = meaning.type.kind == RawType::Kind::real || std::isfinite(static_cast<float>(raw));
  if (!fits || !std::isfinite(raw)) return config::wrong("too large or too small for the device");
  return Value(raw);
}

Result<Writable> writable_number(const Meaning& meaning, const Wanted& wanted) {
  const auto value = wanted_number(wanted);
  if (!value) return value.error();
  if (const auto checked = check_limits(meaning, *value); !checked) return checked.error();
  auto raw = raw_number(meaning, *value);
  if (!raw) return raw.error();
  return Writable{to_value(*value), std::move(*raw)};
}

Result<Writable> writable_enum(const Meaning& meaning, const Wanted& wanted) {
  const auto number = enum_number(meaning, wanted);
  if (!number) return number.error();
  if (meaning.type.kind == RawType::Kind::boolean) return Writable{wanted.value, number->digits != 0};
  return Writable{wanted.value, to_value(*number)};
}

}  // namespace

RawType raw_type(const SettingValues& settings) {
  using Kind = RawType::Kind;
  const auto* table = find_setting(settings, "table");
  const bool is_bit_table = table && (table->text == "coil" || table->text == "discrete");
  if (is_bit_table || find_setting(settings, "bit") != nullptr) return {Kind::boolean, 1};
  const auto* type = find_setting(settings, "type");
  const auto name = type ? std::string_view(type->text) : std::string_view{};
  const auto bits = [&](std::size_t prefix) {
    std::uint32_t number = 16;
    std::from_chars(name.data() + prefix, name.data() + name.size(), number);
    return std::clamp<std::uint32_t>(number, 1, 64);
  };
  if (name.starts_with("int")) return {Kind::integer, bits(3)};
  if (name.starts_with("uint")) return {Kind::natural, bits(4)};
  if (name == "float16" || name == "float32") return {Kind::single, bits(5)};
  if (name.starts_with("float")) return {Kind::real, 64};
  if (name == "bool") return {Kind::boolean, 1};
  if (name == "string" || name == "datetime") return {Kind::text, 0};
  if (name == "bcd") return {Kind::natural, 64};
  return {Kind::natural, 16};
}

Interpreted interpret(const Meaning& meaning, const Value& raw) {
  if (const auto* real = std::get_if<double>(&raw)) return interpret_real(meaning, *real);
  if (const auto* text = std::get_if<std::string>(&raw)) {
    return is_valid_utf8(*text) ? Interpreted{raw, {}} : bad(kNotText);
  }
  if (const auto* is_true = std::get_if<bool>(&raw)) {
    return meaning.enum_texts.empty() ? Interpreted{raw, {}} : interpret_enum(meaning, std::int64_t{*is_true});
  }
  return interpret_integer(meaning, raw);
}

Result<Writable> to_raw(const Meaning& meaning, const Wanted& wanted) {
  if (!meaning.enum_texts.empty()) return writable_enum(meaning, wanted);
  if (is_number(meaning.type)) return writable_number(meaning, wanted);
  if (meaning.type.kind == RawType::Kind::boolean) {
    const auto is_true = wanted_bool(wanted);
    if (!is_true) return is_true.error();
    return Writable{*is_true, *is_true};
  }
  if (std::holds_alternative<std::string>(wanted.value)) return Writable{wanted.value, wanted.value};
  return config::wrong("takes a text");
}

}  // namespace sluice::mapping
