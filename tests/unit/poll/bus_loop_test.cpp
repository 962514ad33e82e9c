#include "gateway/poll/bus_loop.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/unit/poll/virtual_bus.h"

namespace sluice {
namespace {

using namespace std::chrono_literals;

FakeWire::Script always(OutcomeCode code, std::string reason) {
  return [=](const Exchange&) { return outcome_of(code, reason); };
}

Command write_of(std::vector<Reading> values, std::vector<WriteOutcome>& outcomes) {
  Command command;
  command.values = std::move(values);
  command.write_done = [&outcomes](const WriteOutcome& outcome) { outcomes.push_back(outcome); };
  return command;
}

Reading value_of(std::uint32_t point, std::int64_t value) { return {point, Value{value}, {}}; }

/// Mean distance, and the largest one.
std::pair<Duration, Duration> periods(const std::vector<MonotonicTime>& times) {
  Duration longest{};
  for (std::size_t i = 1; i < times.size(); ++i) longest = std::max(longest, times[i] - times[i - 1]);
  return {(times.back() - times.front()) / static_cast<long>(times.size() - 1), longest};
}

TEST(BusLoop, ReadsEveryPointOncePerPeriod) {
  VirtualBus bus(bus_with({device_with({1s, 1s, 10s})}));
  bus.run_for(30s);
  EXPECT_EQ(bus.times(0, 0).size(), 30u);
  EXPECT_EQ(bus.times(0, 1).size(), 30u);
  EXPECT_EQ(bus.times(0, 2).size(), 3u);
  EXPECT_EQ(bus.wire.exchanges.size(), 30u) << "what is due together is one exchange";
  EXPECT_EQ(bus.states, std::vector<std::string>{"0 online"});
}

TEST(BusLoop, NeverAsksForAPointThatIsOnlyWritten) {
  auto plan = bus_with({device_with({1s, 1s})});
  plan.devices[0].points[1].is_read = false;
  VirtualBus bus(plan);
  std::vector<WriteOutcome> outcomes;
  bus.loop().take(write_of({value_of(1, 5)}, outcomes));
  bus.run_for(10s);
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(outcomes[0].status, WriteStatus::done);
  EXPECT_TRUE(outcomes[0].read_back.empty());
  EXPECT_TRUE(bus.times(0, 1).empty());
  for (const auto& [time, exchange] : bus.wire.exchanges) {
    EXPECT_EQ(exchange.points, std::vector<std::uint32_t>{exchange.is_write ? 1U : 0U});
  }
  EXPECT_EQ(bus.times(0, 0).size(), 10u);
}

TEST(BusLoop, PlansEachSetOfPointsOnce) {
  VirtualBus bus(bus_with({device_with({1s, 10s})}));
  bus.run_for(15s);
  const auto plans = bus.wire.plans;
  bus.run_for(60s);
  EXPECT_EQ(bus.wire.plans, plans);
}

TEST(BusLoop, KeepsThePeriodsOfTheOthersWhenOneDeviceIsSilent) {
  VirtualBus bus(bus_with({device_with({1s}), device_with({1s}), device_with({1s})}));
  bus.wire.scripts[1] = always(OutcomeCode::retry, "timeout");
  bus.run_for(600s);
  for (const std::uint32_t device : {0U, 2U}) {
    const auto [mean, longest] = periods(bus.times(device, 0));
    EXPECT_NEAR(std::chrono::duration<double>(mean).count(), 1.0, 0.01);
    EXPECT_LE(longest, 1100ms);
  }
}

TEST(BusLoop, AsksNothingMoreOfADeviceThatHasLetOneTimeOutPass) {
  VirtualBus bus(bus_with({device_with(std::vector<Duration>(5, 10s))}));
  bus.wire.block = 1;
  bus.wire.scripts[0] = always(OutcomeCode::retry, "timeout");
  bus.run_for(900ms);
  EXPECT_EQ(bus.wire.exchanges.size(), 1u);
  EXPECT_EQ(bus.times(0, 0, "timeout").size(), 1u);
  for (std::uint32_t point = 1; point < 5; ++point) EXPECT_EQ(bus.times(0, point, "silent").size(), 1u) << point;
}

TEST(BusLoop, ProbesInGapsThatTheTimeOutFitsIntoEvenIfTheWorstCaseDoesNot) {
  VirtualBus bus(bus_with({device_with({1s}), device_with({1s}), device_with({1s})}));
  bus.wire.worst = 3s;
  bus.wire.scripts[1] = always(OutcomeCode::retry, "timeout");
  bus.run_for(10s);
  bus.readings.clear();
  bus.run_for(600s);
  for (const std::uint32_t device : {0U, 2U}) EXPECT_LE(periods(bus.times(device, 0)).second, 1100ms);
  EXPECT_GE(bus.ledger.figures().devices[1].timeouts, 55u);
}

TEST(BusLoop, GivesABadReadingEachPeriodForASilentDeviceAndNeverAnOldValue) {
  VirtualBus bus(bus_with({device_with({1s}), device_with({1s})}));
  bus.wire.scripts[1] = always(OutcomeCode::retry, "timeout");
  bus.run_for(60s);
  EXPECT_TRUE(bus.times(1, 0).empty());
  EXPECT_NEAR(static_cast<double>(bus.times(1, 0, "silent").size()), 59, 1);
  EXPECT_EQ(bus.times(1, 0, "timeout").size(), 1u);
  EXPECT_EQ(bus.states, (std::vector<std::string>{"0 online", "1 offline timeout"}));
}

TEST(BusLoop, AsksASilentDeviceAtMostOnceInTenSecondsInTheLongRun) {
  VirtualBus bus(bus_with({device_with({1s, 1s, 1s}), device_with({1s})}));
  bus.wire.block = 1;
  bus.wire.scripts[0] = always(OutcomeCode::retry, "timeout");
  bus.run_for(20s);
  bus.wire.exchanges.clear();
  bus.run_for(100s);
  const auto is_silent = [](const auto& row) { return row.second.device == 0; };
  EXPECT_LE(std::count_if(bus.wire.exchanges.begin(), bus.wire.exchanges.end(), is_silent), 11);
}

TEST(BusLoop, ReadsEverythingAtOnceWhenADeviceIsBack) {
  VirtualBus bus(bus_with({device_with({1s, 60s})}));
  bus.run_for(5s);
  bus.wire.scripts[0] = always(OutcomeCode::retry, "timeout");
  bus.run_for(20s);
  bus.wire.scripts.clear();
  bus.readings.clear();
  const auto back = bus.now;
  bus.run_for(12s);
  ASSERT_FALSE(bus.times(0, 1).empty()) << "a slow point must not wait for its minute";
  EXPECT_LE(bus.times(0, 1).front() - back, 11s);
  EXPECT_EQ(bus.states, (std::vector<std::string>{"0 online", "0 offline timeout", "0 online"}));
}

TEST(BusLoop, LeavesMostOfABusyWireToTheLivingWhenManyAreDead) {
  std::vector<DevicePlan> devices(21, device_with({1s}));
  devices[0] = device_with(std::vector<Duration>(19, 1s));
  VirtualBus bus(bus_with(devices));
  bus.wire.block = 1;  // the first device alone needs 95 % of the wire
  for (std::uint32_t i = 1; i < 21; ++i) bus.wire.scripts[i] = always(OutcomeCode::retry, "timeout");
  bus.run_for(60s);
  bus.readings.clear();
  bus.run_for(600s);
  EXPECT_GE(bus.times(0, 0).size(), 520u);
  const auto figures = bus.ledger.figures();
  EXPECT_GT(figures.devices[20].exchanges, 3u) << "the dead are probed all the same";
}

TEST(BusLoop, RepeatsADamagedReplyOnceAndThenSaysSo) {
  VirtualBus bus(bus_with({device_with({1s})}));
  int asked = 0;
  bus.wire.scripts[0] = [&](const Exchange& exchange) {
    if (++asked % 3 == 0) return FakeWire::good(exchange);
    auto outcome = outcome_of(OutcomeCode::retry, "crc");
    outcome.damaged = 1;
    return outcome;
  };
  bus.run_for(1900ms);
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(bus.times(0, 0, "crc").size(), 1u);
  EXPECT_EQ(bus.times(0, 0).size(), 1u);
}

TEST(BusLoop, FindsTheOneRefusedPointOfABlockAndReadsTheOthers) {
  VirtualBus bus(bus_with({device_with(std::vector<Duration>(10, 1s))}));
  bus.wire.scripts[0] = [](const Exchange& exchange) {
    const bool has_it = std::find(exchange.points.begin(), exchange.points.end(), 6U) != exchange.points.end();
    return has_it ? outcome_of(OutcomeCode::refused, "exception 2") : FakeWire::good(exchange);
  };
  bus.run_for(50s);
  for (std::uint32_t point = 0; point < 10; ++point) {
    EXPECT_EQ(bus.times(0, point).size(), point == 6 ? 0u : 50u) << point;
  }
  EXPECT_EQ(bus.times(0, 6, "exception 2").size(), 50u);
  EXPECT_EQ(bus.ledger.figures().bus.refused, 4u) << "block, half, quarter, itself: and then no more";
  EXPECT_EQ(bus.states, std::vector<std::string>{"0 online"});
}

TEST(BusLoop, AsksForARefusedPointAgainAfterAMinute) {
  VirtualBus bus(bus_with({device_with({1s})}));
  bus.wire.scripts[0] = always(OutcomeCode::refused, "exception 2");
  bus.run_for(59s);
  EXPECT_EQ(bus.wire.exchanges.size(), 1u);
  bus.wire.scripts.clear();
  bus.run_for(10s);
  EXPECT_GE(bus.times(0, 0).size(), 7u);
}

TEST(BusLoop, PlansAgainWithWhatTheDriverHasLearned) {
  VirtualBus bus(bus_with({device_with(std::vector<Duration>(4, 1s))}));
  bus.wire.scripts[0] = [&](const Exchange& exchange) {
    if (exchange.points.size() < 4) return FakeWire::good(exchange);
    auto outcome = outcome_of(OutcomeCode::refused, "exception 2");
    outcome.facts = {{0, "hole input 2 2"}};
    bus.wire.unreadable = 2;
    return outcome;
  };
  bus.run_for(5s);
  EXPECT_EQ(bus.facts, (std::vector<Fact>{{0, "hole input 2 2"}}));
  EXPECT_EQ(bus.times(0, 3).size(), 5u);
  EXPECT_EQ(bus.times(0, 2, "exception 2").size(), 5u);
  EXPECT_EQ(bus.wire.exchanges.size(), 6u) << "one more than periods: nothing is found out by trial";
}

TEST(BusLoop, PausesABusyDeviceAndAsksItAgain) {
  VirtualBus bus(bus_with({device_with({30s}), device_with({1s})}));
  int asked = 0;
  bus.wire.scripts[0] = [&](const Exchange& exchange) {
    return ++asked == 1 ? outcome_of(OutcomeCode::later, "busy") : FakeWire::good(exchange);
  };
  bus.run_for(3s);
  EXPECT_EQ(bus.times(0, 0, "busy").size(), 1u);
  EXPECT_EQ(bus.times(0, 0).size(), 1u) << "after a pause, not after half a minute";
  EXPECT_EQ(bus.times(1, 0).size(), 3u);
}

TEST(BusLoop, KeepsTheDeviceOnlineThatCannotAnswerAtTheMoment) {
  VirtualBus bus(bus_with({device_with({1s})}));
  bus.wire.scripts[0] = always(OutcomeCode::device, "exception 4");
  bus.run_for(10s);
  EXPECT_EQ(bus.times(0, 0, "exception 4").size(), 10u);
  EXPECT_EQ(bus.states, std::vector<std::string>{"0 online"});
}

TEST(BusLoop, SaysThatAllPointsAreBadAtOnceWhenThereIsNoPort) {
  VirtualBus bus(bus_with({device_with({1s, 60s}), device_with({1s})}));
  bus.wire.is_there = false;
  bus.run_for(30s);
  EXPECT_NEAR(static_cast<double>(bus.times(0, 0, "port").size()), 30, 1);
  EXPECT_EQ(bus.times(0, 1, "port").size(), 1u);
  EXPECT_GE(bus.wire.openings, 7u) << "0.5, 1, 2, 4, 5, 5 ... seconds";
  EXPECT_LE(bus.wire.openings, 10u);
  EXPECT_EQ(bus.states, (std::vector<std::string>{"0 offline port", "1 offline port"}));
}

TEST(BusLoop, NeverReportsAPointWithoutPortMoreOftenThanItsPeriod) {
  VirtualBus bus(bus_with({device_with({10s})}));
  bus.run_for(7s);
  bus.wire.scripts[0] = always(OutcomeCode::bus_gone, "unplugged");
  bus.run_for(120s);
  const auto times = bus.times(0, 0, "port");
  ASSERT_GE(times.size(), 10u);
  for (std::size_t i = 1; i < times.size(); ++i) EXPECT_GE(times[i] - times[i - 1], 10s);
}

TEST(BusLoop, ComesBackWhenThePortDoes) {
  VirtualBus bus(bus_with({device_with({1s, 60s}), device_with({1s})}));
  bus.run_for(5s);
  bus.wire.scripts[0] = bus.wire.scripts[1] = always(OutcomeCode::bus_gone, "unplugged");
  bus.wire.is_there = false;
  bus.run_for(10s);
  EXPECT_EQ(bus.wire.closings, 1u);
  bus.wire.scripts.clear();
  bus.wire.is_there = true;
  bus.readings.clear();
  bus.states.clear();
  bus.run_for(7s);
  EXPECT_FALSE(bus.times(0, 0).empty());
  EXPECT_EQ(bus.times(0, 1).size(), 1u);
  EXPECT_FALSE(bus.times(1, 0).empty());
  EXPECT_EQ(bus.states, (std::vector<std::string>{"0 online", "1 online"}));
}

TEST(BusLoop, DoesNotTakeAPortForGoodThatOpensAndFails) {
  VirtualBus bus(bus_with({device_with({1s})}));
  bus.wire.scripts[0] = always(OutcomeCode::bus_gone, "unplugged");
  bus.run_for(60s);
  EXPECT_LE(bus.wire.openings, 20u) << "the pauses must grow";
}

TEST(BusLoop, DoesCommandsAheadOfAllPolls) {
  VirtualBus bus(bus_with({device_with(std::vector<Duration>(20, 1s))}));
  bus.wire.block = 1;
  bus.run_for(200ms);  // a dozen exchanges are queued
  const auto before = bus.wire.exchanges.size();
  std::vector<WriteOutcome> outcomes;
  bus.loop().take(write_of({value_of(5, 7)}, outcomes));
  bus.loop().step();
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(outcomes[0].status, WriteStatus::done);
  ASSERT_EQ(bus.wire.exchanges.size(), before + 2);
  EXPECT_TRUE(bus.wire.exchanges[before].second.is_write);
  EXPECT_EQ(bus.wire.exchanges[before + 1].second.points, std::vector<std::uint32_t>{5});
}

TEST(BusLoop, ReadsTheOthersWhileCommandsComeWithoutEnd) {
  VirtualBus bus(bus_with({device_with({1s}), device_with({1s})}));
  std::vector<WriteOutcome> outcomes;
  for (int i = 0; i < 1000; ++i) bus.loop().take(write_of({value_of(0, i)}, outcomes));
  bus.run_for(20s);
  EXPECT_GE(bus.times(1, 0).size(), 9u);
  EXPECT_GE(outcomes.size(), 100u);
}

TEST(BusLoop, HandsTheReadBackOutAsAReadingToo) {
  VirtualBus bus(bus_with({device_with({60s})}));
  bus.run_for(10s);
  bus.readings.clear();
  std::vector<WriteOutcome> outcomes;
  bus.loop().take(write_of({value_of(0, 7)}, outcomes));
  bus.loop().step();
  EXPECT_EQ(bus.times(0, 0).size(), 1u);
  ASSERT_EQ(outcomes.at(0).read_back.size(), 1u);
  EXPECT_EQ(outcomes[0].read_back[0].value, Value{std::int64_t{7}});
}

TEST(BusLoop, RefusesACommandWhoseTimeIsOver) {
  VirtualBus bus(bus_with({device_with({1s})}));
  bus.run_for(1s);
  bus.wire.exchanges.clear();
  std::vector<WriteOutcome> outcomes;
  auto command = write_of({value_of(0, 7)}, outcomes);
  command.not_after = bus.now - 1ms;
  bus.loop().take(std::move(command));
  bus.loop().step();
  EXPECT_EQ(outcomes.at(0).status, WriteStatus::refused);
  EXPECT_EQ(outcomes[0].reason, "too late");
  EXPECT_TRUE(bus.wire.exchanges.empty());
}

/// Writes end with `code`; reads show `value`.
FakeWire::Script writes_end(OutcomeCode code, std::string reason, std::int64_t value, int* writes) {
  return [=](const Exchange& exchange) {
    if (!exchange.is_write) {
      auto outcome = FakeWire::good(exchange);
      for (auto& reading : outcome.values) reading.value = value;
      return outcome;
    }
    ++*writes;
    return outcome_of(code, reason);
  };
}

WriteOutcome result_of_a_write(OutcomeCode code, std::int64_t seen, int* writes) {
  VirtualBus bus(bus_with({device_with({60s})}));
  bus.wire.scripts[0] = writes_end(code, "why", seen, writes);
  bus.run_for(5s);
  std::vector<WriteOutcome> outcomes;
  bus.loop().take(write_of({value_of(0, 42)}, outcomes));
  bus.run_for(100s);
  return outcomes.size() == 1 ? outcomes[0] : WriteOutcome{WriteStatus::refused, "not answered once", {}, {}};
}

TEST(BusLoop, NeverRepeatsAWriteOfWhichTheFateIsUnknown) {
  int writes = 0;
  const auto outcome = result_of_a_write(OutcomeCode::unknown, 7, &writes);
  EXPECT_EQ(writes, 1);
  EXPECT_EQ(outcome.status, WriteStatus::unknown);
  EXPECT_EQ(outcome.read_back.at(0).value, Value{std::int64_t{7}}) << "what is there is said";
}

TEST(BusLoop, TakesALostAnswerForDoneWhenTheDeviceShowsTheValue) {
  int writes = 0;
  EXPECT_EQ(result_of_a_write(OutcomeCode::retry, 42, &writes).status, WriteStatus::done);
  EXPECT_EQ(writes, 1);
}

TEST(BusLoop, SaysThatTheDeviceRefusedAWriteAndGoesOnReading) {
  int writes = 0;
  const auto outcome = result_of_a_write(OutcomeCode::refused, 7, &writes);
  EXPECT_EQ(outcome.status, WriteStatus::refused);
  EXPECT_EQ(outcome.reason, "why");
}

TEST(BusLoop, ReadsOnAfterARefusedWrite) {
  VirtualBus bus(bus_with({device_with({1s})}));
  int writes = 0;
  bus.wire.scripts[0] = writes_end(OutcomeCode::refused, "exception 3", 7, &writes);
  std::vector<WriteOutcome> outcomes;
  bus.loop().take(write_of({value_of(0, 42)}, outcomes));
  bus.run_for(10s);
  EXPECT_EQ(bus.times(0, 0).size(), 10u);
}

TEST(BusLoop, WaitsForABusyDeviceAndKeepsWritesInTheirOrder) {
  VirtualBus bus(bus_with({device_with({60s})}));
  bus.run_for(5s);
  std::vector<Value> written;
  int asked = 0;
  bus.wire.scripts[0] = [&](const Exchange& exchange) {
    return exchange.is_write && ++asked == 1 ? outcome_of(OutcomeCode::later, "busy") : FakeWire::good(exchange);
  };
  std::vector<WriteOutcome> first;
  std::vector<WriteOutcome> second;
  bus.loop().take(write_of({value_of(0, 1)}, first));
  bus.loop().take(write_of({value_of(0, 2)}, second));
  bus.run_for(500ms);
  EXPECT_TRUE(first.empty());
  EXPECT_TRUE(second.empty()) << "it must not overtake the first";
  bus.run_for(2s);
  EXPECT_EQ(first.at(0).status, WriteStatus::done);
  EXPECT_EQ(second.at(0).status, WriteStatus::done);
}

TEST(BusLoop, RefusesAsBusyWhatWouldComeTooLate) {
  VirtualBus bus(bus_with({device_with({60s})}));
  bus.wire.scripts[0] = always(OutcomeCode::later, "busy");
  bus.run_for(100ms);
  std::vector<WriteOutcome> outcomes;
  auto command = write_of({value_of(0, 1)}, outcomes);
  command.not_after = bus.now + 500ms;
  bus.loop().take(std::move(command));
  bus.loop().step();
  EXPECT_EQ(outcomes.at(0).reason, "busy");
}

TEST(BusLoop, SaysWhenOnlyAPartWasWritten) {
  VirtualBus bus(bus_with({device_with({60s, 60s})}));
  bus.run_for(5s);
  bus.wire.scripts[0] = [](const Exchange& exchange) {
    const bool is_second = exchange.is_write && exchange.points[0] == 1;
    return is_second ? outcome_of(OutcomeCode::refused, "exception 3") : FakeWire::good(exchange);
  };
  std::vector<WriteOutcome> outcomes;
  bus.loop().take(write_of({value_of(0, 1), value_of(1, 2)}, outcomes));
  bus.loop().step();
  EXPECT_EQ(outcomes.at(0).status, WriteStatus::unknown);
  EXPECT_EQ(outcomes[0].reason, "exception 3");
  EXPECT_EQ(outcomes[0].read_back.size(), 2u);
}

TEST(BusLoop, RefusesCommandsWithoutAPort) {
  VirtualBus bus(bus_with({device_with({1s})}));
  bus.wire.is_there = false;
  std::vector<WriteOutcome> outcomes;
  bus.loop().take(write_of({value_of(0, 1)}, outcomes));
  bus.loop().step();
  EXPECT_EQ(outcomes.at(0).reason, "port");
}

TEST(BusLoop, ReadsNowWhatIsAskedFor) {
  VirtualBus bus(bus_with({device_with({60s, 60s, 60s})}));
  bus.run_for(5s);
  ReadOutcome result;
  Command command;
  command.points = {2, 0};
  command.read_done = [&](const ReadOutcome& outcome) { result = outcome; };
  bus.loop().take(std::move(command));
  bus.loop().step();
  ASSERT_EQ(result.readings.size(), 2u);
  EXPECT_TRUE(result.readings[0].good() && result.readings[1].good());
}

TEST(BusLoop, AsksASilentDeviceOnceWhenSomebodyWantsToKnow) {
  VirtualBus bus(bus_with({device_with(std::vector<Duration>(5, 60s))}));
  bus.wire.block = 1;
  bus.wire.scripts[0] = always(OutcomeCode::retry, "timeout");
  bus.run_for(100ms);
  bus.wire.exchanges.clear();
  ReadOutcome result;
  Command command;
  command.points = {0, 1, 2, 3, 4};
  command.read_done = [&](const ReadOutcome& outcome) { result = outcome; };
  bus.loop().take(std::move(command));
  bus.loop().step();
  EXPECT_EQ(bus.wire.exchanges.size(), 1u);
  ASSERT_EQ(result.readings.size(), 5u);
  EXPECT_EQ(result.readings[0].reason, "timeout");
  EXPECT_EQ(result.readings[4].reason, "silent");
}

TEST(BusLoop, TurnsDownWaitingCommandsAtTheEnd) {
  VirtualBus bus(bus_with({device_with({1s})}));
  bus.run_for(1s);
  std::vector<WriteOutcome> outcomes;
  bus.loop().take(write_of({value_of(0, 1)}, outcomes));
  bus.loop().finish();
  EXPECT_EQ(outcomes.at(0).reason, "stopping");
  EXPECT_EQ(bus.wire.closings, 1u);
}

TEST(BusLoop, HandsOutWhatADeviceSaysUnasked) {
  VirtualBus bus(bus_with({device_with({60s})}));
  bus.wire.unreadable = 0;
  bus.run_for(1s);
  Heard heard;
  heard.outcome.answered = true;
  heard.outcome.values = {value_of(0, 3)};
  bus.loop().hear(heard);
  EXPECT_EQ(bus.times(0, 0).size(), 1u);
  EXPECT_EQ(bus.states, std::vector<std::string>{"0 online"});
}

TEST(BusLoop, CountsWhatTheWireWasUsedFor) {
  VirtualBus bus(bus_with({device_with({1s}), device_with({1s})}));
  bus.wire.scripts[1] = always(OutcomeCode::retry, "timeout");
  bus.run_for(10s);
  const auto figures = bus.ledger.figures();
  EXPECT_EQ(figures.devices[0].ok, 10u);
  EXPECT_EQ(figures.devices[0].useful, 500ms);
  EXPECT_EQ(figures.devices[0].last_response, 50ms);
  EXPECT_EQ(figures.devices[1].timeouts, figures.devices[1].exchanges);
  EXPECT_EQ(figures.devices[1].lost, figures.devices[1].exchanges * 500ms);
  EXPECT_EQ(figures.bus.exchanges, bus.wire.exchanges.size());
}

}  // namespace
}  // namespace sluice
