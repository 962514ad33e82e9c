#include "gateway/notify.h"

#include <systemd/sd-daemon.h>

#include <string>

namespace sluice {

void notify_ready() { sd_notify(0, "READY=1"); }

void notify_stopping() { sd_notify(0, "STOPPING=1"); }

void notify_status(std::string_view text) { sd_notify(0, ("STATUS=" + std::string(text)).c_str()); }

std::optional<std::chrono::microseconds> watchdog_period() {
  std::uint64_t period = 0;
  if (sd_watchdog_enabled(0, &period) <= 0) return std::nullopt;
  return std::chrono::microseconds(period);
}

void notify_alive() { sd_notify(0, "WATCHDOG=1"); }

}  // namespace sluice
