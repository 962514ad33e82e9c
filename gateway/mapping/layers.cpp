#include "gateway/mapping/layers.h"

#include <optional>

#include "gateway/config/driver_keys.h"
#include "gateway/config/scalar.h"

namespace sluice::mapping {

namespace {

template <class T>
void take(std::optional<T>& under, const std::optional<T>& over) {
  if (over) under = over;
}

void lay_over(std::optional<config::WriteLimits>& under, const std::optional<config::WriteLimits>& over) {
  if (!over) return;
  if (!under) under.emplace();
  take(under->limits, over->limits);
  take(under->step, over->step);
}

config::PointKeys from_device(const config::Device& device) {
  config::PointKeys keys;
  keys.every = device.every;
  keys.aligned = device.aligned;
  keys.traffic_class = device.traffic_class;
  return keys;
}

}  // namespace

void lay_over(config::PointKeys& under, const config::PointKeys& over) {
  under.is_sound = under.is_sound && over.is_sound;
  under.settings = config::merged(under.settings, over.settings);
  take(under.enabled, over.enabled);
  take(under.scale, over.scale);
  take(under.offset, over.offset);
  take(under.unit, over.unit);
  take(under.label, over.label);
  take(under.range, over.range);
  take(under.invalid, over.invalid);
  take(under.enum_texts, over.enum_texts);
  take(under.every, over.every);
  take(under.aligned, over.aligned);
  take(under.traffic_class, over.traffic_class);
  take(under.access, over.access);
  lay_over(under.write, over.write);
}

config::PointKeys layered(std::string_view name, const config::PointKeys* own, const DeviceMapping& mapping,
                          const config::Device& device) {
  auto keys = mapping.defaults;
  lay_over(keys, from_device(device));
  if (own != nullptr) lay_over(keys, *own);
  const config::PointKeys* exact = nullptr;
  for (const auto& entry : device.points) {
    if (entry.name == name) {
      exact = &entry;
    } else if (config::is_pattern(entry.name) && config::matches_pattern(entry.name, name)) {
      lay_over(keys, entry);
    }
  }
  if (exact != nullptr) lay_over(keys, *exact);
  keys.name = name;
  const auto* written = own != nullptr ? own : exact;
  keys.path = written->path;
  keys.place = written->place;
  return keys;
}

}  // namespace sluice::mapping
