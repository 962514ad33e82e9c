#include "gateway/poll/read_planner.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace sluice {

namespace {

/// Sets of due points repeat; a device for which they do not must not fill the memory.
constexpr std::size_t kMostPlans = 64;

}  // namespace

ReadPlanner::ReadPlanner(const std::vector<DevicePlan>& devices, Wire& wire) : wire_(wire), devices_(devices.size()) {
  for (std::size_t i = 0; i < devices.size(); ++i) {
    auto& device = devices_[i];
    device.groups.assign(devices[i].points.size(), 0);
    device.is_readable.assign(devices[i].points.size(), false);
    const auto plan = make(static_cast<std::uint32_t>(i), points_to_read(devices[i]), {});
    if (!plan) continue;
    device.cheapest = cheapest_of(*plan);
    for (const auto& exchange : *plan) {
      for (const auto point : exchange->points) device.is_readable[point] = true;
    }
  }
}

Result<Plan> ReadPlanner::plan(std::uint32_t device, const Points& must, const Points& may) {
  auto& plans = devices_.at(device).plans;
  const auto key = std::pair(must, may);
  if (const auto found = plans.find(key); found != plans.end()) return found->second;
  auto plan = make(device, must, may);
  if (!plan) return plan;
  if (plans.size() >= kMostPlans) plans.clear();
  plans.emplace(key, *plan);
  return plan;
}

Result<Plan> ReadPlanner::make(std::uint32_t device, const Points& must, const Points& may) {
  const auto& groups = devices_.at(device).groups;
  std::set<std::uint32_t> wanted;
  for (const auto point : must) wanted.insert(groups.at(point));
  Plan plan;
  for (const auto group : wanted) {
    const auto is_in_group = [&](std::uint32_t point) { return groups.at(point) == group; };
    Points group_must;
    Points group_may;
    std::copy_if(must.begin(), must.end(), std::back_inserter(group_must), is_in_group);
    std::copy_if(may.begin(), may.end(), std::back_inserter(group_may), is_in_group);
    auto part = wire_.plan_read(device, group_must, group_may);
    if (!part) return part;
    plan.insert(plan.end(), part->begin(), part->end());
  }
  return plan;
}

void ReadPlanner::forget(std::uint32_t device) { devices_.at(device).plans.clear(); }

void ReadPlanner::split(std::uint32_t device_number, std::span<const std::uint32_t> points) {
  auto& device = devices_.at(device_number);
  const auto half = points.size() / 2;
  device.last_group += 2;
  for (std::size_t i = 0; i < points.size(); ++i) {
    device.groups.at(points[i]) = device.last_group - (i < half ? 1 : 0);
  }
  forget(device_number);
}

std::vector<std::uint32_t> left_out(const Plan& plan, const std::vector<std::uint32_t>& points) {
  std::set<std::uint32_t> covered;
  for (const auto& exchange : plan) covered.insert(exchange->points.begin(), exchange->points.end());
  std::vector<std::uint32_t> rest;
  std::copy_if(points.begin(), points.end(), std::back_inserter(rest),
               [&](std::uint32_t point) { return !covered.contains(point); });
  return rest;
}

ExchangePtr cheapest_of(const Plan& plan) {
  const auto is_cheaper = [](const ExchangePtr& a, const ExchangePtr& b) { return a->cost < b->cost; };
  const auto found = std::min_element(plan.begin(), plan.end(), is_cheaper);
  return found == plan.end() ? nullptr : *found;
}

}  // namespace sluice
