// What most system tests share: a small site on real parts. A serial line whose devices are libmodbus
// slaves, one mapping, a mosquitto as the cloud, and the time that the slower builds need.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "gateway/cli/mosquitto.h"
#include "tests/support/gateway_under_test.h"
#include "tests/support/modbus_line.h"
#include "tests/support/publisher.h"
#include "tests/support/reserved_port.h"
#include "tests/support/subscriber.h"
#include "tests/support/temp_dir.h"

namespace sluice::testing {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The mapping of all devices: a float32, a number that can be written, one that cannot.
inline constexpr auto kMeter = R"(device: Test meter
protocol: modbus
defaults: { table: input, type: float32, every: 200ms }
points:
  voltage: { register: 0, unit: V }
  setpoint: { table: holding, register: 10, type: uint16, scale: 0.1, unit: V, access: rw, write: { limits: [ 0, 400 ] } }
  counter: { table: holding, register: 20, type: uint16 }
)";

/// One bus with these devices, `UNIT` each, called meter-UNIT.
inline std::string bus_text(const std::string& name, const std::filesystem::path& port, const std::vector<int>& units) {
  std::string text = fmt::format(
      "  {}:\n    driver: modbus\n    transport: rtu\n    port: {}\n    serial: 9600-8N1\n"
      "    timeout: 300ms\n    devices:\n",
      name, port.string());
  for (const int unit : units) {
    text += fmt::format("      meter-{0}: {{ unit: {0}, mapping: ./meter.yaml }}\n", unit);
  }
  return text;
}

/// Upstream `cloud` for what is published under plant/ and local/.
inline std::string cloud_text(std::uint16_t port) {
  return fmt::format(
      "upstreams:\n  cloud:\n    url: mqtt://127.0.0.1:{}\n"
      "    send: [ {{ topics: [ \"plant/#\", \"local/#\" ] }} ]\n",
      port);
}

inline std::string site_text(const std::string& buses, const std::string& rest = "") {
  const std::string bus_section = buses.empty() ? "" : "buses:\n" + buses;
  return "gateway: plant\n" + bus_section + "broker:\n  listen: [ \"mqtt://127.0.0.1:0\" ]\n" + rest;
}

/// To be put after cloud_text: commands come from there, too.
inline constexpr auto kCommandsFromTheCloud = "    receive: [ { topics: \"plant/+/+/set\" } ]\n";

inline constexpr auto kCommands = "commands:\n  topic: \"{gateway}/{device}/{point}/set\"\n";

/// mosquitto with a port that stays its own while it is away.
class Cloud {
 public:
  explicit Cloud(const TempDir& folder) : mosquitto_(folder.folder("cloud"), port_.number()) { start(); }

  void start() {
    if (const auto started = mosquitto_.start(); !started) throw std::runtime_error(started.error().text);
  }
  void stop() {
    if (!mosquitto_.stop(monotonic_now() + seconds(10))) throw std::runtime_error("mosquitto does not end");
  }
  std::uint16_t port() const { return port_.number(); }

 private:
  ReservedPort port_;
  cli::Mosquitto mosquitto_;
};

/// One message by mosquitto_pub, acknowledged when this returns.
inline void publish_once(std::uint16_t port, const std::string& topic, const std::string& payload,
                         const std::vector<std::string>& more = {}) {
  std::vector<std::string> command{
      "mosquitto_pub", "-V", "5", "-h", "127.0.0.1", "-p", std::to_string(port), "-q", "1", "-t", topic, "-m", payload};
  command.insert(command.end(), more.begin(), more.end());
  const auto ending = cli::ChildProcess::start(command).value()->wait_until(monotonic_now() + seconds(10));
  if (ending != cli::Ending{false, 0}) throw std::runtime_error("nobody acknowledged " + topic);
}

}  // namespace sluice::testing
