// What the time on a wire was spent on, per bus and per device. Written by the bus thread, copied
// out by any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/poll/wire.h"

namespace sluice {

/// All counted since the start of the bus.
struct Figures {
  std::uint64_t exchanges = 0;
  std::uint64_t ok = 0;
  std::uint64_t timeouts = 0;  // no valid answer, and nothing damaged seen either
  std::uint64_t damaged = 0;   // exchanges that saw damaged or foreign frames, even if they ended well
  std::uint64_t refused = 0;
  std::uint64_t busy = 0;
  std::uint64_t missed = 0;  // readings left out because the bus could not keep their period
  Duration useful{};         // wire time of exchanges that were answered
  Duration lost{};           // wire time of those that were not
  Duration last_response{};  // wire time of the last exchange that was answered
};

struct BusFigures {
  Figures bus;
  std::vector<Figures> devices;
  std::uint64_t port_failures = 0;  // attempts to open that failed, and losses of an open port
  bool port_is_open = false;
  Duration longest_command_wait{};  // from a command's arrival to its first exchange
};

class BusLedger {
 public:
  explicit BusLedger(std::size_t device_count) { figures_.devices.resize(device_count); }

  void exchanged(const Exchange& exchange, const Outcome& outcome);
  void missed(std::uint32_t device, std::uint64_t readings);
  void command_waited(Duration wait);
  void port_opened();
  void port_failed();

  BusFigures figures() const;

 private:
  mutable std::mutex mutex_;
  BusFigures figures_;
};

}  // namespace sluice
