#include "gateway/poll/twin.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>

#include "tests/unit/poll/plans.h"

namespace sluice {
namespace {

using namespace std::chrono_literals;

DriverModule load(std::string_view name) {
  auto module = DriverModule::load(name, {TEST_DRIVER_DIR});
  EXPECT_TRUE(module.ok());
  return std::move(*module);
}

TEST(Twin, CarriesEveryKindOfValueThereAndBack) {
  auto twin = Twin::create(load("acted"), {});
  ASSERT_TRUE(twin.ok());
  const auto device = twin->add_device(device_with({1s, 1s}));
  ASSERT_TRUE(device.ok());
  for (const auto& value :
       {Value{true}, Value{std::int64_t{-3}}, Value{~std::uint64_t{0}}, Value{0.1}, Value{std::string("text")}}) {
    const Reading reading{1, value, {}};
    ASSERT_TRUE(twin->set(*device, reading).ok());
    const auto written = twin->next_written();
    ASSERT_TRUE(written);
    EXPECT_EQ(written->device, 0u);
    EXPECT_EQ(written->reading.point, 1u);
    EXPECT_EQ(written->reading.value, value);
    EXPECT_FALSE(twin->next_written());
  }
}

TEST(Twin, PassesOnWhyItCannot) {
  auto twin = Twin::create(load("acted"), {});
  EXPECT_EQ(twin->add_device(device_with({})).error().text, "simulation with driver acted: it has no points");
  ASSERT_TRUE(twin->add_device(device_with({1s})).ok());
  ASSERT_TRUE(twin->mute(0).ok());
  EXPECT_EQ(twin->set(0, {0, Value{true}, {}}).error().text, "simulation with driver acted: it is mute");
  ASSERT_TRUE(twin->unmute(0).ok());
  EXPECT_TRUE(twin->set(0, {0, Value{true}, {}}).ok());
  EXPECT_FALSE(Twin::create(load("acted"), {}, 99).ok());
  EXPECT_FALSE(Twin::create(load("garbage"), {}).ok()) << "it cannot simulate";
}

TEST(Twin, ServesUntilItIsWoken) {
  auto twin = Twin::create(load("acted"), {});
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "x", 1), 1);
  const auto before = monotonic_now();
  EXPECT_TRUE(twin->serve(ends[0], 1h).ok());
  EXPECT_LT(monotonic_now() - before, 60s);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace sluice
