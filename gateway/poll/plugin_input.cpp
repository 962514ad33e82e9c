#include "gateway/poll/plugin_input.h"

namespace sluice {

PluginSettings::PluginSettings(const SettingValues& values) {
  ranges_.reserve(values.size());
  for (const auto& value : values) {
    auto& ranges = ranges_.emplace_back();
    for (const auto& range : value.ranges) ranges.push_back({range.key.c_str(), range.first, range.second});
    sluice_setting item{};
    item.size = sizeof item;
    item.type = static_cast<std::uint32_t>(value.type);
    item.name = value.name.c_str();
    item.text = value.text.c_str();
    item.integer = value.integer;
    item.number = value.number;
    item.ranges = ranges.data();
    item.range_count = static_cast<std::uint32_t>(ranges.size());
    items_.push_back(item);
  }
}

sluice_settings PluginSettings::view() const { return {items_.data(), static_cast<std::uint32_t>(items_.size())}; }

PluginDevice::PluginDevice(const DevicePlan& device) : device_(device), settings_(device.settings) {
  for (const auto& point : device.points) {
    point_settings_.emplace_back(point.settings);
    points_.push_back({sizeof(sluice_point), point.name.c_str(), point_settings_.back().view()});
  }
}

sluice_device PluginDevice::view() const {
  return {sizeof(sluice_device), device_.name.c_str(), settings_.view(), points_.data(),
          static_cast<std::uint32_t>(points_.size())};
}

namespace {

struct IntoPluginValue {
  sluice_value& out;

  void operator()(std::monostate) const { out.type = SLUICE_VALUE_NONE; }
  void operator()(bool value) const {
    out.type = SLUICE_VALUE_BOOL;
    out.is.integer = value ? 1 : 0;
  }
  void operator()(std::int64_t value) const {
    out.type = SLUICE_VALUE_INT;
    out.is.integer = value;
  }
  void operator()(std::uint64_t value) const {
    out.type = SLUICE_VALUE_UINT;
    out.is.natural = value;
  }
  void operator()(double value) const {
    out.type = SLUICE_VALUE_REAL;
    out.is.real = value;
  }
  void operator()(const std::string& value) const {
    out.type = SLUICE_VALUE_TEXT;
    out.is.text = value.data();
    out.text_size = static_cast<std::uint32_t>(value.size());
  }
};

}  // namespace

sluice_value to_plugin_value(const Reading& reading) {
  sluice_value value{};
  value.size = sizeof value;
  value.point = reading.point;
  std::visit(IntoPluginValue{value}, reading.value);
  if (value.type == SLUICE_VALUE_NONE) value.reason = reading.reason.c_str();
  return value;
}

std::vector<sluice_value> to_plugin_values(std::span<const Reading> readings) {
  std::vector<sluice_value> values;
  values.reserve(readings.size());
  for (const auto& reading : readings) values.push_back(to_plugin_value(reading));
  return values;
}

std::vector<sluice_fact> to_plugin_facts(std::span<const Fact> facts) {
  std::vector<sluice_fact> raw;
  raw.reserve(facts.size());
  for (const auto& fact : facts) raw.push_back({sizeof(sluice_fact), fact.device, fact.text.c_str()});
  return raw;
}

}  // namespace sluice
