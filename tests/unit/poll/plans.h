// Plans of buses for the tests, in few words.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gateway/poll/bus_plan.h"

namespace sluice {

inline SettingValue text_setting(std::string name, std::string text) {
  SettingValue value;
  value.name = std::move(name);
  value.text = std::move(text);
  return value;
}

inline SettingValue integer_setting(std::string name, std::int64_t integer) {
  SettingValue value;
  value.name = std::move(name);
  value.type = SettingType::integer;
  value.integer = integer;
  return value;
}

inline PointPlan point_every(Duration every) {
  PointPlan point;
  point.name = "p";
  point.every = every;
  return point;
}

inline DevicePlan device_with(std::vector<Duration> periods) {
  DevicePlan device;
  device.name = "device";
  for (const auto every : periods) device.points.push_back(point_every(every));
  return device;
}

inline BusPlan bus_with(std::vector<DevicePlan> devices) {
  BusPlan plan;
  plan.name = "line";
  plan.devices = std::move(devices);
  for (std::size_t i = 0; i < plan.devices.size(); ++i) plan.devices[i].name = "device-" + std::to_string(i);
  return plan;
}

}  // namespace sluice
