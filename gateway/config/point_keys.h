// What a file says about one point, or about all points that match a pattern. Which word counts
// when several files speak is decided in gateway/mapping.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/message.h"
#include "gateway/base/setting.h"
#include "gateway/config/complaint.h"
#include "gateway/config/decimal.h"

namespace sluice::config {

struct Access {
  bool read = true;
  bool write = false;

  bool operator==(const Access&) const = default;
};

/// Both ends belong to it.
struct NumberRange {
  Decimal low;
  Decimal high;

  bool operator==(const NumberRange&) const = default;
};

/// The greatest or the smallest number of a point's type.
enum class Extreme : std::uint8_t { min, max };

/// Raw values with which a device says that it has no value.
struct Invalid {
  using Mark = std::variant<std::int64_t, std::uint64_t, Extreme>;

  std::vector<Mark> any;             // of whatever type
  std::vector<Mark> signed_types;    // only where the point's type has a sign
  std::vector<Mark> unsigned_types;  // only where it has none
};

/// Raw numbers and the texts in their place; no number and no text twice.
using EnumTexts = std::vector<std::pair<std::int64_t, std::string>>;

struct WriteLimits {
  std::optional<NumberRange> limits;
  std::optional<Decimal> step;
};

/// The keys of a point; what was not written is absent.
struct PointKeys {
  std::string name;  // or a pattern
  std::string path;  // how complaints call it
  Place place;
  bool is_sound = true;    // false: something in it was complained about and is therefore absent
  SettingValues settings;  // the driver's keys
  std::optional<bool> enabled;
  std::optional<Decimal> scale;
  std::optional<Decimal> offset;
  std::optional<std::string> unit;
  std::optional<std::string> label;
  std::optional<NumberRange> range;
  std::optional<Invalid> invalid;
  std::optional<EnumTexts> enum_texts;
  std::optional<Duration> every;
  std::optional<bool> aligned;
  std::optional<TrafficClass> traffic_class;
  std::optional<Access> access;
  std::optional<WriteLimits> write;
};

}  // namespace sluice::config
