// What is passed to a plugin: our settings, devices and values in the contract's shapes. The C
// views point into the C++ values that they were made from, which must outlive them.
#pragma once

#include <deque>
#include <span>
#include <vector>

#include "drivers/sdk/driver.h"
#include "gateway/base/setting.h"
#include "gateway/base/value.h"
#include "gateway/poll/bus_plan.h"

namespace sluice {

class PluginSettings {
 public:
  explicit PluginSettings(const SettingValues& values);
  PluginSettings(const PluginSettings&) = delete;
  PluginSettings& operator=(const PluginSettings&) = delete;

  sluice_settings view() const;

 private:
  std::vector<std::vector<sluice_range>> ranges_;
  std::vector<sluice_setting> items_;
};

class PluginDevice {
 public:
  explicit PluginDevice(const DevicePlan& device);
  PluginDevice(const PluginDevice&) = delete;
  PluginDevice& operator=(const PluginDevice&) = delete;

  sluice_device view() const;

 private:
  const DevicePlan& device_;
  PluginSettings settings_;
  std::deque<PluginSettings> point_settings_;  // stays where it is while it grows
  std::vector<sluice_point> points_;
};

/// NONE with its reason when the reading is bad.
sluice_value to_plugin_value(const Reading& reading);
std::vector<sluice_value> to_plugin_values(std::span<const Reading> readings);

std::vector<sluice_fact> to_plugin_facts(std::span<const Fact> facts);

}  // namespace sluice
