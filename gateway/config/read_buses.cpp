#include <algorithm>
#include <map>

#include "gateway/config/driver_keys.h"
#include "gateway/config/range_text.h"
#include "gateway/config/read_point_keys.h"
#include "gateway/config/scalar.h"
#include "gateway/config/site_sections.h"

namespace sluice::config {

namespace {

const SettingSpec* find_spec(const std::vector<SettingSpec>& specs, std::string_view name) {
  const auto found =
      std::find_if(specs.begin(), specs.end(), [&](const SettingSpec& spec) { return spec.name == name; });
  return found == specs.end() ? nullptr : &*found;
}

KeyTable device_table(const DriverSpec& driver) {
  KeyTable table;
  table.built = {"mapping", "only", "except", "points", "every", "aligned", "class", "label", "reading", "enabled"};
  table.later = {"setup", "when", "at_least", "at_most", "parameters", "vars", "unit", "host"};
  add_names(table.built, driver.device);
  return table;
}

KeyTable bus_table(const DriverSpec& driver) {
  KeyTable table;
  table.built = {"driver", "devices", "defaults", "retries", "enabled"};
  table.later = {"transport", "port",  "serial",           "rs485", "host",
                 "timeout",   "quiet", "longest_exchange", "share", "vars"};
  add_names(table.built, driver.bus);
  return table;
}

/// `./x.yaml` beside the site file or below it, or the bare name of a mapping.
Result<void> check_mapping(std::string_view text) {
  if (!text.starts_with("./")) {
    if (check_name(text) && text.front() != '.') return {};
    return wrong(fmt::format("`{}` is neither the name of a mapping nor a file beside this one (./x.yaml)", text));
  }
  if (text.find("..") == std::string_view::npos) return {};
  return wrong(fmt::format("`{}` leads out of the folder of this file", text));
}

/// Reads the devices of one bus.
class DeviceReader {
 public:
  DeviceReader(const DriverSpec& driver, Complaints& complaints) : driver_(driver), complaints_(complaints) {}

  /// Keys of a device, on which nothing is required yet: also what `defaults` hold.
  Device read(const Node& node, const std::string& path) {
    MapReader map(node, path, complaints_);
    map.check_keys(device_table(driver_));
    Device device;
    device.path = path;
    device.place = node.place;
    device.settings = read_settings(map, driver_.device);
    take_host(device);
    device.only = map.get_list("only", checked_text(check_pattern));
    device.except = map.get_list("except", checked_text(check_pattern));
    device.every = map.get("every", to_period);
    device.aligned = map.get("aligned", to_bool);
    device.traffic_class = map.get("class", to_traffic_class);
    device.label = map.get("label", to_text);
    read_mapping(map, device);
    read_reading(map, device);
    read_points(map, device);
    return device;
  }

  /// Appends what one entry under `devices` stands for: one device, or as many as its range has.
  void read_entry(const Entry& entry, const Node& defaults, const std::string& path, std::vector<Device>& devices) {
    const auto length = range_length(entry.key);
    if (!length) return complaints_.add(entry.place, path, length.error().text);
    if (!ranges_fit(entry.value, *length, path, complaints_)) return;
    for (std::size_t i = 0; i < std::max<std::size_t>(*length, 1); ++i) {
      const auto name = range_value(entry.key, i);
      if (const auto checked = check_name(name); !checked) {
        return complaints_.add(entry.place, path, checked.error().text);
      }
      const auto node = merged(defaults, *length == 0 ? entry.value : range_value(entry.value, i));
      read_one(node, entry.place, name, path, devices);
    }
  }

 private:
  void read_one(const Node& node, const Place& place, const std::string& name, const std::string& path,
                std::vector<Device>& devices) {
    auto device = read(node, path);
    MapReader map(node, path, complaints_);
    if (!map.has("mapping")) complaints_.add(place, path + ".mapping", "is missing; the name of a mapping file");
    check_required(device.settings, driver_.device, map);
    add_fallbacks(device.settings, driver_.device);
    device.name = name;
    device.place = place;
    if (map.get("enabled", to_bool).value_or(true)) devices.push_back(std::move(device));
  }

  /// A host per device: each is a wire of its own, so the host becomes the wire's.
  static void take_host(Device& device) {
    auto& settings = device.settings;
    const auto host =
        std::find_if(settings.begin(), settings.end(), [](const SettingValue& value) { return value.name == "host"; });
    if (host == settings.end()) return;
    device.host = host->text;
    settings.erase(host);
  }

  static void read_mapping(MapReader& map, Device& device) {
    map.get_into(device.mapping, "mapping", checked_text(check_mapping));
    if (const auto* node = map.find("mapping")) device.mapping_place = node->place;
  }

  void read_reading(MapReader& map, Device& device) {
    const auto* node = map.find("reading");
    if (node == nullptr) return;
    MapReader reading(*node, map.path_of("reading"), complaints_);
    KeyTable table;
    add_names(table.built, driver_.reading);
    reading.check_keys(table);
    device.reading = read_settings(reading, driver_.reading);
  }

  void read_points(MapReader& map, Device& device) {
    const auto* node = map.find("points");
    if (node == nullptr) return;
    const MapReader points(*node, map.path_of("points"), complaints_);
    for (const auto& entry : node->entries) {
      const auto path = points.path_of(entry.key);
      const auto name = is_pattern(entry.key) ? check_pattern(entry.key) : check_point_name(entry.key);
      if (!name) complaints_.add(entry.place, path, name.error().text);
      auto keys = read_point_keys(entry.value, entry.key, path, driver_, complaints_);
      keys.place = entry.place;
      device.points.push_back(std::move(keys));
    }
  }

