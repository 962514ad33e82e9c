#include "gateway/poll/driver_bus.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "drivers/sdk/driver.h"
#include "gateway/base/log.h"
#include "gateway/poll/plugin_input.h"
#include "gateway/poll/plugin_output.h"
#include "gateway/poll/plugin_view.h"

namespace sluice {

namespace {

constexpr std::string_view kThrew = "it threw an exception";

Error driver_error(std::string text) { return Error{std::move(text), ErrorKind::failed}; }

Outcome failure(OutcomeCode code, std::string reason) {
  Outcome outcome;
  outcome.code = code;
  outcome.reason = std::move(reason);
  return outcome;
}

/// Rounded up: a wait that ends early would be repeated in a busy loop.
std::uint32_t to_ms(Duration duration) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(duration).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(ms, 0, 3'600'000));
}

}  // namespace

Result<std::unique_ptr<DriverBus>> DriverBus::create(const DriverModule& module, const BusPlan& plan) {
  const PluginSettings settings(plan.settings);
  const char* error = nullptr;
  const auto bus = call_plugin(module.table().create, settings.view(), &error);
  if (!bus || *bus == nullptr) {
    const auto why = bus ? plugin_text(error, "the driver refuses its settings") : std::string(kThrew);
    return Error{fmt::format("bus {}: {}", plan.name, why), ErrorKind::invalid};
  }
  std::unique_ptr<DriverBus> made(new DriverBus(module, plan, *bus));
  for (const auto& device : plan.devices) {
    if (auto added = made->add_device(device); !added) return added.error();
  }
  if (!plan.facts.empty()) made->learn(plan.facts);
  return made;
}

DriverBus::DriverBus(const DriverModule& module, const BusPlan& plan, sluice_bus* bus)
    : module_(module), log_part_("bus " + plan.name), bus_(bus) {}

DriverBus::~DriverBus() {
  close();
  if (!call_plugin(module_.table().destroy, bus_)) complain(kThrew);
}

Result<void> DriverBus::add_device(const DevicePlan& device) {
  const PluginDevice input(device);
  const auto raw = input.view();
  std::uint32_t point = UINT32_MAX;
  const char* error = nullptr;
  const auto code = call_plugin(module_.table().add_device, bus_, &raw, &point, &error);
  if (code == 0) {
    point_counts_.push_back(static_cast<std::uint32_t>(device.points.size()));
    return {};
  }
  const auto why = code ? plugin_text(error, "the driver refuses it") : std::string(kThrew);
  const auto where = point < device.points.size()
                         ? fmt::format("device {}, point {}", device.name, device.points[point].name)
                         : fmt::format("device {}", device.name);
  return Error{fmt::format("{}: {}", where, why), ErrorKind::invalid};
}

Result<Plan> DriverBus::plan_read(std::uint32_t device, std::span<const std::uint32_t> must,
                                  std::span<const std::uint32_t> may) {
  const auto raw =
      call_plugin(module_.table().plan_read, bus_, device, must.data(), static_cast<std::uint32_t>(must.size()),
                  may.data(), static_cast<std::uint32_t>(may.size()));
  auto plan = raw ? plan_from(*raw, device, PlanKind::read, point_counts_.at(device))
                  : Result<Plan>(driver_error(std::string(kThrew)));
  if (!plan) complain(plan.error().text);
  return plan;
}

Result<Plan> DriverBus::plan_write(std::uint32_t device, std::span<const Reading> values) {
  const auto input = to_plugin_values(values);
  const char* error = nullptr;
  const auto raw = call_plugin(module_.table().plan_write, bus_, device, input.data(),
                               static_cast<std::uint32_t>(input.size()), &error);
  auto plan = raw ? plan_from(*raw, device, PlanKind::write, point_counts_.at(device))
                  : Result<Plan>(driver_error(std::string(kThrew)));
  if (!plan) {
    complain(plan.error().text);
    return driver_error("driver");
  }
  if (plan->empty()) return Error{plugin_text(error, "it cannot be written"), ErrorKind::invalid};
  return plan;
}

void DriverBus::learn(std::span<const Fact> facts) {
  const auto input = to_plugin_facts(facts);
  if (!call_plugin(module_.table().learn, bus_, input.data(), static_cast<std::uint32_t>(input.size())))
    complain(kThrew);
}

Result<void> DriverBus::open() {
  const char* error = nullptr;
  const auto code = call_plugin(module_.table().open, bus_, &error);
  if (!code) {
    complain(kThrew);
    return driver_error("the driver failed");
  }
  if (*code != 0) return driver_error(plugin_text(error, "it cannot be opened"));
  is_open_ = true;
  return {};
}

void DriverBus::close() {
  if (!std::exchange(is_open_, false)) return;
  if (!call_plugin(module_.table().close, bus_)) complain(kThrew);
}

Outcome DriverBus::perform(const Exchange& exchange) {
  sluice_exchange raw{};
  raw.size = sizeof raw;
  raw.device = exchange.device;
  raw.is_write = exchange.is_write ? 1 : 0;
  raw.cost_us = static_cast<std::uint32_t>(exchange.cost / std::chrono::microseconds{1});
  raw.worst_us = static_cast<std::uint32_t>(exchange.worst / std::chrono::microseconds{1});
  raw.points = exchange.points.data();
  raw.point_count = static_cast<std::uint32_t>(exchange.points.size());
  raw.body = exchange.body.data();
  raw.body_size = static_cast<std::uint32_t>(exchange.body.size());

  sluice_outcome answer{};
  answer.size = sizeof answer;
  if (!call_plugin(module_.table().perform, bus_, &raw, &answer)) return broken(exchange, kThrew);
  auto outcome = outcome_from(answer, exchange.device, point_counts_);
  return outcome ? std::move(*outcome) : broken(exchange, outcome.error().text);
}

bool DriverBus::listens() const { return module_.table().wait != nullptr; }

std::optional<Heard> DriverBus::wait(int wake_fd, Duration timeout) {
  std::uint32_t device = UINT32_MAX;
  sluice_outcome answer{};
  answer.size = sizeof answer;
  const auto code = call_plugin(module_.table().wait, bus_, wake_fd, to_ms(timeout), &device, &answer);
  if (code == SLUICE_WAIT_TIME || code == SLUICE_WAIT_WOKEN) return std::nullopt;
  if (code == SLUICE_WAIT_BUS_GONE) return Heard{0, failure(OutcomeCode::bus_gone, "port")};
  if (code == SLUICE_WAIT_VALUES) {
    if (auto outcome = outcome_from(answer, device, point_counts_)) return Heard{device, std::move(*outcome)};
  }
  // A driver that cannot wait must not turn the bus into a busy loop: it loses the port.
  complain("it returned nonsense from waiting");
  return Heard{0, failure(OutcomeCode::bus_gone, "driver")};
}

/// What the plugin did on the wire is not known, so a write may have happened.
Outcome DriverBus::broken(const Exchange& exchange, std::string_view what) {
  complain(what);
  return failure(exchange.is_write ? OutcomeCode::unknown : OutcomeCode::device, "driver");
}

void DriverBus::complain(std::string_view what) {
  if (complaints_.contains(what) || complaints_.size() >= 100) return;
  complaints_.emplace(what);
  log::error(log_part_, "driver {} breaks its contract: {}", module_.spec().name, what);
}

}  // namespace sluice
