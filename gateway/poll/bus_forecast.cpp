#include "gateway/poll/bus_forecast.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <utility>

#include "gateway/poll/driver_bus.h"
#include "gateway/poll/read_planner.h"

namespace sluice {

namespace {

using Points = std::vector<std::uint32_t>;

constexpr std::chrono::seconds kSlowestProbe{10};

double share(Duration cost, Duration every) {
  return 100.0 * static_cast<double>(cost.count()) / static_cast<double>(every.count());
}

Result<Duration> cost_of(Wire& wire, std::uint32_t device, const Points& points) {
  const auto plan = wire.plan_read(device, points, {});
  if (!plan) return plan.error();
  Duration cost{};
  for (const auto& exchange : *plan) cost += exchange->cost;
  return cost;
}

std::map<Duration, Points> rates_of(const DevicePlan& device) {
  std::map<Duration, Points> rates;
  for (const auto point : points_to_read(device)) rates[device.points[point].every].push_back(point);
  return rates;
}

/// Where each period is a multiple of the next shorter one, slow points share exchanges with fast
/// ones whenever they fall due.
bool is_harmonic(const std::map<Duration, Points>& rates) {
  Duration faster{1};
  for (const auto& [every, points] : rates) {
    if (every % faster != Duration{0}) return false;
    faster = every;
  }
  return true;
}

Result<double> load_of(Wire& wire, std::uint32_t device, const std::map<Duration, Points>& rates) {
  const bool is_shared = is_harmonic(rates);
  double load = 0;
  Points due;
  for (auto rate = rates.begin(); rate != rates.end(); ++rate) {
    if (!is_shared) due.clear();
    due.insert(due.end(), rate->second.begin(), rate->second.end());
    std::sort(due.begin(), due.end());
    const auto cost = cost_of(wire, device, due);
    if (!cost) return cost.error();
    load += share(*cost, rate->first);
    const auto slower = std::next(rate);
    if (is_shared && slower != rates.end()) load -= share(*cost, slower->first);
  }
  return load;
}

Result<DeviceForecast> forecast_device(const DevicePlan& device, std::uint32_t number, Wire& wire) {
  DeviceForecast result;
  result.name = device.name;
  const auto all = points_to_read(device);
  auto full = wire.plan_read(number, all, {});
  if (!full) return full.error();
  for (const auto point : left_out(*full, all)) result.unreadable.push_back(device.points[point].name);
  result.full_read = std::move(*full);
  const auto load = load_of(wire, number, rates_of(device));
  if (!load) return load.error();
  result.load_percent = *load;
  return result;
}

}  // namespace

Result<BusForecast> forecast(const BusPlan& plan, Wire& wire) {
  BusForecast result;
  result.name = plan.name;
  for (std::uint32_t i = 0; i < plan.devices.size(); ++i) {
    auto device = forecast_device(plan.devices[i], i, wire);
    if (!device) return device.error();
    result.load_percent += device->load_percent;
    for (const auto& exchange : device->full_read) {
      result.longest_exchange = std::max(result.longest_exchange, exchange->worst);
    }
    result.devices.push_back(std::move(*device));
  }
  for (auto& device : result.devices) {
    const auto probe = cheapest_of(device.full_read);
    const double probing = probe ? share(probe->worst, kSlowestProbe) : 0;
    device.load_percent_if_dead = result.load_percent - device.load_percent + probing;
  }
  return result;
}

Result<BusForecast> forecast(const BusPlan& plan, const DriverModule& module) {
  auto wire = DriverBus::create(module, plan);
  if (!wire) return wire.error();
  return forecast(plan, **wire);
}

}  // namespace sluice
