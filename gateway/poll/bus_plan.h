// What one bus has to do, as plain structs: which devices hang on it, which points each has and how
// often they are read. Made by whoever read the files; settings are already checked against the
// driver's DriverSpec.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/message.h"
#include "gateway/base/setting.h"

namespace sluice {

struct PointPlan {
  std::string name;
  SettingValues settings;
  Duration every = std::chrono::seconds{1};  // above zero
  bool aligned = false;                      // at round times of the wall clock (UTC)
  TrafficClass traffic_class = TrafficClass::normal;
  bool is_read = true;  // false: only written, and never asked for, as reading may do something, too
};

struct DevicePlan {
  std::string name;
  SettingValues settings;  // of the device, and of its mapping's reading section
  std::vector<PointPlan> points;
  unsigned retries = 1;  // of damaged replies only; a device that is mute is not asked twice
};

/// Positions of the points that are read.
std::vector<std::uint32_t> points_to_read(const DevicePlan& device);

/// Something that a driver learned about a device and wants to be told again after a restart.
struct Fact {
  std::uint32_t device = 0;
  std::string text;

  bool operator==(const Fact&) const = default;
};

struct BusPlan {
  std::string name;
  std::string driver;
  SettingValues settings;
  std::vector<DevicePlan> devices;
  std::vector<Fact> facts;  // of earlier runs
};

}  // namespace sluice
