// The site after every question of precedence is answered: what is polled how often, what a raw
// value means, and where it is published. Plain structs, made once and only read from then on.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/message.h"
#include "gateway/base/setting.h"
#include "gateway/config/complaint.h"
#include "gateway/config/point_keys.h"
#include "gateway/config/site.h"

namespace sluice::mapping {

/// The number type that a point has on the wire, as far as its meaning depends on it.
struct RawType {
  enum class Kind : std::uint8_t { boolean, integer, natural, single, real, text };

  Kind kind = Kind::natural;
  std::uint32_t bits = 16;
};

/// From a raw value to what it means, and back.
struct Meaning {
  RawType type;
  config::Decimal scale{1, 0};
  config::Decimal offset{0, 0};
  std::string unit;
  std::optional<config::NumberRange> range;
  std::vector<config::Invalid::Mark> invalid;  // those that apply to the type
  config::EnumTexts enum_texts;                // empty: no enum
  config::Access access;
  config::WriteLimits write;
};

struct PointPlan {
  std::string name;
  std::string label;
  SettingValues settings;  // the driver's
  Duration every{};
  bool aligned = false;
  TrafficClass traffic_class = TrafficClass::normal;
  Meaning meaning;
  std::string topic;  // where readings are published
};

/// Positions of points here are the positions that readings and commands carry.
struct DevicePlan {
  std::string name;
  std::string label;
  std::string address;     // on its bus, for {address}
  std::string model;       // what the mapping calls the device
  SettingValues settings;  // the driver's device keys and reading section
  std::vector<PointPlan> points;
  std::string status_topic;
  std::string path;  // what complaints call it
  config::Place place;
};

/// One wire: a serial port or one TCP host.
struct BusPlan {
  std::string name;  // the bus's, or bus@host where a bus has a host per device
  std::string driver;
  SettingValues settings;
  unsigned retries = 1;  // of damaged replies only
  std::vector<DevicePlan> devices;
  config::Place place;
};

struct Plan {
  std::string gateway;
  std::vector<BusPlan> buses;
};

}  // namespace sluice::mapping
