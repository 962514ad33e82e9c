#include "gateway/config/driver_keys.h"

#include <algorithm>
#include <limits>

namespace sluice::config {

namespace {

Result<std::int64_t> read_number(const Node& node, const SettingSpec& spec, Hex hex) {
  const auto text = to_text(node);
  if (!text) return text.error();
  if (node.quoted)
    return wrong(fmt::format("`{}` stands in quotes, which makes it a text; write the number without", *text));
  return parse_integer(*text, spec.min, spec.max, hex);
}

Result<SettingValue> read_text(const Node& node, SettingValue value) {
  auto text = to_text(node);
  if (!text) return text.error();
  // One word, one meaning: how a port is set is written alike wherever it stands.
  if (value.name == "serial") {
    if (const auto checked = check_serial(*text); !checked) return checked.error();
  }
  value.text = std::move(*text);
  return value;
}

Result<SettingValue> read_choice(const Node& node, const SettingSpec& spec, SettingValue value) {
  auto text = to_text(node);
  if (!text) return text.error();
  if (std::find(spec.choices.begin(), spec.choices.end(), *text) == spec.choices.end()) {
    return wrong(fmt::format("`{}` is not right; it takes {}", *text, fmt::join(spec.choices, ", ")));
  }
  value.text = std::move(*text);
  return value;
}

std::string duration_text(std::int64_t microseconds) {
  if (microseconds % 1'000'000 == 0) return fmt::format("{}s", microseconds / 1'000'000);
  if (microseconds % 1'000 == 0) return fmt::format("{}ms", microseconds / 1'000);
  return fmt::format("{}us", microseconds);
}

std::string allowed(std::int64_t min, std::int64_t max) {
  if (max == std::numeric_limits<std::int64_t>::max()) return duration_text(min) + " or more";
  return fmt::format("{} to {}", duration_text(std::max<std::int64_t>(min, 0)), duration_text(max));
}

Result<SettingValue> read_duration(const Node& node, const SettingSpec& spec, SettingValue value) {
  const auto duration = to_duration(node);
  if (!duration) return duration.error();
  value.integer = std::chrono::duration_cast<std::chrono::microseconds>(*duration).count();
  if (value.integer < spec.min || value.integer > spec.max) {
    return wrong(fmt::format("`{}` is out of bounds; it takes {}", node.text, allowed(spec.min, spec.max)));
  }
  return value;
}

Result<KeyedRange> read_pair(const Node& node, const SettingSpec& spec, std::string_view key, Hex hex) {
  if (!node.is_list() || node.items.size() != 2) return wrong("takes two numbers, [ first, second ]");
  const auto first = read_number(node.items[0], spec, hex);
  if (!first) return first.error();
  const auto second = read_number(node.items[1], spec, hex);
  if (!second) return second.error();
  return KeyedRange{std::string(key), *first, *second};
}

Result<void> read_ranges_of_key(const Node& node, const SettingSpec& spec, const std::string& key, Hex hex,
                                std::vector<KeyedRange>& ranges) {
  const bool is_list_of_pairs = node.is_list() && !node.items.empty() && node.items[0].is_list();
  const auto pairs = is_list_of_pairs ? node.items : std::vector<Node>{node};
  for (const auto& pair : pairs) {
    const auto range = read_pair(pair, spec, key, hex);
    if (!range) return range.error();
    ranges.push_back(*range);
  }
  return {};
}

Result<SettingValue> read_ranges(const Node& node, const SettingSpec& spec, SettingValue value, Hex hex) {
  if (!node.is_map()) {
    return wrong(fmt::format("takes lists of [ first, second ] under {}", fmt::join(spec.choices, ", ")));
  }
  for (const auto& entry : node.entries) {
    if (std::find(spec.choices.begin(), spec.choices.end(), entry.key) == spec.choices.end()) {
      return wrong(fmt::format("`{}` is not right; it takes {}", entry.key, fmt::join(spec.choices, ", ")));
    }
    const auto read = read_ranges_of_key(entry.value, spec, entry.key, hex, value.ranges);
    if (!read) return read.error();
  }
  return value;
}

Result<SettingValue> read_setting(const Node& node, const SettingSpec& spec, Hex hex) {
  SettingValue value;
  value.name = spec.name;
  value.type = spec.type;
  switch (spec.type) {
    case SettingType::text: return read_text(node, std::move(value));
    case SettingType::choice: return read_choice(node, spec, std::move(value));
    case SettingType::duration: return read_duration(node, spec, std::move(value));
    case SettingType::ranges: return read_ranges(node, spec, std::move(value), hex);
    case SettingType::integer: {
      const auto number = read_number(node, spec, hex);
      if (!number) return number.error();
      value.integer = *number;
      return value;
    }
    case SettingType::number: {
      const auto number = to_decimal(node);
      if (!number) return number.error();
      value.number = number->to_double();
      return value;
    }
    case SettingType::boolean: {
      const auto is_true = to_bool(node);
      if (!is_true) return is_true.error();
      value.integer = *is_true ? 1 : 0;
      return value;
    }
    case SettingType::pair: {
      const auto range = read_pair(node, spec, "", hex);
      if (!range) return range.error();
      value.ranges.push_back(*range);
      return value;
    }
  }
  return wrong("is of a type that is not known");
}

}  // namespace

SettingValues read_settings(MapReader& map, const std::vector<SettingSpec>& specs, Hex hex) {
  SettingValues values;
  for (const auto& spec : specs) {
    auto value = map.get(spec.name, [&](const Node& node) { return read_setting(node, spec, hex); });
    if (value) values.push_back(std::move(*value));
  }
  return values;
}

void add_fallbacks(SettingValues& values, const std::vector<SettingSpec>& specs) {
  for (const auto& spec : specs) {
    if (spec.fallback.empty() || find_setting(values, spec.name) != nullptr) continue;
    Node node;
    node.kind = Node::Kind::scalar;
    node.text = spec.fallback;
    // A fallback that does not read is the driver's fault and not the site engineer's: it is left
    // out, as if there were none.
    if (auto value = read_setting(node, spec, Hex::allowed)) values.push_back(std::move(*value));
  }
}

void check_required(const SettingValues& values, const std::vector<SettingSpec>& specs, MapReader& map) {
  for (const auto& spec : specs) {
    if (!spec.required || find_setting(values, spec.name) != nullptr || map.has(spec.name)) continue;
    map.complain(spec.name, spec.sentence.empty() ? std::string("is missing") : "is missing; " + spec.sentence);
  }
}

SettingValues merged(const SettingValues& under, const SettingValues& over) {
  SettingValues result = over;
  for (const auto& value : under) {
    if (find_setting(over, value.name) == nullptr) result.push_back(value);
  }
  return result;
}

void add_names(std::vector<std::string_view>& names, const std::vector<SettingSpec>& specs) {
  for (const auto& spec : specs) names.push_back(spec.name);
}

}  // namespace sluice::config
