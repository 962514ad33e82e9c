// What a bus will be like before it is started: the exchanges of each device, the load of the wire,
// how long a command may have to wait, and what one dead device does to the rest.
#pragma once

#include <string>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/poll/bus_plan.h"
#include "gateway/poll/driver_module.h"
#include "gateway/poll/wire.h"

namespace sluice {

struct DeviceForecast {
  std::string name;
  Plan full_read;                       // one read of everything that can be read
  std::vector<std::string> unreadable;  // points that no exchange reads
  double load_percent = 0;              // of the wire, at the points' periods
  double load_percent_if_dead = 0;      // of the whole bus, while this device is mute and probed
};

struct BusForecast {
  std::string name;
  std::vector<DeviceForecast> devices;
  double load_percent = 0;      // above 100: periods cannot be kept
  Duration longest_exchange{};  // the longest worst case: what a command may wait for
};

/// Plans with `wire`, which must know the devices of `plan`; performs nothing.
Result<BusForecast> forecast(const BusPlan& plan, Wire& wire);

/// The same with a bus made for the purpose; opens no port.
Result<BusForecast> forecast(const BusPlan& plan, const DriverModule& module);

}  // namespace sluice
