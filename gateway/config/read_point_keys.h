// The keys of a point, wherever they stand: in a mapping's points and defaults, and in a device's
// points in the site file.
#pragma once

#include <string>

#include "gateway/base/setting.h"
#include "gateway/config/node.h"
#include "gateway/config/point_keys.h"

namespace sluice::config {

/// Complains about unknown keys, keys that are not in this version, and values of the wrong form.
/// Nothing is required: which keys a point needs is only known once all files have spoken.
PointKeys read_point_keys(const Node& node, std::string name, std::string path, const DriverSpec& driver,
                          Complaints& complaints);

/// `[ low, high ]`.
Result<NumberRange> to_range(const Node& node);

}  // namespace sluice::config
