#include "gateway/line.h"

#include <utility>

#include "gateway/base/log.h"
#include "gateway/cli/loaded_site.h"
#include "gateway/status/status_message.h"

namespace sluice {

namespace {

mapping::CommandStatus status_of(WriteStatus status) {
  switch (status) {
    case WriteStatus::done: return mapping::CommandStatus::done;
    case WriteStatus::refused: return mapping::CommandStatus::refused;
    case WriteStatus::unknown: return mapping::CommandStatus::unknown;
  }
  return mapping::CommandStatus::unknown;
}

}  // namespace

Result<std::unique_ptr<Line>> Line::create(const mapping::BusPlan& plan, const config::Publication& publication,
                                           const DriverModule& module, Broker& broker) {
  std::unique_ptr<Line> line(new Line(broker));
  line->log_part_ = "bus " + plan.name;
  for (const auto& device : plan.devices) {
    line->devices_.push_back({device.name, device.status_topic, mapping::Translator(device, publication)});
  }
  auto bus = Bus::create(cli::polling_of(plan), module, line->events());
  if (!bus) return bus.error();
  line->bus_ = *std::move(bus);
  return line;
}

BusEvents Line::events() {
  BusEvents events;
  events.on_readings = [this](std::uint32_t device, std::span<const Reading> readings, ReadingTime time) {
    publish_readings(device, readings, time);
  };
  events.on_device_state = [this](std::uint32_t device, DeviceState state, std::string_view reason) {
    publish_state(device, state, reason);
  };
  events.on_facts = [this](std::uint32_t device, const std::vector<Fact>& facts) { log_facts(device, facts); };
  return events;
}

// What an overloaded broker does not take is counted there; a reading that was not taken is
// followed by a fresh one in the next period.
void Line::publish_readings(std::uint32_t device, std::span<const Reading> readings, const ReadingTime& time) {
  messages_.clear();
  devices_[device].translator.translate(readings, time, messages_);
  for (auto& message : messages_) broker_.publish(std::move(message));
}

void Line::publish_state(std::uint32_t device, DeviceState state, std::string_view reason) {
  const bool online = state == DeviceState::online;
  const auto& known = devices_[device];
  if (online) {
    log::info(log_part_, "{} answers", known.name);
  } else {
    log::warning(log_part_, "{} does not answer: {}", known.name, reason);
  }
  broker_.publish(status::make_status(known.status_topic, online, reason));
}

void Line::log_facts(std::uint32_t device, const std::vector<Fact>& facts) const {
  if (facts.empty()) return;
  log::info(log_part_, "{} taught us: {}", devices_[device].name, facts.back().text);
}

void Line::execute(const mapping::Command& command) {
  std::vector<Reading> values{{command.point, command.raw, {}}};
  const auto done = [this, command](const WriteOutcome& outcome) {
    broker_.publish(mapping::Commands::result(command, status_of(outcome.status), outcome.reason, wall_now()));
  };
  if (bus_->write(command.device, std::move(values), command.not_after, done)) return;
  broker_.publish(mapping::Commands::result(command, mapping::CommandStatus::refused, "too many commands, or stopping",
                                            wall_now()));
}

}  // namespace sluice
