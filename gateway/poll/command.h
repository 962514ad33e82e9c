// A write or a read that somebody asked for, carried out ahead of all polls.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/value.h"
#include "gateway/poll/bus_events.h"
#include "gateway/poll/wire.h"

namespace sluice {

struct Command {
  std::uint32_t device = 0;
  std::vector<Reading> values;        // of a write
  std::vector<std::uint32_t> points;  // of a read
  MonotonicTime arrived{};
  MonotonicTime not_before = MonotonicTime::min();
  MonotonicTime not_after = MonotonicTime::max();
  WriteDone write_done;  // set for a write
  ReadDone read_done;    // set for a read
};

/// What a command needs of its bus; the exchanges are counted and judged like those of polls.
class CommandBus {
 public:
  virtual ~CommandBus() = default;
  virtual Outcome exchange(const Exchange& exchange) = 0;
  virtual ReadOutcome read(std::uint32_t device, std::vector<std::uint32_t> points) = 0;
};

struct WriteResult {
  WriteOutcome outcome;
  std::optional<Duration> later;  // the device was busy and nothing was written: again after this
};

/// Writes, and reads back what may have been written. Nothing is ever written twice.
WriteResult carry_out_write(const Command& command, Wire& wire, CommandBus& bus);

/// Answers a command with a refusal, or with bad readings for the same reason.
void turn_down(const Command& command, const std::string& reason, ReadingTime time);

}  // namespace sluice
