// The gateway: builds its parts in the order in which data flows and stops them in that order.
// Owned by the main thread, which does no work.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "broker/broker.h"
#include "gateway/base/result.h"
#include "gateway/cli/loaded_site.h"
#include "gateway/line.h"
#include "gateway/mapping/commands.h"

namespace sluice {

class App {
 public:
  /// Binds the listeners and opens the store in `data`; polls nothing yet. The site must be without
  /// complaints.
  static Result<std::unique_ptr<App>> build(const cli::LoadedSite& loaded, const std::filesystem::path& data);

  void start();

  /// Whether the broker thread, through which everything passes, was at work during the last
  /// seconds. A bus whose driver hangs is no reason to restart the others.
  bool is_alive() const;

  /// Once, after start. False when a part had not ended by `until`; accepted messages may then be
  /// uncommitted, and the process should end at once.
  [[nodiscard]] bool stop(MonotonicTime until);

 private:
  explicit App(std::unique_ptr<Broker> broker) : broker_(std::move(broker)) {}

  Result<void> add_lines(const cli::LoadedSite& loaded);
  void serve_commands();
  void take_command(const Message& message);
  void say_listening(const config::BrokerSection& section) const;

  std::string gateway_;
  std::unique_ptr<Broker> broker_;
  std::vector<std::unique_ptr<Line>> lines_;     // one per bus of the plan, in its order
  std::unique_ptr<mapping::Commands> commands_;  // broker thread; absent: nothing is ever written
};

}  // namespace sluice
