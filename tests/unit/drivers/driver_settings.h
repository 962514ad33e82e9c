// Settings, points and devices as a gateway passes them, for tests of drivers.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "drivers/sdk/driver.hpp"

namespace sluice::driver {

/// Owns what the C structs point to. Not copied: the structs point into it.
class GivenSettings {
 public:
  GivenSettings() = default;
  GivenSettings(const GivenSettings&) = delete;
  GivenSettings& operator=(const GivenSettings&) = delete;

  GivenSettings& text(const char* name, std::string value) {
    texts_.push_back(std::move(value));
    add(name, SLUICE_SETTING_TEXT).text = texts_.back().c_str();
    return *this;
  }
  GivenSettings& integer(const char* name, std::int64_t value) {
    add(name, SLUICE_SETTING_INTEGER).integer = value;
    return *this;
  }
  GivenSettings& number(const char* name, double value) {
    add(name, SLUICE_SETTING_NUMBER).number = value;
    return *this;
  }
  GivenSettings& ranges(const char* name, std::vector<sluice_range> value) {
    ranges_.push_back(std::move(value));
    auto& setting = add(name, SLUICE_SETTING_RANGES);
    setting.ranges = ranges_.back().data();
    setting.range_count = static_cast<std::uint32_t>(ranges_.back().size());
    return *this;
  }

  sluice_settings view() const { return {items_.data(), static_cast<std::uint32_t>(items_.size())}; }
  Settings settings() const { return Settings(view()); }

 private:
  sluice_setting& add(const char* name, std::uint32_t type) {
    items_.push_back({sizeof(sluice_setting), type, name, nullptr, 0, 0, nullptr, 0});
    return items_.back();
  }

  std::vector<sluice_setting> items_;
  std::deque<std::string> texts_;
  std::deque<std::vector<sluice_range>> ranges_;
};

/// A device and the settings of its points.
struct GivenDevice {
  GivenSettings settings;
  std::deque<GivenSettings> points;

  GivenSettings& point() { return points.emplace_back(); }

  Device view() const {
    Device device{"device", settings.settings(), {}};
    for (const auto& given : points) device.points.push_back({"point", given.settings()});
    return device;
  }
};

}  // namespace sluice::driver
