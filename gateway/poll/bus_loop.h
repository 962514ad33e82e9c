// What one bus does next: the loop that joins driver, schedule, device health and commands. Each
// step puts at most one poll, one probe or one command on the wire. It has no thread and no clock
// of its own, so that tests run it in virtual time; Bus gives it both.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/poll/bus_events.h"
#include "gateway/poll/bus_ledger.h"
#include "gateway/poll/bus_plan.h"
#include "gateway/poll/command.h"
#include "gateway/poll/device_health.h"
#include "gateway/poll/port.h"
#include "gateway/poll/read_planner.h"
#include "gateway/poll/schedule.h"
#include "gateway/poll/wire.h"

namespace sluice {

class BusLoop final : private CommandBus {
 public:
  using Clock = std::function<ReadingTime()>;

  /// `plan`, `wire` and `ledger` must outlive the loop; `wire` knows the devices of `plan`.
  BusLoop(const BusPlan& plan, Wire& wire, BusLedger& ledger, BusEvents events, Clock clock);

  void take(Command command) { commands_.push_back(std::move(command)); }

  /// Does what is most urgent and answers when there will be something to do again; a time that has
  /// passed means at once.
  MonotonicTime step();

  /// Whether devices are to be listened to while there is nothing to do.
  bool is_listening() const { return port_.is_open() && wire_.listens(); }
  void hear(const Heard& heard);

  /// Turns down the commands that wait and closes the port.
  void finish();

 private:
  struct Done {
    Outcome outcome;
    NextStep next = NextStep::settle;
    ReadingTime time;
  };
  struct Step {
    std::vector<Reading> readings;
    std::vector<Turn> more;  // to be taken instead, or as well
    ReadingTime time;
  };

  Outcome exchange(const Exchange& exchange) override;
  ReadOutcome read(std::uint32_t device, std::vector<std::uint32_t> points) override;

  void open_port(MonotonicTime now);
  void lose_port(std::string_view reason);
  void account_for_all(std::uint32_t device);
  bool run_command(MonotonicTime now);
  void carry_out(Command command, MonotonicTime now);
  void end_pauses(MonotonicTime now);
  void take_due(ReadingTime time);
  void ask_for(const DuePoints& due, ReadingTime time);
  bool probe(MonotonicTime now);
  void poll(const Turn& turn);

  Step ask(Turn turn);
  Step take_refusal(const Turn& turn, const Done& done);
  Plan narrow(const Exchange& refused, const Outcome& outcome);
  Done perform(const Exchange& exchange, unsigned tries);
  void follow(std::uint32_t device, const Verdict& verdict, ReadingTime time);
  void learn(std::span<const Fact> facts);

  std::string_view why_not(std::uint32_t device, MonotonicTime now) const;
  Duration length_of_silence(const Exchange& probe) const;
  MonotonicTime next_wake(MonotonicTime now) const;
  MonotonicTime next_asking_tick() const;
  void hand_out(std::uint32_t device, std::span<const Reading> readings, ReadingTime time) const;
  void hand_out_bad(std::uint32_t device, std::span<const std::uint32_t> points, std::string_view reason,
                    ReadingTime time) const;
  void declare(std::uint32_t device, const std::optional<StateChange>& change) const;
  std::uint32_t device_count() const { return static_cast<std::uint32_t>(health_.size()); }

  Wire& wire_;
  BusLedger& ledger_;
  const BusEvents events_;
  const Clock clock_;
  ReadPlanner planner_;
  Schedule schedule_;
  Port port_;
  std::vector<DeviceHealth> health_;
  std::vector<std::vector<std::uint32_t>> readable_;  // points of each device
  std::vector<Duration> silences_;                    // how long the last wait for each device was
  std::vector<std::vector<Fact>> facts_;              // of each device
  std::deque<Command> commands_;
  bool was_command_ = false;  // what was done last
  MonotonicTime next_forced_probe_ = MonotonicTime::min();
};

}  // namespace sluice
