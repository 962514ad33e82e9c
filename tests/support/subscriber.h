// What a local client or the cloud really received: mosquitto_sub, a program of somebody else's, in
// MQTT 5 with QoS 1 and a session that outlives its connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/cli/child_process.h"

namespace sluice::testing {

struct Received {
  std::string topic;
  std::string payload;
  int qos = 0;
  bool retain = false;
  std::chrono::system_clock::time_point time;  // of reception, to the microsecond
  std::map<std::string, std::string> user;     // user properties
  std::string correlation_data;
};

using IsWanted = std::function<bool(const Received&)>;

class Subscriber {
 public:
  /// Returns when the subscription is acknowledged.
  Subscriber(std::uint16_t port, const std::string& client_id, const std::string& filter);

  /// In the order of reception.
  std::vector<Received> all() const;

  /// The first message that is wanted, also of those received already.
  std::optional<Received> wait_for(const IsWanted& is_wanted,
                                   std::chrono::seconds within = std::chrono::seconds(15)) const;

 private:
  std::unique_ptr<cli::ChildProcess> process_;
};

IsWanted on_topic(const std::string& topic);

}  // namespace sluice::testing
