// Settings as declared data: what a driver says about the keys that it understands, and the
// values that a site or mapping file gave them. From the same table come the loader's checks, the
// printed help and the JSON Schema.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

enum class SettingType : std::uint8_t { text, integer, number, boolean, duration, choice, ranges, pair };

/// `[first, last]` (or `[first, count]`, as the setting's sentence says) of one table:
/// `legal: { input: [ [ 0, 107 ] ] }` is two numbers under the key "input".
struct KeyedRange {
  std::string key;
  std::int64_t first = 0;
  std::int64_t second = 0;

  bool operator==(const KeyedRange&) const = default;
};

/// One key that may be written in a file.
struct SettingSpec {
  std::string name;
  SettingType type = SettingType::text;
  bool required = false;
  std::string fallback;  // as it would be written in a file; empty: absent without one
  std::string unit;      // for humans; durations are written with theirs
  std::string sentence;  // what it is for
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::vector<std::string> choices;  // of a choice; the allowed keys of ranges
};

/// The value of one setting, already checked against its SettingSpec. Which member counts follows
/// from the type: text (text, choice), integer (integer, boolean as 0 and 1, duration in
/// microseconds), number, ranges (a pair, written `[ first, second ]`, is one range with an empty
/// key; its spec's min and max bound both numbers).
struct SettingValue {
  std::string name;
  SettingType type = SettingType::text;
  std::string text;
  std::int64_t integer = 0;
  double number = 0;
  std::vector<KeyedRange> ranges;

  bool operator==(const SettingValue&) const = default;
};

using SettingValues = std::vector<SettingValue>;

inline const SettingValue* find_setting(const SettingValues& values, std::string_view name) {
  for (const auto& value : values) {
    if (value.name == name) return &value;
  }
  return nullptr;
}

/// What one driver declares: the keys of a bus, of a device on it (both in the site file), of the
/// `reading` section of a mapping file, and of a point.
struct DriverSpec {
  std::string name;
  std::vector<SettingSpec> bus;
  std::vector<SettingSpec> device;
  std::vector<SettingSpec> reading;
  std::vector<SettingSpec> point;
};

}  // namespace sluice
