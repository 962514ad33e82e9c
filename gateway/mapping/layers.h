// "Which setting counts": what several files say about one point, laid over each other. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/point_keys.h"
#include "gateway/config/site.h"
#include "gateway/mapping/load_mapping.h"

namespace sluice::mapping {

/// Lays `over` over `under`, key by key; lists replace.
void lay_over(config::PointKeys& under, const config::PointKeys& over);

/// All that is said about the point `name`, the strongest word on top: the device's entry of that
/// name, the device's patterns (last first), the mapping's point, the device, the mapping's
/// defaults. `own` is the mapping's point; nullptr when the site file adds the point.
config::PointKeys layered(std::string_view name, const config::PointKeys* own, const DeviceMapping& mapping,
                          const config::Device& device);

}  // namespace sluice::mapping
