#include "gateway/poll/device_health.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/unit/poll/virtual_bus.h"

namespace sluice {
namespace {

using namespace std::chrono_literals;

const MonotonicTime kStart{1h};
const std::vector<std::uint32_t> kPoints{3, 4};

Exchange a_read() {
  Exchange exchange;
  exchange.points = kPoints;
  return exchange;
}

Outcome good() { return FakeWire::good(a_read()); }
Outcome mute() { return outcome_of(OutcomeCode::retry, "timeout"); }
Outcome damaged() {
  auto outcome = outcome_of(OutcomeCode::retry, "crc");
  outcome.damaged = 1;
  return outcome;
}

TEST(DeviceHealth, CostsOneTimeOutAndThenWaits) {
  DeviceHealth health(3);
  const auto verdict = health.judge(a_read(), mute(), 0, kStart);
  EXPECT_EQ(verdict.next, NextStep::yield);
  EXPECT_FALSE(verdict.change) << "one lost reply is no event";
  EXPECT_EQ(health.why_not(kStart), "silent");
  EXPECT_EQ(health.probe_at(), kStart + 1s);
}

TEST(DeviceHealth, DeclaresADeviceOfflineOnceWhenTheFirstProbeFails) {
  DeviceHealth health(1);
  health.judge(a_read(), good(), 0, kStart);
  health.judge(a_read(), mute(), 0, kStart);
  const auto second = health.judge(a_read(), mute(), 0, kStart + 1s);
  ASSERT_TRUE(second.change);
  EXPECT_EQ(second.change->state, DeviceState::offline);
  EXPECT_EQ(second.change->reason, "timeout");
  EXPECT_FALSE(health.judge(a_read(), mute(), 0, kStart + 3s).change);
}

TEST(DeviceHealth, ProbesInGrowingIntervalsUpToTenSeconds) {
  DeviceHealth health(1);
  auto now = kStart;
  for (const auto interval : {1s, 2s, 4s, 8s, 10s, 10s}) {
    health.judge(a_read(), mute(), 0, now);
    EXPECT_EQ(health.probe_at(), now + interval);
    now = health.probe_at();
  }
}

TEST(DeviceHealth, IsBackWithTheFirstAnswer) {
  DeviceHealth health(1);
  health.judge(a_read(), mute(), 0, kStart);
  health.judge(a_read(), mute(), 0, kStart + 1s);
  const auto verdict = health.judge(a_read(), good(), 0, kStart + 3s);
  EXPECT_TRUE(verdict.came_back);
  EXPECT_EQ(verdict.change->state, DeviceState::online);
  EXPECT_EQ(health.why_not(kStart + 3s), "");
  EXPECT_EQ(health.probe_at(), MonotonicTime::max());
}

TEST(DeviceHealth, RepeatsDamagedRepliesAsOftenAsItMay) {
  DeviceHealth health(2);
  EXPECT_EQ(health.judge(a_read(), damaged(), 0, kStart).next, NextStep::again);
  EXPECT_EQ(health.judge(a_read(), damaged(), 1, kStart).next, NextStep::again);
  EXPECT_EQ(health.judge(a_read(), damaged(), 2, kStart).next, NextStep::settle);
  EXPECT_EQ(health.why_not(kStart), "") << "a damaged reply is a sign of life";
}

TEST(DeviceHealth, TakesADeviceForSilentThatOnlySendsDamagedReplies) {
  DeviceHealth health(0);
  health.judge(a_read(), damaged(), 0, kStart);
  health.judge(a_read(), damaged(), 0, kStart);
  EXPECT_EQ(health.judge(a_read(), damaged(), 0, kStart).next, NextStep::yield);
  EXPECT_EQ(health.why_not(kStart), "silent");
}

TEST(DeviceHealth, NeverRepeatsAWriteOrAProbe) {
  auto write = a_read();
  write.is_write = true;
  DeviceHealth health(5);
  EXPECT_NE(health.judge(write, damaged(), 0, kStart).next, NextStep::again);
  health.judge(a_read(), mute(), 0, kStart);
  EXPECT_NE(health.judge(a_read(), damaged(), 0, kStart + 1s).next, NextStep::again);
}

TEST(DeviceHealth, PausesABusyDeviceForOneToFiveSeconds) {
  auto busy = outcome_of(OutcomeCode::later, "busy");
  for (const auto& [asked, given] : {std::pair{1ms, 1000ms}, {2000ms, 2000ms}, {60000ms, 5000ms}}) {
    DeviceHealth health(1);
    busy.later = asked;
    EXPECT_EQ(health.judge(a_read(), busy, 0, kStart).next, NextStep::yield);
    EXPECT_EQ(health.busy_until(), kStart + given);
    EXPECT_EQ(health.why_not(kStart), "busy");
    EXPECT_EQ(health.why_not(kStart + given), "");
  }
}

TEST(DeviceHealth, DoesNotTakeADriverThatMustWaitForAnAnswer) {
  auto must_wait = outcome_of(OutcomeCode::later, "late answer possible");
  must_wait.answered = false;
  must_wait.later = 30s;
  DeviceHealth health(1);
  health.judge(a_read(), mute(), 0, kStart);
  health.judge(a_read(), mute(), 0, kStart + 1s);
  const auto verdict = health.judge(a_read(), must_wait, 0, kStart + 3s);
  EXPECT_FALSE(verdict.change) << "it is still offline";
  EXPECT_FALSE(verdict.came_back);
  EXPECT_EQ(health.why_not(kStart + 3s), "silent");
  EXPECT_EQ(health.probe_at(), kStart + 13s);

  DeviceHealth unknown(1);
  EXPECT_FALSE(unknown.judge(a_read(), must_wait, 0, kStart).change) << "nobody has heard of it yet";
  EXPECT_EQ(unknown.why_not(kStart), "busy");
}

TEST(DeviceHealth, StopsAskingABusyDeviceOutOfTurnAfterThreeTimes) {
  DeviceHealth health(1);
  for (const bool is_worth_it : {true, true, true, false}) {
    health.judge(a_read(), outcome_of(OutcomeCode::later, "busy"), 0, kStart);
    EXPECT_EQ(health.end_pause(), is_worth_it);
  }
}

TEST(DeviceHealth, ForgetsARefusalAfterAMinute) {
  DeviceHealth health(1);
  health.judge(a_read(), outcome_of(OutcomeCode::refused, "exception 2"), 0, kStart);
  health.refuse(kPoints, "exception 2", kStart);
  EXPECT_EQ(health.refusal(3, kStart + 59s), "exception 2");
  EXPECT_EQ(health.refusal(5, kStart + 59s), "");
  EXPECT_EQ(health.refusal(3, kStart + 60s), "");
  EXPECT_EQ(health.why_not(kStart), "") << "a device that refuses is alive";
}

TEST(DeviceHealth, IsOfflineWithoutAPortAndProbedWhenThereIsOne) {
  DeviceHealth health(1);
  health.judge(a_read(), good(), 0, kStart);
  EXPECT_EQ(health.lose_port(kStart)->reason, "port");
  EXPECT_FALSE(health.lose_port(kStart + 5s)) << "it is reported once";
  EXPECT_EQ(health.probe_at(), kStart + 5s);
}

}  // namespace
}  // namespace sluice
