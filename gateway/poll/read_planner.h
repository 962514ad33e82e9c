// The driver's read plans, kept per set of points that fall due together, so that planning costs
// nothing once the schedule has settled.
//
// A refused exchange with several points says that one of them is wrong, not which. Such points are
// planned apart in halves from then on, until the wrong one stands alone: one illegal point then
// costs only itself, whatever the protocol.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/poll/bus_plan.h"
#include "gateway/poll/wire.h"

namespace sluice {

class ReadPlanner {
 public:
  /// All points of the devices that are read are in the first plan, which tells the cheapest exchange and which
  /// points can be read at all. `wire` must outlive the planner.
  ReadPlanner(const std::vector<DevicePlan>& devices, Wire& wire);

  Result<Plan> plan(std::uint32_t device, const std::vector<std::uint32_t>& must,
                    const std::vector<std::uint32_t>& may);

  /// The driver has learned something: its plans are others now.
  void forget(std::uint32_t device);

  /// From now on the two halves of `points` share no exchange with each other, nor with others.
  void split(std::uint32_t device, std::span<const std::uint32_t> points);

  /// What a silent device is asked; null when nothing of it can be read.
  ExchangePtr cheapest(std::uint32_t device) const { return devices_.at(device).cheapest; }

  bool is_readable(std::uint32_t device, std::uint32_t point) const {
    return devices_.at(device).is_readable.at(point);
  }

 private:
  using Points = std::vector<std::uint32_t>;
  struct Device {
    std::map<std::pair<Points, Points>, Plan> plans;
    std::vector<std::uint32_t> groups;  // of each point; only points of one group share exchanges
    std::uint32_t last_group = 0;
    ExchangePtr cheapest;
    std::vector<bool> is_readable;
  };

  Result<Plan> make(std::uint32_t device, const Points& must, const Points& may);

  Wire& wire_;
  std::vector<Device> devices_;
};

/// The points that no exchange of the plan covers.
std::vector<std::uint32_t> left_out(const Plan& plan, const std::vector<std::uint32_t>& points);

/// The exchange with the least cost; null of an empty plan.
ExchangePtr cheapest_of(const Plan& plan);

}  // namespace sluice
