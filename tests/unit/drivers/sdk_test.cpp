// The line between gateway and plugin, seen from the gateway's side: through the C table only.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "drivers/sdk/driver.hpp"
#include "tests/unit/drivers/driver_settings.h"

namespace sluice::driver {
namespace {

/// Fails in every way that a driver can.
class ThrowingBus : public Bus {
 public:
  static Result<std::unique_ptr<Bus>> create(const Settings& settings) {
    if (settings.text("fail") == "error") return Error{"it must not be"};
    if (settings.text("fail") == "throw") throw std::runtime_error("thrown by create");
    return std::unique_ptr<Bus>(std::make_unique<ThrowingBus>());
  }
  Done add_device(const Device& device) override {
    if (device.points.size() > 1) return Error{"one point only", 1};
    throw std::runtime_error("thrown by add_device");
  }
  std::vector<Exchange> plan_read(std::uint32_t, std::span<const std::uint32_t>,
                                  std::span<const std::uint32_t>) override {
    throw std::runtime_error("thrown by plan_read");
  }
  Result<std::vector<Exchange>> plan_write(std::uint32_t, std::span<const PointValue>) override { throw 42; }
  void learn(std::span<const Fact>) override { throw 42; }
  Done open() override { throw std::runtime_error("thrown by open"); }
  void close() override { throw 42; }
  Outcome perform(const Exchange&) override { throw std::runtime_error("thrown by perform"); }
};

const sluice_driver& throwing() { return *table<ThrowingBus>({"throwing", "1", "fails", {}, {}, {}, {}}); }

TEST(DriverTable, TurnsWhatIsThrownIntoErrorsAndOutcomes) {
  const auto& driver = throwing();
  const char* error = nullptr;
  EXPECT_EQ(driver.create(GivenSettings().text("fail", "error").view(), &error), nullptr);
  EXPECT_STREQ(error, "it must not be");
  EXPECT_EQ(driver.create(GivenSettings().text("fail", "throw").view(), &error), nullptr);
  EXPECT_STREQ(error, "thrown by create");
  auto* bus = driver.create({nullptr, 0}, &error);
  ASSERT_NE(bus, nullptr);
  const sluice_device device{sizeof(sluice_device), "d", {nullptr, 0}, nullptr, 0};
  std::uint32_t point = 0;
  EXPECT_EQ(driver.add_device(bus, &device, &point, &error), -1);
  EXPECT_STREQ(error, "thrown by add_device");
  EXPECT_EQ(point, UINT32_MAX);
  EXPECT_EQ(driver.plan_read(bus, 0, nullptr, 0, nullptr, 0).count, 0u);
  EXPECT_EQ(driver.plan_write(bus, 0, nullptr, 0, &error).count, 0u);
  EXPECT_STREQ(error, "the driver failed for an unknown reason");
  driver.learn(bus, nullptr, 0);
  EXPECT_EQ(driver.open(bus, &error), -1);
  EXPECT_STREQ(error, "thrown by open");
  driver.close(bus);
  sluice_exchange exchange{};
  exchange.size = sizeof exchange;
  sluice_outcome outcome{};
  outcome.size = sizeof outcome;
  driver.perform(bus, &exchange, &outcome);
  EXPECT_EQ(outcome.code, std::uint32_t{SLUICE_RETRY});
  EXPECT_STREQ(outcome.reason, "thrown by perform");
  exchange.is_write = 1;
  driver.perform(bus, &exchange, &outcome);
  EXPECT_EQ(outcome.code, std::uint32_t{SLUICE_UNKNOWN});
  driver.destroy(bus);
}

TEST(DriverTable, FillsNoMoreThanThereIsRoomFor) {
  const auto& driver = throwing();
  const char* error = nullptr;
  auto* bus = driver.create({nullptr, 0}, &error);
  struct {
    sluice_outcome outcome;
    unsigned char guard;
  } held{};
  held.outcome.size = offsetof(sluice_outcome, reason);
  sluice_exchange exchange{};
  driver.perform(bus, &exchange, &held.outcome);
  EXPECT_EQ(held.outcome.size, offsetof(sluice_outcome, reason));
  EXPECT_EQ(held.outcome.code, std::uint32_t{SLUICE_RETRY});
  EXPECT_EQ(held.outcome.reason, nullptr);
  driver.destroy(bus);
}

TEST(DriverTable, WalksArraysByTheSizeOfTheirElements) {
  struct Larger {
    sluice_setting known;
    std::uint64_t added_later;
  };
  Larger items[2]{};
  for (auto& item : items) item.known.size = sizeof item;
  items[0].known.name = "first";
  items[1].known.name = "second";
  items[1].known.integer = 7;
  const Settings settings({&items[0].known, 2});
  EXPECT_EQ(settings.integer("second", 0), 7);
  EXPECT_EQ(settings.integer("third", 5), 5);
}

TEST(DriverTable, CarriesEachKindOfValueBothWays) {
  for (const auto& value : {Value(true), Value(std::int64_t{-5}), Value(std::uint64_t{1} << 63), Value(2.5),
                            Value(std::string("text\0with zero", 14)), Value()}) {
    const PointValue before{3, value, value.index() != 0 ? "" : "timeout"};
    EXPECT_EQ(detail::value_from(detail::value_to(before)), before);
  }
}

TEST(DriverInC, IsLoadedAndAnswers) {
  void* object = ::dlopen(SLUICE_TEST_DRIVER_IN_C, RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(object, nullptr) << ::dlerror();
  const auto get = reinterpret_cast<sluice_driver_entry>(::dlsym(object, SLUICE_DRIVER_SYMBOL));
  ASSERT_NE(get, nullptr);
  const auto* driver = get();
  EXPECT_EQ(driver->abi, SLUICE_DRIVER_ABI);
  const char* error = nullptr;
  auto* bus = driver->create({nullptr, 0}, &error);
  ASSERT_NE(bus, nullptr);
  const std::uint32_t must[] = {0};
  const auto plan = driver->plan_read(bus, 0, must, 1, nullptr, 0);
  ASSERT_EQ(plan.count, 1u);
  sluice_outcome outcome{};
  outcome.size = sizeof outcome;
  driver->perform(bus, plan.exchanges, &outcome);
  ASSERT_EQ(outcome.value_count, 1u);
  EXPECT_EQ(outcome.values[0].is.integer, 42);
  driver->destroy(bus);
}

class Plugin : public testing::TestWithParam<const char*> {};

TEST_P(Plugin, ExportsItsTableAndDeclaresItself) {
  void* object = ::dlopen(GetParam(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(object, nullptr) << ::dlerror();
  const auto get = reinterpret_cast<sluice_driver_entry>(::dlsym(object, SLUICE_DRIVER_SYMBOL));
  ASSERT_NE(get, nullptr);
  const auto* driver = get();
  EXPECT_EQ(driver->abi, SLUICE_DRIVER_ABI);
  EXPECT_NE(std::string(GetParam()).find(std::string("sluice-driver-") + driver->name + ".so"), std::string::npos);
  ASSERT_GT(driver->point_setting_count, 0u);
  for (std::uint32_t i = 0; i < driver->point_setting_count; ++i) {
    EXPECT_NE(element(driver->point_settings, i).sentence, nullptr);
  }
}

INSTANTIATE_TEST_SUITE_P(Ours, Plugin, testing::Values(SLUICE_TEST_MODBUS, SLUICE_TEST_SIMULATOR));

}  // namespace
}  // namespace sluice::driver
