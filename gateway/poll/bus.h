// One bus: a thread that polls its devices and does commands in between, one exchange on the wire
// at a time.
//
// Owns its driver, schedule, device health and ledger; everything but create, start, stop, ask_to_stop,
// write, read_now and figures happens on its thread, events and callbacks included. They must not block:
// while they run the wire is idle. A port that cannot be opened is no error of start: it is tried
// for ever, and the points are bad with the reason "port" meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/poll/bus_events.h"
#include "gateway/poll/bus_ledger.h"
#include "gateway/poll/bus_plan.h"
#include "gateway/poll/driver_module.h"

namespace sluice {

class Bus {
 public:
  /// So many commands wait for their turn at most; further ones are not taken.
  static constexpr std::size_t kCommandCapacity = 64;

  /// Checks the plan with the driver, which opens nothing. Errors name device and point.
  static Result<Bus> create(BusPlan plan, const DriverModule& module, BusEvents events);

  Bus(Bus&&) noexcept;
  Bus& operator=(Bus&&) noexcept;
  /// Stops and waits for the thread, at most for one exchange.
  ~Bus();

  /// Once.
  void start();

  /// Any thread. Takes no more commands and ends soon; who stops several buses asks all of them
  /// first, so that they end side by side.
  void ask_to_stop();

  /// Takes no more commands, refuses those that wait ("stopping") and closes the port after the
  /// exchange that is on the wire. False when that has not happened by `until`.
  [[nodiscard]] bool stop(MonotonicTime until);

  /// Any thread. Writes the values (raw, as readings are) in their order ahead of all polls, reads
  /// the points back, hands the read-back out as a normal reading, too, and calls `done` once, on
  /// the bus thread. A write whose turn comes after `not_after` is refused as "too late". False,
  /// without a call, when the bus has too many commands or has been stopped: refuse it.
  [[nodiscard]] bool write(std::uint32_t device, std::vector<Reading> values, MonotonicTime not_after, WriteDone done);

  /// Any thread, likewise. Reads the points now, whatever their periods.
  [[nodiscard]] bool read_now(std::uint32_t device, std::vector<std::uint32_t> points, ReadDone done);

  /// Any thread.
  BusFigures figures() const;

  const BusPlan& plan() const;

 private:
  class Thread;
  explicit Bus(std::unique_ptr<Thread> thread);

  std::unique_ptr<Thread> thread_;
};

}  // namespace sluice
