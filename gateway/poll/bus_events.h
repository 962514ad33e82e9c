// What a bus tells the rest of the gateway: readings, states of devices, results of commands.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/value.h"
#include "gateway/poll/bus_plan.h"

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

}  // namespace sluice
