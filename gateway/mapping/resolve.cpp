#include "gateway/mapping/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "gateway/config/driver_keys.h"
#include "gateway/config/scalar.h"
#include "gateway/mapping/layers.h"
#include "gateway/mapping/load_mapping.h"
#include "gateway/mapping/meaning.h"
#include "gateway/mapping/topics.h"

namespace sluice::mapping {

namespace {

using config::Complaints;
using config::PointKeys;

constexpr Duration kBuiltInPeriod = std::chrono::seconds(1);

/// Each mapping file is read once, however many devices are of its kind.
class MappingShelf {
 public:
  MappingShelf(const config::DriverCatalog& drivers, const MappingDirectories& directories, Complaints& complaints)
      : drivers_(drivers), directories_(directories), complaints_(complaints) {}

  /// nullptr when there is none, or it could not be read; complained about.
  const DeviceMapping* find(const config::Device& device) {
    const auto named_by = device.mapping_place.file ? *device.mapping_place.file : std::string{};
    const auto path = find_mapping(device.mapping, named_by, directories_);
    if (!path) {
      complain_missing(device);
      return nullptr;
    }
    const auto [known, is_new] = mappings_.try_emplace(path->native());
    if (is_new) known->second = load_mapping(*path, drivers_, complaints_);
    return known->second ? &*known->second : nullptr;
  }

 private:
  void complain_missing(const config::Device& device) {
    std::vector<std::string> names;
    for (const auto& directory : directories_) {
      std::error_code failed;
      for (const auto& file : std::filesystem::directory_iterator(directory, failed)) {
        if (file.path().extension() == ".yaml") names.push_back(file.path().stem().native());
      }
    }
    std::sort(names.begin(), names.end());
    const std::vector<std::string_view> known(names.begin(), names.end());
    const auto meant = config::nearest_name(device.mapping, known);
    complaints_.add(device.mapping_place, device.path + ".mapping",
                    fmt::format("there is no mapping `{}`{}", device.mapping,
                                meant.empty() ? "" : fmt::format("; did you mean `{}`?", meant)));
  }

  const config::DriverCatalog& drivers_;
  const MappingDirectories& directories_;
  Complaints& complaints_;
  std::map<std::string, std::optional<DeviceMapping>> mappings_;
};

/// Turns one device and its mapping into a plan.
class DeviceResolver {
 public:
  DeviceResolver(const config::Device& device, const config::Bus& bus, const DeviceMapping& mapping,
                 const DriverSpec& driver, Complaints& complaints)
      : device_(device), bus_(bus), mapping_(mapping), driver_(driver), complaints_(complaints) {}

  DevicePlan resolve() {
    const auto complaints_before = complaints_.count();
    DevicePlan plan;
    plan.name = device_.name;
    plan.label = device_.label.value_or(device_.name);
    plan.model = mapping_.device;
    plan.path = device_.path;
    plan.place = device_.place;
    plan.address = address();
    plan.settings = config::merged(reading_settings(), device_.settings);
    check_names();
    for (const auto& point : mapping_.points) {
      if (is_wanted(point.name)) add_point(point.name, &point, plan);
    }
    for (const auto& entry : device_.points) {
      if (is_new(entry)) add_point(entry.name, nullptr, plan);
    }
    const bool is_explained = mapping_.points.empty() || complaints_.count() > complaints_before;
    if (plan.points.empty() && !is_explained)
      complaints_.add(device_.place, device_.path, "has no points left to read or write");
    return plan;
  }

 private:
  std::string address() const {
    const auto* unit = find_setting(device_.settings, "unit");
    return unit == nullptr                      ? std::string{}
           : unit->type == SettingType::integer ? std::to_string(unit->integer)
                                                : unit->text;
  }

  /// The device's word goes before the mapping's. Of durations that the bus has, too, such as
  /// timeout and quiet, the longer of bus and mapping counts.
  SettingValues reading_settings() const {
    auto reading = mapping_.reading;
    for (auto& value : reading) {
      const auto* of_bus = find_setting(bus_.settings, value.name);
      const bool both = of_bus != nullptr && value.type == SettingType::duration && of_bus->type == value.type;
      if (both) value.integer = std::max(value.integer, of_bus->integer);
    }
    auto settings = config::merged(reading, device_.reading);
    std::vector<SettingSpec> only_here;
    for (const auto& spec : driver_.reading) {
      if (find_setting(bus_.settings, spec.name) == nullptr) only_here.push_back(spec);
    }
    config::add_fallbacks(settings, only_here);
    return settings;
  }

  bool is_in_mapping(std::string_view name) const {
    return std::any_of(mapping_.points.begin(), mapping_.points.end(),
                       [&](const PointKeys& point) { return point.name == name; });
  }

  /// An entry that says where its point is adds one; any other speaks of a point that is there.
  bool is_new(const PointKeys& entry) const {
    if (config::is_pattern(entry.name) || is_in_mapping(entry.name)) return false;
    return std::any_of(driver_.point.begin(), driver_.point.end(), [&](const SettingSpec& spec) {
      return spec.required && find_setting(entry.settings, spec.name) != nullptr;
    });
  }

