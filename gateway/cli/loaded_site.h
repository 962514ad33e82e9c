// A site with everything that it names: drivers loaded, mappings resolved, every complaint
// collected. What `run`, `check` and `read` have in common; opens no port and no connection.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "gateway/cli/arguments.h"
#include "gateway/config/load_site.h"
#include "gateway/config/site.h"
#include "gateway/mapping/plan.h"
#include "gateway/poll/bus_plan.h"
#include "gateway/poll/driver_module.h"

namespace sluice::cli {

/// All plugins of some directories: those that keep to the contract, and why the others do not.
struct Drivers {
  std::map<std::string, DriverModule, std::less<>> loaded;
  std::map<std::string, Error, std::less<>> refused;

  config::DriverCatalog catalog() const;
};

Drivers load_drivers(const std::vector<std::filesystem::path>& directories);

struct LoadedSite {
  config::Site site;
  mapping::Plan plan;
  Drivers drivers;
};

/// What could be understood; it must not be run unless `complaints` stayed empty.
LoadedSite load_site(const Places& places, config::Complaints& complaints);

/// What the bus thread needs of a bus of the plan. Positions of devices and points are kept.
BusPlan polling_of(const mapping::BusPlan& bus);

}  // namespace sluice::cli
