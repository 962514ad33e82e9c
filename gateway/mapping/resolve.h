// "Which setting counts": joins the site file and the mapping files it names into a plan.
#pragma once

#include <filesystem>
#include <vector>

#include "gateway/config/complaint.h"
#include "gateway/config/load_site.h"
#include "gateway/config/site.h"
#include "gateway/mapping/plan.h"

namespace sluice::mapping {

/// Where bare mapping names are sought, first to last: /etc/sluice/mappings, then the shipped.
using MappingDirectories = std::vector<std::filesystem::path>;

/// Reads the mapping files, resolves every point, and checks what can only be seen then: two
/// sources of one topic, two devices with one address, commands that collide with publications.
/// The plan must not be run unless `complaints` stayed empty.
Plan resolve(const config::Site& site, const config::DriverCatalog& drivers, const MappingDirectories& directories,
             config::Complaints& complaints);

}  // namespace sluice::mapping
