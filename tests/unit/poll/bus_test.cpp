// A bus with its real thread, and the plugin whose devices act.
#include "gateway/poll/bus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "tests/unit/poll/plans.h"

namespace sluice {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongEnough = 30s;

DriverModule load_acted() {
  auto module = DriverModule::load("acted", {TEST_DRIVER_DIR});
  EXPECT_TRUE(module.ok());
  return std::move(*module);
}

DevicePlan acting(const std::string& script, std::vector<Duration> periods) {
  auto device = device_with(std::move(periods));
  device.settings = {text_setting("script", script)};
  return device;
}

/// What a bus said so far, to be waited for.
class Listener {
 public:
  BusEvents events() {
    BusEvents events;
    events.on_readings = [this](std::uint32_t device, std::span<const Reading> readings, ReadingTime) {
      const std::lock_guard lock(mutex_);
      for (const auto& reading : readings) readings_.emplace_back(device, reading);
      changed_.notify_all();
    };
    events.on_device_state = [this](std::uint32_t device, DeviceState state, std::string_view) {
      const std::lock_guard lock(mutex_);
      states_.emplace_back(device, state);
      changed_.notify_all();
    };
    return events;
  }

  /// Whether so many readings with that reason (good ones: empty) came before the deadline.
  bool has_readings(std::size_t count, std::uint32_t device, const std::string& reason) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLongEnough, [&] {
      const auto is_it = [&](const auto& row) { return row.first == device && row.second.reason == reason; };
      return static_cast<std::size_t>(std::count_if(readings_.begin(), readings_.end(), is_it)) >= count;
    });
  }

  bool has_state(std::uint32_t device, DeviceState state) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLongEnough, [&] {
      return std::find(states_.begin(), states_.end(), std::pair(device, state)) != states_.end();
    });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::uint32_t, Reading>> readings_;
  std::vector<std::pair<std::uint32_t, DeviceState>> states_;
};

Bus bus_of(BusPlan plan, Listener& listener) {
  auto bus = Bus::create(std::move(plan), load_acted(), listener.events());
  EXPECT_TRUE(bus.ok()) << bus.error().text;
  return std::move(*bus);
}

WriteOutcome write_and_wait(Bus& bus, std::uint32_t device, std::vector<Reading> values) {
  std::promise<WriteOutcome> promise;
  const bool is_taken = bus.write(device, std::move(values), MonotonicTime::max(),
                                  [&](const WriteOutcome& outcome) { promise.set_value(outcome); });
  if (!is_taken) return {WriteStatus::refused, "not taken", {}, {}};
  auto future = promise.get_future();
  if (future.wait_for(kLongEnough) != std::future_status::ready) std::abort();
  return future.get();
}

TEST(Bus, PollsItsDevicesAndTellsTheSilentFromTheLiving) {
  Listener listener;
  auto bus = bus_of(bus_with({acting("o", {20ms, 20ms}), acting("s", {20ms})}), listener);
  bus.start();
  EXPECT_TRUE(listener.has_readings(20, 0, ""));
  EXPECT_TRUE(listener.has_readings(1, 1, "timeout"));
  EXPECT_TRUE(listener.has_readings(5, 1, "silent"));
  EXPECT_TRUE(listener.has_state(0, DeviceState::online));
  EXPECT_TRUE(listener.has_state(1, DeviceState::offline));
  EXPECT_TRUE(bus.stop(monotonic_now() + kLongEnough));
  const auto figures = bus.figures();
  EXPECT_GE(figures.devices[0].ok, 10u);
  EXPECT_GE(figures.devices[1].timeouts, 2u);
  EXPECT_TRUE(figures.port_is_open);
}

TEST(Bus, ActsOutEveryKindOfTrouble) {
  const std::pair<const char*, const char*> cases[] = {{"d", "crc"},         {"r", "exception 2"}, {"f", "exception 2"},
                                                       {"e", "exception 4"}, {"b", "busy"},        {"g", "port"},
                                                       {"n", "no value"}};
  std::vector<DevicePlan> devices;
  for (const auto& [script, reason] : cases) {
    Listener listener;
    auto bus = bus_of(bus_with({acting(script, {20ms, 20ms, 20ms})}), listener);
    bus.start();
    EXPECT_TRUE(listener.has_readings(3, 0, reason)) << script;
  }
}

TEST(Bus, ComesBackWhenThePortAppears) {
  Listener listener;
  auto plan = bus_with({acting("o", {50ms})});
  plan.settings = {text_setting("openings", "xo")};
  auto bus = bus_of(std::move(plan), listener);
  bus.start();
  EXPECT_TRUE(listener.has_readings(1, 0, "port"));
  EXPECT_TRUE(listener.has_state(0, DeviceState::offline));
  EXPECT_TRUE(listener.has_readings(1, 0, ""));
  EXPECT_TRUE(listener.has_state(0, DeviceState::online));
}

