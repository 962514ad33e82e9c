// Debian's mosquitto as the cloud: the real program as a child process, with a configuration, a port
// and a folder of its own, and persistence, so that its sessions outlive a stop.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/cli/child_process.h"

namespace sluice::cli {

class Mosquitto {
 public:
  /// `folder` exists and belongs to this broker alone.
  Mosquitto(std::filesystem::path folder, std::uint16_t port);

  /// Returns when it listens. Again after a stop: with the sessions it had.
  Result<void> start();

  /// Cleanly, so that it saves what it holds. False when it has not ended by `until`.
  [[nodiscard]] bool stop(MonotonicTime until);

  std::uint16_t port() const { return port_; }

 private:
  std::filesystem::path folder_;
  std::uint16_t port_;
  std::unique_ptr<ChildProcess> process_;
};

/// The command line of a mosquitto_sub in MQTT 5 with QoS 1 whose session outlives the connection and
/// which connects again by itself. Each message becomes a line by `format`, that of mosquitto_sub(1);
/// between them it says what it does: `Subscribed…` once that is acknowledged.
std::vector<std::string> subscriber_command(std::uint16_t port, const std::string& client_id, const std::string& filter,
                                            const std::string& format);

}  // namespace sluice::cli
