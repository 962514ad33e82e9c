// From the keys of a point to what its raw values mean, and complaints about keys that contradict
// each other. Pure.
#pragma once

#include "gateway/config/complaint.h"
#include "gateway/config/point_keys.h"
#include "gateway/mapping/plan.h"

namespace sluice::mapping {

/// `keys` are all words about the point, fallbacks of the driver's settings included.
Meaning meaning_of(const config::PointKeys& keys, config::Complaints& complaints);

}  // namespace sluice::mapping