TEST(Bus, WritesAndReadsBackWhileItWouldRest) {
  Listener listener;
  auto bus = bus_of(bus_with({acting("o", {1h})}), listener);
  bus.start();
  ASSERT_TRUE(listener.has_readings(1, 0, ""));
  const auto outcome = write_and_wait(bus, 0, {{0, Value{std::int64_t{42}}, {}}});
  EXPECT_EQ(outcome.status, WriteStatus::done);
  ASSERT_EQ(outcome.read_back.size(), 1u);
  EXPECT_EQ(outcome.read_back[0].value, Value{std::int64_t{42}});
  EXPECT_TRUE(listener.has_readings(2, 0, "")) << "the read-back is a reading, too";
}

TEST(Bus, SaysWhatBecameOfWrites) {
  Listener listener;
  auto bus = bus_of(bus_with({acting("ru", {1h})}), listener);
  bus.start();
  ASSERT_TRUE(listener.has_readings(1, 0, "exception 2"));
  const auto lost = write_and_wait(bus, 0, {{0, Value{std::int64_t{1}}, {}}});
  EXPECT_EQ(lost.status, WriteStatus::unknown);
  const auto odd = write_and_wait(bus, 0, {{0, Value{std::string("warm")}, {}}});
  EXPECT_EQ(odd.status, WriteStatus::refused);
  EXPECT_EQ(odd.reason, "it takes whole numbers only");
}

TEST(Bus, ReadsNowOnRequest) {
  Listener listener;
  auto bus = bus_of(bus_with({acting("o", {1h, 1h})}), listener);
  bus.start();
  std::promise<ReadOutcome> promise;
  ASSERT_TRUE(bus.read_now(0, {1}, [&](const ReadOutcome& outcome) { promise.set_value(outcome); }));
  const auto outcome = promise.get_future().get();
  ASSERT_EQ(outcome.readings.size(), 1u);
  EXPECT_EQ(outcome.readings[0].value, Value{std::int64_t{10}});
}

TEST(Bus, TakesNoMoreCommandsThanItsChannelHolds) {
  Listener listener;
  auto bus = bus_of(bus_with({acting("o", {1h})}), listener);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < Bus::kCommandCapacity; ++i) {
    EXPECT_TRUE(bus.write(0, {{0, Value{std::int64_t{1}}, {}}}, MonotonicTime::max(),
                          [&](const WriteOutcome& outcome) { refused += outcome.reason == "stopping" ? 1 : 0; }));
  }
  EXPECT_FALSE(bus.write(0, {{0, Value{std::int64_t{1}}, {}}}, MonotonicTime::max(), [](const WriteOutcome&) {}));
  { const Bus gone = std::move(bus); }
  EXPECT_EQ(refused, Bus::kCommandCapacity) << "a command is answered even by a bus that never ran";
}

TEST(Bus, StopsAfterTheExchangeThatIsOnTheWire) {
  Listener listener;
  auto bus = bus_of(bus_with({acting("w", std::vector<Duration>(60, 10ms))}), listener);
  bus.start();
  ASSERT_TRUE(listener.has_readings(1, 0, ""));
  EXPECT_TRUE(bus.stop(monotonic_now() + kLongEnough));
  EXPECT_FALSE(bus.write(0, {{0, Value{true}, {}}}, MonotonicTime::max(), [](const WriteOutcome&) {}));
}

TEST(Bus, TakesNoMoreCommandsOnceItIsAskedToStop) {
  Listener listener;
  auto bus = bus_of(bus_with({acting("w", {10ms})}), listener);
  bus.start();
  ASSERT_TRUE(listener.has_readings(1, 0, ""));
  bus.ask_to_stop();
  EXPECT_FALSE(bus.write(0, {{0, Value{true}, {}}}, MonotonicTime::max(), [](const WriteOutcome&) {}));
  EXPECT_TRUE(bus.stop(monotonic_now() + kLongEnough));
}

TEST(Bus, NamesWhatTheDriverRefuses) {
  auto plan = bus_with({acting("o", std::vector<Duration>(65, 1s))});
  EXPECT_FALSE(Bus::create(std::move(plan), load_acted(), {}).ok());
}

TEST(Bus, TakesCommandsFromManyThreads) {
  Listener listener;
  auto bus = bus_of(bus_with({acting("o", {10ms})}), listener);
  bus.start();
  std::vector<std::thread> threads;
  std::atomic<int> done = 0;
  std::atomic<int> taken = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) {
        taken +=
            bus.write(0, {{0, Value{std::int64_t{n}}, {}}}, MonotonicTime::max(), [&](const WriteOutcome&) { ++done; })
                ? 1
                : 0;
        bus.figures();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(bus.stop(monotonic_now() + kLongEnough));
  EXPECT_EQ(done, taken) << "each command that is taken is answered once";
}

}  // namespace
}  // namespace sluice