  bool is_wanted(std::string_view name) const {
    const auto matches = [&](const std::vector<std::string>& patterns) {
      return std::any_of(patterns.begin(), patterns.end(),
                         [&](const std::string& pattern) { return config::matches_pattern(pattern, name); });
    };
    return (device_.only.empty() || matches(device_.only)) && !matches(device_.except);
  }

  void check_names() {
    for (const auto& entry : device_.points) {
      if (config::is_pattern(entry.name) || is_in_mapping(entry.name) || is_new(entry)) continue;
      complain_unknown(entry.place, entry.path, entry.name);
    }
    check_patterns(device_.only, "only");
    check_patterns(device_.except, "except");
  }

  void check_patterns(const std::vector<std::string>& patterns, std::string_view key) {
    for (const auto& pattern : patterns) {
      if (config::is_pattern(pattern) || is_in_mapping(pattern)) continue;
      complain_unknown(device_.place, fmt::format("{}.{}", device_.path, key), pattern);
    }
  }

  void complain_unknown(const config::Place& place, const std::string& path, const std::string& name) {
    std::vector<std::string_view> names;
    for (const auto& point : mapping_.points) names.push_back(point.name);
    const auto meant = config::nearest_name(name, names);
    complaints_.add(place, path,
                    fmt::format("mapping {} has no point `{}`{}", device_.mapping, name,
                                meant.empty() ? "" : fmt::format("; did you mean `{}`?", meant)));
  }

  void add_point(std::string_view name, const PointKeys* own, DevicePlan& plan) {
    auto keys = layered(name, own, mapping_, device_);
    config::add_fallbacks(keys.settings, driver_.point);
    check_required(keys);
    PointPlan point;
    point.name = name;
    point.label = keys.label.value_or(point.name);
    point.every = keys.every.value_or(kBuiltInPeriod);
    point.aligned = keys.aligned.value_or(false);
    point.traffic_class = keys.traffic_class.value_or(TrafficClass::normal);
    point.meaning = meaning_of(keys, complaints_);
    point.settings = std::move(keys.settings);
    if (keys.enabled.value_or(true)) plan.points.push_back(std::move(point));
  }

  void check_required(const PointKeys& keys) {
    if (!keys.is_sound) return;  // what seems to be missing may only be wrong
    for (const auto& spec : driver_.point) {
      if (!spec.required || find_setting(keys.settings, spec.name) != nullptr) continue;
      complaints_.add(keys.place, keys.path + "." + spec.name,
                      spec.sentence.empty() ? std::string("is missing") : "is missing; " + spec.sentence);
    }
  }

  const config::Device& device_;
  const config::Bus& bus_;
  const DeviceMapping& mapping_;
  const DriverSpec& driver_;
  Complaints& complaints_;
};

/// The wire on which a device with a host of its own hangs; the bus itself for any other.
BusPlan& wire_of(const config::Device& device, const config::Bus& bus, std::vector<BusPlan>& wires) {
  const auto name = device.host.empty() ? bus.name : fmt::format("{}@{}", bus.name, device.host);
  for (auto& wire : wires) {
    if (wire.name == name) return wire;
  }
  BusPlan wire{name, bus.driver, bus.settings, bus.retries, {}, bus.place};
  if (!device.host.empty()) {
    const SettingValues host{{"host", SettingType::text, device.host, 0, 0, {}}};
    wire.settings = config::merged(wire.settings, host);
  }
  wires.push_back(std::move(wire));
  return wires.back();
}

void check_addresses(const BusPlan& wire, Complaints& complaints) {
  std::map<std::string, const DevicePlan*> known;
  for (const auto& device : wire.devices) {
    if (device.address.empty()) continue;
    const auto [first, is_new] = known.emplace(device.address, &device);
    if (is_new) continue;
    complaints.add(device.place, device.path + ".unit",
                   fmt::format("{} is already the unit of {}; each device on a wire has its own", device.address,
                               first->second->name));
  }
}

void resolve_bus(const config::Bus& bus, const DriverSpec& driver, MappingShelf& shelf, Plan& plan,
                 Complaints& complaints) {
  std::vector<BusPlan> wires;
  for (const auto& device : bus.devices) {
    if (device.mapping.empty()) continue;  // complained about when the site file was read
    const auto* mapping = shelf.find(device);
    if (mapping == nullptr) continue;
    if (mapping->protocol != bus.driver) {
      complaints.add(device.mapping_place, device.path + ".mapping",
                     fmt::format("{} is for {}, the bus speaks {}", device.mapping, mapping->protocol, bus.driver));
      continue;
    }
    auto resolved = DeviceResolver(device, bus, *mapping, driver, complaints).resolve();
    wire_of(device, bus, wires).devices.push_back(std::move(resolved));
  }
  for (auto& wire : wires) {
    check_addresses(wire, complaints);
    plan.buses.push_back(std::move(wire));
  }
}

}  // namespace

Plan resolve(const config::Site& site, const config::DriverCatalog& drivers, const MappingDirectories& directories,
             Complaints& complaints) {
  Plan plan;
  plan.gateway = site.gateway;
  MappingShelf shelf(drivers, directories, complaints);
  for (const auto& bus : site.buses) {
    if (const auto* driver = drivers.find(bus.driver)) resolve_bus(bus, *driver, shelf, plan, complaints);
  }
  set_topics(site, plan, complaints);
  return plan;
}

}  // namespace sluice::mapping
