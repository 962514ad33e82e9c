#include "gateway/cli/loaded_site.h"

#include <cstdlib>
#include <utility>

#include "gateway/cli/installation.h"
#include "gateway/mapping/resolve.h"

namespace sluice::cli {

namespace {

config::SiteSurroundings surroundings_of(const Drivers& drivers) {
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  return {drivers.catalog(), credentials == nullptr ? "" : credentials};
}

// The loader knows only the drivers that work. Where a site asks for one that was refused, the
// reason belongs beside the complaint that there is none.
void explain_refused_drivers(const LoadedSite& loaded, config::Complaints& complaints) {
  for (const auto& bus : loaded.site.buses) {
    const auto refused = loaded.drivers.refused.find(bus.driver);
    if (refused == loaded.drivers.refused.end()) continue;
    complaints.add(bus.place, bus.path + ".driver", refused->second.text);
  }
}

}  // namespace

config::DriverCatalog Drivers::catalog() const {
  std::vector<DriverSpec> specs;
  for (const auto& [name, module] : loaded) specs.push_back(module.spec());
  return config::DriverCatalog(std::move(specs));
}

Drivers load_drivers(const std::vector<std::filesystem::path>& directories) {
  Drivers drivers;
  for (const auto& name : available_drivers(directories)) {
    auto module = DriverModule::load(name, directories);
    if (module) {
      drivers.loaded.emplace(name, *std::move(module));
    } else {
      drivers.refused.emplace(name, module.error());
    }
  }
  return drivers;
}

LoadedSite load_site(const Places& places, config::Complaints& complaints) {
  LoadedSite loaded;
  loaded.drivers = load_drivers(driver_directories(places));
  const auto surroundings = surroundings_of(loaded.drivers);
  loaded.site = config::load_site(places.site, surroundings, complaints);
  explain_refused_drivers(loaded, complaints);
  loaded.plan = mapping::resolve(loaded.site, surroundings.drivers, mapping_directories(places), complaints);
  return loaded;
}

BusPlan polling_of(const mapping::BusPlan& bus) {
  BusPlan plan{bus.name, bus.driver, bus.settings, {}, {}};
  for (const auto& device : bus.devices) {
    DevicePlan polled{device.name, device.settings, {}, bus.retries};
    for (const auto& point : device.points) {
      polled.points.push_back(
          {point.name, point.settings, point.every, point.aligned, point.traffic_class, point.meaning.access.read});
    }
    plan.devices.push_back(std::move(polled));
  }
  return plan;
}

}  // namespace sluice::cli
