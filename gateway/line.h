// One bus joined to the broker: its readings become messages, and commands become its writes. This
// is where poll and mapping, which do not know each other, meet.
//
// Threads: what happens on the wire arrives on the bus thread; `execute` is called on the broker
// thread. Translators are made before the bus starts and never changed.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/broker.h"
#include "gateway/base/result.h"
#include "gateway/config/site.h"
#include "gateway/mapping/commands.h"
#include "gateway/mapping/plan.h"
#include "gateway/mapping/translator.h"
#include "gateway/poll/bus.h"

namespace sluice {

class Line {
 public:
  /// `broker` must outlive the line. Fails when the driver cannot do what the plan asks.
  static Result<std::unique_ptr<Line>> create(const mapping::BusPlan& plan, const config::Publication& publication,
                                              const DriverModule& module, Broker& broker);

  void start() { bus_->start(); }
  void ask_to_stop() { bus_->ask_to_stop(); }
  [[nodiscard]] bool stop(MonotonicTime until) { return bus_->stop(until); }

  /// Writes, and publishes the one result when it is known. A bus with too many commands, or one that stops, refuses.
  void execute(const mapping::Command& command);

 private:
  struct Device {
    std::string name;
    std::string status_topic;
    mapping::Translator translator;
  };

  explicit Line(Broker& broker) : broker_(broker) {}

  BusEvents events();
  void publish_readings(std::uint32_t device, std::span<const Reading> readings, const ReadingTime& time);
  void publish_state(std::uint32_t device, DeviceState state, std::string_view reason);
  void log_facts(std::uint32_t device, const std::vector<Fact>& facts) const;

  Broker& broker_;
  std::string log_part_;
  std::vector<Device> devices_;
  std::vector<Message> messages_;  // bus thread; kept for its capacity
  std::optional<Bus> bus_;         // last: its thread ends before what it uses
};

}  // namespace sluice
