#include "gateway/cli/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <numeric>
#include <optional>
#include <utility>

#include "gateway/cli/ad_hoc.h"
#include "gateway/cli/complain.h"
#include "gateway/cli/installation.h"
#include "gateway/cli/loaded_site.h"
#include "gateway/mapping/convert.h"
#include "gateway/poll/driver_bus.h"

namespace sluice::cli {

namespace {

// What is read: points of one device that is alone on its bus, and what their raw values mean.
struct Task {
  const DriverModule* driver = nullptr;
  BusPlan bus;
  std::vector<mapping::Meaning> meanings;  // of the points; empty: raw values are shown
  std::vector<std::uint32_t> points;       // positions
};

// float32 takes two registers, uint16 one, bool a part of one.
int registers_of(const std::string& type) {
  const auto digits = type.find_first_of("0123456789");
  const int bits = digits == std::string::npos ? 16 : std::atoi(type.c_str() + digits);
  return std::max(1, bits / 16);
}

PointPlan register_point(const ReadOptions& options, int first) {
  PointPlan point;
  point.name = fmt::format("{} {}", options.table, first);
  point.settings = {choice_setting("table", options.table), integer_setting("register", first)};
  const bool has_type = options.table == "input" || options.table == "holding";
  if (has_type) point.settings.push_back(choice_setting("type", options.type));
  if (has_type) point.settings.push_back(choice_setting("order", options.order));
  return point;
}

Result<Task> registers_task(const ReadOptions& options, const Drivers& drivers) {
  const auto driver = drivers.loaded.find("modbus");
  if (driver == drivers.loaded.end()) return Error{"the driver modbus is not there", ErrorKind::invalid};
  Task task{&driver->second, {"", "modbus", modbus_bus(options.host, options.port, options.serial), {}, {}}, {}, {}};
  DevicePlan device{fmt::format("unit {}", options.unit), {integer_setting("unit", options.unit)}, {}};
  const bool is_bits = options.table == "coil" || options.table == "discrete";
  const int width = is_bits ? 1 : registers_of(options.type);
  for (int i = 0; i < options.count; ++i) device.points.push_back(register_point(options, options.first + i * width));
  task.points.resize(device.points.size());
  std::iota(task.points.begin(), task.points.end(), 0U);
  task.bus.devices.push_back(std::move(device));
  return task;
}

Result<std::vector<std::uint32_t>> positions_of(const std::vector<std::string>& names,
                                                const mapping::DevicePlan& device) {
  std::vector<std::uint32_t> positions;
  if (names.empty()) {
    for (std::uint32_t point = 0; point < device.points.size(); ++point) {
      if (device.points[point].meaning.access.read) positions.push_back(point);
    }
    return positions;
  }
  for (const auto& name : names) {
    const auto point = std::find_if(device.points.begin(), device.points.end(),
                                    [&](const mapping::PointPlan& candidate) { return candidate.name == name; });
    if (point == device.points.end()) return Error{device.name + " has no point " + name, ErrorKind::invalid};
    if (!point->meaning.access.read) return Error{name + " of " + device.name + " is only written", ErrorKind::invalid};
    positions.push_back(static_cast<std::uint32_t>(point - device.points.begin()));
  }
  return positions;
}

Result<Task> device_task(const ReadOptions& options, const LoadedSite& loaded) {
  for (const auto& bus : loaded.plan.buses) {
    const auto device = std::find_if(bus.devices.begin(), bus.devices.end(), [&](const mapping::DevicePlan& candidate) {
      return candidate.name == options.device;
    });
    if (device == bus.devices.end()) continue;
    auto positions = positions_of(options.points, *device);
    if (!positions) return positions.error();
    auto alone = bus;
    alone.devices = {*device};
    Task task{&loaded.drivers.loaded.find(bus.driver)->second, polling_of(alone), {}, *std::move(positions)};
    for (const auto& point : device->points) task.meanings.push_back(point.meaning);
    return task;
  }
  return Error{"the site file has no device " + options.device, ErrorKind::invalid};
}

// A damaged answer is asked for once more; silence is an answer.
Outcome perform_with_retry(DriverBus& bus, const Exchange& exchange) {
  auto outcome = bus.perform(exchange);
  return outcome.code == OutcomeCode::retry && outcome.damaged > 0 ? bus.perform(exchange) : outcome;
}

void keep_values(const Exchange& exchange, const Outcome& outcome, std::vector<std::optional<Reading>>& readings) {
  for (const auto& reading : outcome.values) readings[reading.point] = reading;
  for (const auto point : exchange.points) {
    if (!readings[point]) readings[point] = Reading{point, {}, outcome.reason};
  }
}

Result<std::vector<std::optional<Reading>>> read_points(const Task& task) {
  auto bus = DriverBus::create(*task.driver, task.bus);
  if (!bus) return Error{bus.error().text, ErrorKind::invalid};
  const auto plan = (*bus)->plan_read(0, task.points, {});
  if (!plan) return plan.error();
  if (auto opened = (*bus)->open(); !opened) return opened.error();
  std::vector<std::optional<Reading>> readings(task.bus.devices.front().points.size());
  for (const auto& exchange : *plan) keep_values(*exchange, perform_with_retry(**bus, *exchange), readings);
  (*bus)->close();
  return readings;
}

// The value as a person reads it, or why there is none.
mapping::Interpreted interpret(const Task& task, const std::optional<Reading>& reading, std::uint32_t point) {
  if (!reading) return {{}, "cannot be read"};
  if (task.meanings.empty() || !reading->good()) return {reading->value, reading->reason};
  return mapping::interpret(task.meanings[point], reading->value);
}

void print(const Task& task, const std::vector<std::optional<Reading>>& readings) {
  for (const auto point : task.points) {
    const auto& name = task.bus.devices.front().points[point].name;
    const auto shown = interpret(task, readings[point], point);
    const auto unit = task.meanings.empty() ? std::string{} : " " + task.meanings[point].unit;
    if (has_value(shown.value)) {
      std::cout << fmt::format("{:<24} {}{}\n", name, to_text(shown.value), unit);
    } else {
      std::cout << fmt::format("{:<24} bad: {}\n", name, shown.reason);
    }
  }
}

int carry_out(const Result<Task>& task) {
  if (!task) return complain(task.error());
  const auto readings = read_points(*task);
  if (!readings) return complain(readings.error());
  print(*task, *readings);
  const bool all_good = std::all_of(task->points.begin(), task->points.end(), [&](std::uint32_t point) {
    return (*readings)[point] && (*readings)[point]->good();
  });
  return all_good ? kDone : kFailed;
}

}  // namespace

int run_read(const ReadOptions& options) {
  if (options.ad_hoc()) {
    const auto drivers = load_drivers(driver_directories(options.places));
    return carry_out(registers_task(options, drivers));
  }
  config::Complaints complaints;
  const auto loaded = load_site(options.places, complaints);
  if (!complaints.empty()) return complain(complaints);
  return carry_out(device_task(options, loaded));
}

}  // namespace sluice::cli
