// The parts that a demonstration runs on, each a child process. Main thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/cli/child_process.h"
#include "gateway/cli/mosquitto.h"
#include "gateway/cli/receipt.h"

namespace sluice::cli {

/// A new folder, removed with all it holds. Its path is empty when it could not be made.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class DemoBench {
 public:
  explicit DemoBench(std::filesystem::path program);

  /// Starts the parts in the order in which each needs the one before: cloud, its subscriber, meters,
  /// gateway, the edge's subscriber.
  Result<void> start();

  Result<void> stop_cloud();
  Result<void> start_cloud();

  /// What the subscribers have received so far, in their order; nothing behind the last message.
  std::vector<Delivery> edge() const { return deliveries_of(*edge_); }
  std::vector<Delivery> cloud() const { return deliveries_of(*cloud_); }

  /// Publishes a last message at the edge, which has been accepted when this returns true.
  bool publish_last();

  /// The last message is in the cloud, and so is all before it: a stream keeps its order.
  bool is_complete() const;

  std::uint16_t edge_port() const { return edge_port_; }
  std::uint16_t cloud_port() const { return mosquitto_->port(); }

 private:
  static std::vector<Delivery> deliveries_of(const ChildProcess& subscriber);
  Result<void> start_meters();
  Result<void> start_gateway();
  Result<std::unique_ptr<ChildProcess>> subscribe(std::uint16_t port, const std::string& client_id) const;
  std::string site() const;

  std::filesystem::path program_;
  TemporaryFolder folder_;
  std::optional<Mosquitto> mosquitto_;
  std::uint16_t edge_port_ = 0;
  // The last ends first: whoever sends goes before whom it sends to.
  std::unique_ptr<ChildProcess> cloud_;
  std::unique_ptr<ChildProcess> edge_;
  std::unique_ptr<ChildProcess> gateway_;
  std::unique_ptr<ChildProcess> meters_;
};

}  // namespace sluice::cli
