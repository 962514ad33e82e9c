#include "gateway/config/read_point_keys.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "gateway/config/driver_keys.h"
#include "gateway/config/reader.h"
#include "gateway/config/scalar.h"

namespace sluice::config {

namespace {

/// A driver's keys of a point stand with the point, but how it is written stands under `write`.
bool is_of_write(const SettingSpec& spec) { return spec.name == "function"; }

std::vector<SettingSpec> point_specs(const DriverSpec& driver, bool of_write) {
  std::vector<SettingSpec> specs;
  std::copy_if(driver.point.begin(), driver.point.end(), std::back_inserter(specs),
               [&](const SettingSpec& spec) { return is_of_write(spec) == of_write; });
  return specs;
}

KeyTable point_table(const std::vector<SettingSpec>& specs) {
  KeyTable table;
  table.built = {"scale", "offset", "unit",  "range", "invalid", "enum",     "every",  "aligned",
                 "class", "access", "write", "label", "enabled", "deadband", "counter"};
  table.later = {"flags",   "formula", "with", "missing",  "hold",  "when", "at_least", "at_most",
                 "publish", "kind",    "vars", "failsafe", "model", "bit",  "bits",     "pdu"};
  add_names(table.built, specs);
  return table;
}

Result<Decimal> to_factor(const Node& node) {
  if (node.is_map()) return wrong("takes a number; { ten_to: POINT } is not in this version");
  auto factor = to_decimal(node);
  if (!factor && node.is_scalar()) return wrong(factor.error().text + "; formulas are not in this version");
  if (factor && factor->digits == 0) return wrong("is 0, which would make every value 0");
  return factor;
}

/// Raw numbers span both 64-bit types.
Result<Invalid::Mark> to_mark(const Node& node) {
  const auto text = to_text(node);
  if (!text) return text.error();
  if (*text == "min") return Invalid::Mark{Extreme::min};
  if (*text == "max") return Invalid::Mark{Extreme::max};
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  const auto number = parse_integer(*text, kMin, kMax, Hex::allowed);
  if (!number) return wrong(fmt::format("`{}` is not right; it takes raw values, min or max", *text));
  return Invalid::Mark{*number};
}

Invalid read_invalid(const Node& node, MapReader& point, const std::string& path, Complaints& complaints) {
  Invalid invalid;
  if (!node.is_map()) {
    invalid.any = point.get_list("invalid", to_mark);
    return invalid;
  }
  MapReader map(node, path + ".invalid", complaints);
  map.check_keys({{"signed", "unsigned"}, {}});
  invalid.signed_types = map.get_list("signed", to_mark);
  invalid.unsigned_types = map.get_list("unsigned", to_mark);
  return invalid;
}

Result<EnumTexts> to_enum(const Node& node) {
  if (!node.is_map()) return wrong("takes numbers and their texts, { 0: off, 1: on }");
  EnumTexts texts;
  for (const auto& entry : node.entries) {
    constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
    constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
    const auto number = parse_integer(entry.key, kMin, kMax, Hex::allowed);
    if (!number) return number.error();
    auto text = to_text(entry.value);
    if (!text) return wrong(fmt::format("the text of {} {}", entry.key, text.error().text));
    for (const auto& [known_number, known_text] : texts) {
      if (known_number == *number) return wrong(fmt::format("names {} twice", *number));
      if (known_text == *text) return wrong(fmt::format("has the text `{}` twice", *text));
    }
    texts.emplace_back(*number, std::move(*text));
  }
  if (texts.empty()) return wrong("is empty");
  return texts;
}

Result<Access> to_access(const Node& node) {
  return choice<Access>({{"r", {true, false}}, {"w", {false, true}}, {"rw", {true, true}}})(node);
}

Result<Decimal> to_step(const Node& node) {
  auto step = to_decimal(node);
  if (step && step->digits <= 0) return wrong("takes a number above 0");
  return step;
}

WriteLimits read_write(const Node& node, const DriverSpec& driver, PointKeys& keys, Complaints& complaints) {
  MapReader map(node, keys.path + ".write", complaints);
  const auto specs = point_specs(driver, true);
  KeyTable table{{"limits", "step"}, {"min_gap", "skip_same", "verify", "then", "pulse", "repeat", "function"}};
  add_names(table.built, specs);
  map.check_keys(table);
  keys.settings = merged(keys.settings, read_settings(map, specs));
  return {map.get("limits", to_range), map.get("step", to_step)};
}

/// Form only: changes are published once publications know `when: change`.
Result<Decimal> to_deadband(const Node& node) {
  const auto text = to_text(node);
  if (!text) return text.error();
  auto number = std::string_view(*text);
  if (number.ends_with('%')) number.remove_suffix(1);
  while (number.ends_with(' ')) number.remove_suffix(1);
  const auto deadband = parse_decimal(number);
  if (!deadband || deadband->digits < 0) {
    return wrong(fmt::format("`{}` is not right; it takes a number of at least 0, or a share such as \"2 %\"", *text));
  }
  return *deadband;
}

/// Form only: `delta` and `integral` are what count.
void check_counter(const Node& node, MapReader& point, const std::string& path, Complaints& complaints) {
  if (!node.is_map()) {
    point.get("counter", to_bool);
    return;
  }
  MapReader map(node, path + ".counter", complaints);
  map.check_keys({{"wraps_at", "continued"}, {}});
  map.get("wraps_at", to_step);
  map.get("continued", to_bool);
}

}  // namespace

Result<NumberRange> to_range(const Node& node) {
  if (!node.is_list() || node.items.size() != 2) return wrong("takes two numbers, [ low, high ]");
  const auto low = to_decimal(node.items[0]);
  if (!low) return low.error();
  const auto high = to_decimal(node.items[1]);
  if (!high) return high.error();
  if (low->to_double() > high->to_double()) return wrong("has its low end above its high end");
  return NumberRange{*low, *high};
}

PointKeys read_point_keys(const Node& node, std::string name, std::string path, const DriverSpec& driver,
                          Complaints& complaints) {
  const auto complaints_before = complaints.count();
  MapReader map(node, path, complaints);
  const auto specs = point_specs(driver, false);
  map.check_keys(point_table(specs));
  PointKeys keys;
  keys.name = std::move(name);
  keys.path = std::move(path);
  keys.place = node.place;
  keys.settings = read_settings(map, specs, Hex::allowed);
  keys.enabled = map.get("enabled", to_bool);
  keys.scale = map.get("scale", to_factor);
  keys.offset = map.get("offset", to_decimal);
  keys.unit = map.get("unit", to_text);
  keys.label = map.get("label", to_text);
  keys.range = map.get("range", to_range);
  if (const auto* invalid = map.find("invalid")) keys.invalid = read_invalid(*invalid, map, keys.path, complaints);
  keys.enum_texts = map.get("enum", to_enum);
  keys.every = map.get("every", to_period);
  keys.aligned = map.get("aligned", to_bool);
  keys.traffic_class = map.get("class", to_traffic_class);
  keys.access = map.get("access", to_access);
  if (const auto* write = map.find("write")) keys.write = read_write(*write, driver, keys, complaints);
  map.get("deadband", to_deadband);
  if (const auto* counter = map.find("counter")) check_counter(*counter, map, keys.path, complaints);
  keys.is_sound = complaints.count() == complaints_before;
  return keys;
}

}  // namespace sluice::config
