// A BusLoop in virtual time: the clock moves when the fake wire is busy and when the loop rests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/poll/bus_loop.h"
#include "tests/unit/poll/plans.h"

namespace sluice {

inline Outcome outcome_of(OutcomeCode code, std::string reason) {
  Outcome outcome;
  outcome.code = code;
  outcome.reason = std::move(reason);
  outcome.answered = code != OutcomeCode::retry && code != OutcomeCode::unknown && code != OutcomeCode::bus_gone;
  return outcome;
}

/// Devices that answer every point with 7 until a test says otherwise. Plans blocks of points that
/// follow each other in the list; each exchange takes its cost, or `silence` when nobody answers.
class FakeWire final : public Wire {
 public:
  using Script = std::function<Outcome(const Exchange&)>;

  explicit FakeWire(MonotonicTime& now) : now_(now) {}

  Result<Plan> plan_read(std::uint32_t device, std::span<const std::uint32_t> must,
                         std::span<const std::uint32_t> may) override {
    ++plans;
    Plan plan;
    std::vector<std::uint32_t> points(must.begin(), must.end());
    std::erase_if(points, [this](std::uint32_t point) { return point == unreadable; });
    for (std::size_t first = 0; first < points.size(); first += block) {
      Exchange exchange;
      exchange.device = device;
      exchange.cost = cost;
      exchange.worst = worst;
      const auto end = std::min(points.size(), first + block);
      exchange.points.assign(points.begin() + static_cast<std::ptrdiff_t>(first),
                             points.begin() + static_cast<std::ptrdiff_t>(end));
      if (end == points.size()) {
        for (const auto point : may) {
          if (exchange.points.size() < block) exchange.points.push_back(point);
        }
      }
      plan.push_back(std::make_shared<const Exchange>(std::move(exchange)));
    }
    return plan;
  }

  Result<Plan> plan_write(std::uint32_t device, std::span<const Reading> values) override {
    Plan plan;
    for (const auto& value : values) {
      if (std::holds_alternative<std::string>(value.value)) return Error{"it takes no text"};
      Exchange exchange;
      exchange.device = device;
      exchange.is_write = true;
      exchange.cost = cost;
      exchange.worst = worst;
      exchange.points = {value.point};
      plan.push_back(std::make_shared<const Exchange>(std::move(exchange)));
    }
    return plan;
  }

  void learn(std::span<const Fact> /*facts*/) override {}

  Result<void> open() override {
    ++openings;
    if (!is_there) return Error{"no such port"};
    return {};
  }
  void close() override { ++closings; }

  Outcome perform(const Exchange& exchange) override {
    exchanges.push_back({now_, exchange});
    const auto script = scripts.find(exchange.device);
    auto outcome = script == scripts.end() ? good(exchange) : script->second(exchange);
    outcome.wire = outcome.answered || outcome.damaged > 0 ? exchange.cost : silence;
    now_ += outcome.wire;
    return outcome;
  }

  static Outcome good(const Exchange& exchange) {
    Outcome outcome;
    outcome.answered = true;
    for (const auto point : exchange.points) outcome.values.push_back({point, Value{std::int64_t{7}}, {}});
    return outcome;
  }

  std::map<std::uint32_t, Script> scripts;
  std::vector<std::pair<MonotonicTime, Exchange>> exchanges;
  Duration cost = std::chrono::milliseconds{50};
  Duration worst = std::chrono::milliseconds{500};
  Duration silence = std::chrono::milliseconds{500};  // how long a mute device is waited for
  std::size_t block = 10;
  std::optional<std::uint32_t> unreadable;
  bool is_there = true;
  unsigned openings = 0;
  unsigned closings = 0;
  unsigned plans = 0;

 private:
  MonotonicTime& now_;
};

struct Recorded {
  MonotonicTime time;
  std::uint32_t device = 0;
  Reading reading;
};

class VirtualBus {
 public:
  explicit VirtualBus(BusPlan bus_plan) : plan(std::move(bus_plan)), wire(now), ledger(plan.devices.size()) {}

  BusLoop& loop() {
    if (!loop_)
      loop_.emplace(plan, wire, ledger, events(), [this] {
        return ReadingTime{now, WallTime{} + wall_ahead + now.time_since_epoch()};
      });
    return *loop_;
  }

  void run_for(Duration duration) {
    const auto end = now + duration;
    for (int idle = 0; now < end;) {
      const auto before = now;
      const auto wake = loop().step();
      if (now == before && wake > now) now = std::min(wake, end);
      idle = now == before ? idle + 1 : 0;
      ASSERT_LT(idle, 1000) << "the loop is busy doing nothing";
    }
  }

  /// When the point had a reading with that reason; empty for good ones.
  std::vector<MonotonicTime> times(std::uint32_t device, std::uint32_t point, const std::string& reason = {}) const {
    std::vector<MonotonicTime> found;
    for (const auto& row : readings) {
      if (row.device == device && row.reading.point == point && row.reading.reason == reason) found.push_back(row.time);
    }
    return found;
  }

  MonotonicTime now{std::chrono::hours{1}};
  Duration wall_ahead = std::chrono::hours{500000};
  BusPlan plan;
  FakeWire wire;
  BusLedger ledger;
  std::vector<Recorded> readings;
  std::vector<std::string> states;  // "0 online", "1 offline timeout"
  std::vector<Fact> facts;

 private:
  BusEvents events() {
    BusEvents events;
    events.on_readings = [this](std::uint32_t device, std::span<const Reading> all, ReadingTime time) {
      for (const auto& reading : all) readings.push_back({time.monotonic, device, reading});
    };
    events.on_device_state = [this](std::uint32_t device, DeviceState state, std::string_view reason) {
      const bool is_online = state == DeviceState::online;
      states.push_back(std::to_string(device) + (is_online ? " online" : " offline " + std::string(reason)));
    };
    events.on_facts = [this](std::uint32_t /*device*/, const std::vector<Fact>& all) { facts = all; };
    return events;
  }

  std::optional<BusLoop> loop_;
};

}  // namespace sluice
