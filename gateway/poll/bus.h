// One bus: a thread that polls its devices and does commands in between, one exchange on the wire
// at a time.
//
// Owns its driver, schedule, device health and ledger; everything but create, start, stop, write,
// read_now and figures happens on its thread, events and callbacks included. They must not block:
// while they run the wire is idle. A port that cannot be opened is no error of start: it is tried
// for ever, and the points are bad with the reason "port" meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/poll/bus_ledger.h"
#include "gateway/poll/bus_plan.h"
#include "gateway/poll/driver_module.h"

namespace sluice {

enum class DeviceState : std::uint8_t { online, offline };

/// Called on the bus thread; any may be empty. Device numbers are positions in BusPlan::devices.
struct BusEvents {
  /// The points of one exchange, or those that are due and cannot be asked for. Every point that is
  /// due is in one such call per period: good, or bad with one of the reasons in README.md.
  std::function<void(std::uint32_t device, std::span<const Reading>, ReadingTime)> on_readings;

  /// Once per change; the first is the first that is known. `reason` is empty for online.
  std::function<void(std::uint32_t device, DeviceState, std::string_view reason)> on_device_state;

  /// To be kept and given back in BusPlan::facts. `facts` are all that are known of the device now.
  std::function<void(std::uint32_t device, const std::vector<Fact>& facts)> on_facts;
};

enum class WriteStatus : std::uint8_t {
  done,     // acknowledged by the device, or seen there by the read-back
  refused,  // nothing was written
  unknown,  // it may have been written, wholly or in part; it is not tried again
};

struct WriteOutcome {
  WriteStatus status = WriteStatus::refused;
  std::string reason;              // of refused and unknown
  std::vector<Reading> read_back;  // of the written points that can be read; empty when refused
  ReadingTime time{};              // of the read-back
};

struct ReadOutcome {
  std::vector<Reading> readings;  // one for each point asked for that can be read, bad ones included
  ReadingTime time{};
};

using WriteDone = std::function<void(const WriteOutcome&)>;
using ReadDone = std::function<void(const ReadOutcome&)>;

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
