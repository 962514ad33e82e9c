// What a simulated device measures: plausible for the unit, and never the same for long. Pure.
#pragma once

#include <chrono>
#include <cstdint>

#include "gateway/base/value.h"
#include "gateway/mapping/plan.h"

namespace sluice::cli {

/// The raw value of `point`, as it travels on the wire, so long after the start of the simulation.
/// Devices differ by their number. What it means is kept inside the point's range.
Value moving_value(const mapping::PointPlan& point, std::uint32_t device, std::chrono::duration<double> running);

}  // namespace sluice::cli
