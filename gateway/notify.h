// What the service manager is told (sd_notify(3)). Does nothing when there is none.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace sluice {

/// Ready: ports open, polling, replaying.
void notify_ready();
void notify_stopping();

/// One line for `systemctl status`.
void notify_status(std::string_view text);

/// How often the service manager wants to hear that the gateway is alive; nothing when it does not.
std::optional<std::chrono::microseconds> watchdog_period();
void notify_alive();

}  // namespace sluice
