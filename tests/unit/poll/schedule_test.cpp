#include "gateway/poll/schedule.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>

#include "tests/unit/poll/plans.h"

namespace sluice {
namespace {

using namespace std::chrono_literals;

const MonotonicTime kStart{1h};

ExchangePtr exchange_of(std::uint32_t device, std::vector<std::uint32_t> points) {
  Exchange exchange;
  exchange.device = device;
  exchange.points = std::move(points);
  return std::make_shared<const Exchange>(std::move(exchange));
}

/// Queues one exchange with all that is due and takes it out again.
void serve(Schedule& schedule, const DuePoints& due, MonotonicTime now) {
  schedule.queue(due.device, {exchange_of(due.device, due.must)}, now);
  schedule.next(now);
}

TEST(Schedule, ReadsEverythingOnceAtTheStartAndThenAtItsPeriod) {
  Schedule schedule({device_with({1s, 1s, 10s})}, kStart, 0s);
  std::map<std::uint32_t, int> reads;
  for (auto now = kStart; now < kStart + 20s; now += 100ms) {
    for (const auto& due : schedule.take_due(now, 0s)) {
      for (const auto point : due.must) ++reads[point];
      serve(schedule, due, now);
    }
  }
  EXPECT_EQ(reads[0], 20);
  EXPECT_EQ(reads[1], 20);
  EXPECT_EQ(reads[2], 2);
}

TEST(Schedule, StaggersDevicesOverTheirPeriod) {
  const auto device = device_with({1s});
  Schedule schedule({device, device, device, device}, kStart, 0s);
  for (std::uint32_t i = 0; i < 4; ++i) EXPECT_EQ(schedule.next_tick(i), kStart + i * 250ms);
}

TEST(Schedule, SpreadsSlowPointsOverTheirPeriodTogetherWithFastOnes) {
  const auto device = device_with({1s, 60s});
  Schedule schedule({device, device}, kStart, 0s);
  std::vector<MonotonicTime> slow[2];
  for (auto now = kStart; now < kStart + 120s; now += 100ms) {
    for (const auto& due : schedule.take_due(now, 0s)) {
      if (due.must.back() == 1) {
        EXPECT_EQ(due.must.size(), 2u) << "a slow point must share its exchange with the fast one";
        slow[due.device].push_back(now);
      }
      serve(schedule, due, now);
    }
  }
  EXPECT_EQ(slow[0], (std::vector{kStart, kStart + 60s}));
  EXPECT_EQ(slow[1], (std::vector{kStart + 500ms, kStart + 30500ms, kStart + 90500ms}));
}

TEST(Schedule, LetsPointsThatAreNearlyDueRideAlong) {
  Schedule schedule({device_with({1s, 1050ms})}, kStart, 0s);
  serve(schedule, schedule.take_due(kStart, 0s).at(0), kStart);
  const auto due = schedule.take_due(kStart + 1s, 0s).at(0);
  EXPECT_EQ(due.must, std::vector<std::uint32_t>{0});
  EXPECT_EQ(due.may, std::vector<std::uint32_t>{1});
  schedule.queue(0, {exchange_of(0, {0, 1})}, kStart + 1s);
  schedule.next(kStart + 1s);
  EXPECT_TRUE(schedule.take_due(kStart + 1050ms, 0s).empty()) << "it has been read for this tick";
  EXPECT_EQ(schedule.take_due(kStart + 2100ms, 0s).at(0).must, (std::vector<std::uint32_t>{0, 1}));
}

TEST(Schedule, ReadsAlignedPointsAtRoundTimesOnly) {
  auto device = device_with({10s});
  device.points[0].aligned = true;
  const Duration offset = 500000h + 3s;  // the wall clock says hh:00:03 at the start
  Schedule schedule({device}, kStart, offset);
  std::vector<MonotonicTime> ticks;
  for (auto now = kStart; now < kStart + 30s; now += 500ms) {
    for (const auto& due : schedule.take_due(now, offset)) {
      ticks.push_back(now);
      serve(schedule, due, now);
    }
  }
  EXPECT_EQ(ticks, (std::vector{kStart + 7s, kStart + 17s, kStart + 27s}));
}

TEST(Schedule, FollowsTheWallClockWhenItIsSet) {
  auto device = device_with({10s});
  device.points[0].aligned = true;
  Schedule schedule({device}, kStart, 500000h);
  serve(schedule, schedule.take_due(kStart + 10s, 500000h).at(0), kStart + 10s);
  EXPECT_TRUE(schedule.take_due(kStart + 11s, 500000h + 4s).empty());
  EXPECT_EQ(schedule.next_tick(0), kStart + 16s);
}

TEST(Schedule, DoesNotReadARoundTimeTwiceWhenTheClockIsSlewed) {
  auto device = device_with({10s});
  device.points[0].aligned = true;
  Schedule schedule({device}, kStart, 500000h);
  serve(schedule, schedule.take_due(kStart + 10s, 500000h).at(0), kStart + 10s);
  EXPECT_TRUE(schedule.take_due(kStart + 10s + 1ms, 500000h - 5ms).empty());
  EXPECT_GT(schedule.next_tick(0), kStart + 19s);
}

TEST(Schedule, TakesTheEarliestDeadlineFirst) {
  Schedule schedule({device_with({10s}), device_with({1s})}, kStart, 0s);
  const auto now = kStart + 6s;  // both are due, the second by a phase of half a second
  for (const auto& due : schedule.take_due(kStart + 500ms, 0s)) {
    schedule.queue(due.device, {exchange_of(due.device, due.must)}, now);
  }
  EXPECT_EQ(schedule.next(kStart + 500ms)->exchange->device, 1u);
  EXPECT_EQ(schedule.next(kStart + 500ms)->exchange->device, 0u);
  EXPECT_FALSE(schedule.next(kStart + 500ms));
}

TEST(Schedule, PrefersAlarms) {
  auto alarm = device_with({900ms});  // due 450 ms after the other one
  alarm.points[0].traffic_class = TrafficClass::alarm;
  Schedule schedule({device_with({1s}), alarm}, kStart, 0s);
  for (const auto& due : schedule.take_due(kStart + 500ms, 0s)) {
    schedule.queue(due.device, {exchange_of(due.device, due.must)}, kStart + 500ms);
  }
  EXPECT_EQ(schedule.next(kStart + 600ms)->exchange->device, 1u);
}

/// Runs a bus on which every exchange takes `cost`; answers how often each device was read.
std::vector<int> run_flat_out(const std::vector<DevicePlan>& devices, Duration cost, Duration span,
                              std::uint64_t* missed = nullptr) {
  Schedule schedule(devices, kStart, 0s);
  std::vector<int> reads(devices.size());
  auto now = kStart;
  while (now < kStart + span) {
    for (const auto& due : schedule.take_due(now, 0s)) {
      if (missed != nullptr) *missed += due.missed;
      Plan plan;
      for (const auto point : due.must) plan.push_back(exchange_of(due.device, {point}));
      schedule.queue(due.device, plan, now);
    }
    if (const auto turn = schedule.next(now)) {
      if (turn->exchange->points[0] == 0) ++reads[turn->exchange->device];
      now += cost;
    } else {
      now += 1ms;
    }
  }
  return reads;
}

TEST(Schedule, StretchesAllPeriodsAlikeWhenTheBusIsTooSlow) {
  const std::vector devices(10, device_with({1s}));
  std::uint64_t missed = 0;
  const auto reads = run_flat_out(devices, 200ms, 200s, &missed);  // twice what the bus can do
  for (const auto count : reads) EXPECT_NEAR(count, 100, 5);
  EXPECT_NEAR(static_cast<double>(missed), 1000, 50) << "what was left out must be counted";
}

TEST(Schedule, DegradesFastAndSlowPointsInProportion) {
  std::vector<DevicePlan> devices;
  for (int i = 0; i < 5; ++i) devices.push_back(device_with({1s}));
  for (int i = 0; i < 50; ++i) devices.push_back(device_with({10s}));
  const auto reads = run_flat_out(devices, 200ms, 1000s);  // half can be done
  for (int i = 0; i < 5; ++i) EXPECT_NEAR(reads[i], 500, 125);
  for (int i = 5; i < 55; ++i) EXPECT_NEAR(reads[i], 50, 12);
}

TEST(Schedule, DoesNotLetADeviceWithManyPointsCrowdOutTheOthers) {
  std::vector<DevicePlan> devices{device_with(std::vector<Duration>(30, 1s))};
  for (int i = 0; i < 5; ++i) devices.push_back(device_with({1s}));
  const auto reads = run_flat_out(devices, 50ms, 100s);  // 35 exchanges of 50 ms each second
  for (const auto count : reads) EXPECT_GE(count, 55);
}

TEST(Schedule, RunsFlatOutWhenPeriodsCannotBeKept) {
  const auto reads = run_flat_out({device_with(std::vector<Duration>(11, 1s))}, 100ms, 110s);
  EXPECT_NEAR(reads[0], 100, 2) << "11 exchanges of 100 ms: a round every 1.1 s, not every 2 s";
}

TEST(Schedule, KeepsAFastPointOnTimeWhileManySlowOnesAreRead) {
  auto device = device_with({1s});
  for (int i = 0; i < 40; ++i) device.points.push_back(point_every(60s));
  const auto reads = run_flat_out({device}, 100ms, 60s);  // the slow ones take four seconds
  EXPECT_GE(reads[0], 59);
}

TEST(Schedule, GivesBackWhatItDrops) {
  Schedule schedule({device_with({1s, 1s, 1s})}, kStart, 0s);
  schedule.take_due(kStart, 0s);
  schedule.queue(0, {exchange_of(0, {0, 1}), exchange_of(0, {2})}, kStart);
  EXPECT_EQ(schedule.drop(0), (std::vector<std::uint32_t>{0, 1, 2}));
  EXPECT_FALSE(schedule.has_queued());
  EXPECT_EQ(schedule.take_due(kStart + 1s, 0s).at(0).must.size(), 3u) << "they tick again";
}

TEST(Schedule, RefreshesAllPointsOfADeviceAndThenReturnsToItsGrid) {
  Schedule schedule({device_with({60s})}, kStart, 0s);
  serve(schedule, schedule.take_due(kStart, 0s).at(0), kStart);
  schedule.refresh(0, kStart + 20s);
  EXPECT_EQ(schedule.take_due(kStart + 20s, 0s).at(0).missed, 0u);
  EXPECT_EQ(schedule.next_tick(0), kStart + 60s);
}

TEST(Schedule, NeverTicksForARemovedPoint) {
  Schedule schedule({device_with({1s})}, kStart, 0s);
  schedule.remove(0, 0);
  EXPECT_EQ(schedule.next_tick(0), MonotonicTime::max());
  EXPECT_TRUE(schedule.take_due(kStart + 10s, 0s).empty());
}

}  // namespace
}  // namespace sluice
