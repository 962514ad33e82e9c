// Whether a device is alive, and what not to ask it for now. Pure: time is an argument.
//
// A device that gives no answer is asked nothing more for a second: its silence has cost one
// time-out, and the other devices no more than that. It is then probed with its cheapest exchange,
// in growing intervals up to ten seconds, and is back with its first answer. It is declared offline
// when the first probe has failed, too, so that one lost reply is a bad reading and no event.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/poll/bus_events.h"
#include "gateway/poll/wire.h"

namespace sluice {

enum class NextStep : std::uint8_t {
  settle,  // its readings are what they are
  again,   // the same exchange once more
  yield,   // settle, and take back what else is queued for the device
};

struct StateChange {
  DeviceState state = DeviceState::offline;
  std::string reason;
};

struct Verdict {
  NextStep next = NextStep::settle;
  std::optional<StateChange> change;
  bool came_back = false;  // it was not asked for a while, and answers now
};

class DeviceHealth {
 public:
  explicit DeviceHealth(unsigned retries) : retries_(retries) {}

  /// After each exchange of a poll or command that did not lose the port; `tries` of it have failed
  /// before.
  Verdict judge(const Exchange& exchange, const Outcome& outcome, unsigned tries, MonotonicTime now);

  /// The bus has no port: the device is offline, and to be probed as soon as there is one.
  std::optional<StateChange> lose_port(MonotonicTime now);

  /// The device has no such points: they are not asked for during the next minute.
  void refuse(std::span<const std::uint32_t> points, const std::string& reason, MonotonicTime now);

  /// Why nothing may be asked of the device now ("silent", "busy"); empty when it may be asked.
  std::string_view why_not(MonotonicTime now) const;

  /// Why the point is not worth asking for now: the reason for which it was refused less than a
  /// minute ago. Empty when it is.
  std::string_view refusal(std::uint32_t point, MonotonicTime now) const;

  /// When a silent device is to be probed; max() for any other.
  MonotonicTime probe_at() const { return is_silent_ ? ask_at_ : MonotonicTime::max(); }

  /// When a busy device may be asked again; max() for any other.
  MonotonicTime busy_until() const { return is_busy_ ? ask_at_ : MonotonicTime::max(); }

  /// The pause of a busy device is over. Answers whether it is to be asked out of turn; a device
  /// that was busy several times running waits for its periods.
  bool end_pause();

 private:
  struct Refusal {
    std::string reason;
    MonotonicTime until;
  };

  Verdict hear(const Exchange& exchange, const Outcome& outcome, unsigned tries, MonotonicTime now);
  Verdict put_off(const Outcome& outcome, MonotonicTime now);
  Verdict miss(const Exchange& exchange, const Outcome& outcome, unsigned tries, MonotonicTime now);
  bool is_worth_repeating(const Exchange& exchange, const Outcome& outcome, unsigned tries) const;
  std::optional<StateChange> become(DeviceState state, std::string_view reason);

  const unsigned retries_;
  std::optional<DeviceState> state_;  // as last declared
  bool is_silent_ = false;
  bool is_busy_ = false;
  MonotonicTime ask_at_{};  // of a silent or busy device
  Duration probe_interval_{};
  unsigned failures_ = 0;  // in a row, after retries
  unsigned pauses_ = 0;    // in a row
  std::map<std::uint32_t, Refusal> refusals_;
};

}  // namespace sluice