  const DriverSpec& driver_;
  Complaints& complaints_;
};

class BusReader {
 public:
  BusReader(const Node& site_defaults, const DriverCatalog& drivers, Complaints& complaints)
      : site_defaults_(site_defaults), drivers_(drivers), complaints_(complaints) {}

  std::optional<Bus> read(const Entry& entry, const std::string& path) {
    MapReader map(entry.value, path, complaints_);
    const auto driver_name = map.require("driver", to_text, "the name of a driver");
    if (!driver_name) return std::nullopt;
    const auto* driver = find_driver(*driver_name, map);
    if (driver == nullptr) return bus_without_driver(map, *driver_name, entry);
    Bus bus = read_bus(map, *driver, entry);
    read_devices(map, *driver, bus);
    if (!map.get("enabled", to_bool).value_or(true)) return std::nullopt;
    return bus;
  }

 private:
  const DriverSpec* find_driver(const std::string& name, MapReader& map) {
    const auto* driver = drivers_.find(name);
    if (driver == nullptr) {
      map.complain("driver",
                   fmt::format("there is no driver `{}`; there are {}", name, fmt::join(drivers_.names(), ", ")));
    }
    return driver;
  }

  /// Without its driver nothing is known about the keys of a bus and of its devices.
  static Bus bus_without_driver(const MapReader& map, const std::string& driver, const Entry& entry) {
    Bus bus;
    bus.name = entry.key;
    bus.path = map.path();
    bus.place = entry.place;
    bus.driver = driver;
    return bus;
  }

  Bus read_bus(MapReader& map, const DriverSpec& driver, const Entry& entry) {
    map.check_keys(bus_table(driver));
    Bus bus;
    bus.name = entry.key;
    bus.path = map.path();
    bus.place = entry.place;
    bus.driver = driver.name;
    bus.settings = read_settings(map, driver.bus);
    check_required(bus.settings, driver.bus, map);
    add_fallbacks(bus.settings, driver.bus);
    if (find_spec(driver.bus, "retries") == nullptr) map.get_into(bus.retries, "retries", to_retries);
    return bus;
  }

  static Result<unsigned> to_retries(const Node& node) {
    const auto text = to_text(node);
    if (!text) return text.error();
    const auto number = parse_integer(*text, 0, 10);
    if (!number) return number.error();
    return static_cast<unsigned>(*number);
  }

  void read_devices(MapReader& map, const DriverSpec& driver, Bus& bus) {
    DeviceReader reader(driver, complaints_);
    reader.read(site_defaults_, "defaults");
    const auto* own = map.find("defaults");
    if (own != nullptr) reader.read(*own, map.path_of("defaults"));
    const auto defaults = own == nullptr ? site_defaults_ : merged(site_defaults_, *own);
    const auto* devices = map.find("devices");
    if (devices == nullptr) return;
    const MapReader entries(*devices, map.path_of("devices"), complaints_);
    for (const auto& entry : devices->entries) {
      reader.read_entry(entry, defaults, entries.path_of(entry.key), bus.devices);
    }
  }

  const Node& site_defaults_;
  const DriverCatalog& drivers_;
  Complaints& complaints_;
};

/// Device names are levels of topics: one name, one device in the whole gateway.
void check_names(const std::vector<Bus>& buses, Complaints& complaints) {
  std::map<std::string_view, const Device*> known;
  for (const auto& bus : buses) {
    for (const auto& device : bus.devices) {
      const auto [first, is_new] = known.emplace(device.name, &device);
      if (is_new) continue;
      complaints.add(device.place, device.path,
                     fmt::format("`{}` is also a device in line {}; names are unique in the gateway", device.name,
                                 first->second->place.line));
    }
  }
}

std::string canonical_port(const std::string& port) {
  std::error_code failed;
  const auto canonical = std::filesystem::canonical(port, failed);
  return failed ? port : canonical.native();
}

/// Two masters on one wire disturb each other, whatever the port is called.
void check_ports(const std::vector<Bus>& buses, Complaints& complaints) {
  std::map<std::string, const Bus*> known;
  for (const auto& bus : buses) {
    const auto* port = find_setting(bus.settings, "port");
    if (port == nullptr || port->type != SettingType::text || port->text.empty()) continue;
    const auto [first, is_new] = known.emplace(canonical_port(port->text), &bus);
    if (is_new) continue;
    complaints.add(
        bus.place, bus.path + ".port",
        fmt::format("{} is already the port of bus {}; one port is one bus", port->text, first->second->name));
  }
}

}  // namespace

std::vector<Bus> read_buses(const Node& node, const Node& site_defaults, const DriverCatalog& drivers,
                            Complaints& complaints) {
  std::vector<Bus> buses;
  BusReader reader(site_defaults, drivers, complaints);
  for_each_named(node, "buses", complaints, [&](const Entry& entry, const std::string& path) {
    if (auto bus = reader.read(entry, path)) buses.push_back(std::move(*bus));
  });
  check_names(buses, complaints);
  check_ports(buses, complaints);
  return buses;
}

}  // namespace sluice::config
