#include "gateway/poll/bus_forecast.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/unit/poll/virtual_bus.h"

namespace sluice {
namespace {

using namespace std::chrono_literals;

class BusForecastTest : public testing::Test {
 protected:
  MonotonicTime now_{};
  FakeWire wire_{now_};
};

TEST_F(BusForecastTest, CountsSharedExchangesOnce) {
  // One exchange of 50 ms each second, every tenth of which carries the slow point, too.
  const auto result = forecast(bus_with({device_with({1s, 10s})}), wire_);
  ASSERT_TRUE(result.ok());
  EXPECT_NEAR(result->load_percent, 5.0, 0.001);
}

TEST_F(BusForecastTest, AddsUpPeriodsThatDoNotFallTogether) {
  const auto result = forecast(bus_with({device_with({1s, 1500ms})}), wire_);
  EXPECT_NEAR(result->load_percent, 5.0 + 50 / 15.0, 0.001);
}

TEST_F(BusForecastTest, SaysWhatOneDeadDeviceDoesToTheBus) {
  const auto result = forecast(bus_with({device_with({1s}), device_with({500ms})}), wire_);
  EXPECT_NEAR(result->load_percent, 15.0, 0.001);
  EXPECT_NEAR(result->devices[1].load_percent, 10.0, 0.001);
  EXPECT_NEAR(result->devices[1].load_percent_if_dead, 5.0 + 5.0, 0.001) << "half a second of probe in ten";
  EXPECT_EQ(result->longest_exchange, 500ms);
}

TEST_F(BusForecastTest, LeavesOutWhatIsOnlyWritten) {
  auto plan = bus_with({device_with({1s, 100ms})});
  plan.devices[0].points[1].is_read = false;
  const auto result = forecast(plan, wire_);
  EXPECT_NEAR(result->load_percent, 5.0, 0.001);
  EXPECT_TRUE(result->devices[0].unreadable.empty());
}

TEST_F(BusForecastTest, NamesPointsThatNoExchangeReads) {
  wire_.unreadable = 1;
  const auto result = forecast(bus_with({device_with({1s, 1s})}), wire_);
  EXPECT_EQ(result->devices[0].full_read.size(), 1u);
  EXPECT_EQ(result->devices[0].unreadable.size(), 1u);
}

}  // namespace
}  // namespace sluice
