#include "gateway/poll/driver_bus.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/unit/poll/plans.h"

namespace sluice {
namespace {

using namespace std::chrono_literals;

const std::vector<std::uint32_t> kAll{0, 1, 2, 3};

DriverModule load(std::string_view name) {
  auto module = DriverModule::load(name, {TEST_DRIVER_DIR});
  EXPECT_TRUE(module.ok());
  return std::move(*module);
}

Result<std::unique_ptr<DriverBus>> garbage_bus(const std::string& what) {
  auto plan = bus_with({device_with({1s, 1s, 1s, 1s})});
  plan.settings = {text_setting("garbage", what)};
  return DriverBus::create(load("garbage"), plan);
}

Outcome perform_garbage(const std::string& what) {
  auto bus = garbage_bus(what);
  Exchange exchange;
  exchange.points = {0, 1};
  return (*bus)->perform(exchange);
}

TEST(DriverBus, PlansPerformsAndWritesThroughThePlugin) {
  auto plan = bus_with({device_with({1s, 1s, 1s, 1s})});
  plan.settings = {integer_setting("block", 3)};
  const auto made = DriverBus::create(load("acted"), plan);
  ASSERT_TRUE(made.ok());
  auto& bus = **made;
  const auto reads = bus.plan_read(0, kAll, {});
  ASSERT_TRUE(reads.ok());
  ASSERT_EQ(reads->size(), 2u);
  EXPECT_EQ((*reads)[0]->points, (std::vector<std::uint32_t>{0, 1, 2}));
  EXPECT_EQ((*reads)[0]->cost, 1ms);
  EXPECT_EQ((*reads)[0]->worst, 5ms);

  const auto writes = bus.plan_write(0, std::vector<Reading>{{3, Value{std::int64_t{-5}}, {}}});
  ASSERT_TRUE(writes.ok());
  ASSERT_TRUE(bus.open().ok());
  EXPECT_EQ(bus.perform(*writes->at(0)).code, OutcomeCode::ok);
  const auto outcome = bus.perform(*reads->at(1));
  ASSERT_EQ(outcome.values.size(), 1u);
  EXPECT_EQ(outcome.values[0].value, Value{std::int64_t{-5}});
}

TEST(DriverBus, PassesOnWhatTheDriverSaysAboutSettings) {
  auto plan = bus_with({});
  plan.settings = {integer_setting("block", 13)};
  EXPECT_EQ(DriverBus::create(load("acted"), plan).error().text, "bus line: blocks of 13 bring bad luck");
}

TEST(DriverBus, NamesTheDeviceAndPointThatTheDriverRefuses) {
  auto plan = bus_with({device_with({1s}), device_with(std::vector<Duration>(65, 1s))});
  plan.devices[1].points[64].name = "last";
  EXPECT_EQ(DriverBus::create(load("acted"), plan).error().text, "device device-1, point last: one point too many");
}

TEST(DriverBus, SaysWhyAValueCannotBeWritten) {
  const auto bus = DriverBus::create(load("acted"), bus_with({device_with({1s})}));
  const auto plan = (*bus)->plan_write(0, std::vector<Reading>{{0, Value{1.5}, {}}});
  EXPECT_EQ(plan.error().text, "it takes whole numbers only");
}

TEST(DriverBus, HandsFactsBack) {
  auto plan = bus_with({device_with({1s, 1s, 1s, 1s})});
  plan.facts = {{0, "longest 1"}};
  const auto bus = DriverBus::create(load("acted"), plan);
  EXPECT_EQ((*bus)->plan_read(0, kAll, {})->size(), 4u);
}

TEST(DriverBus, RefusesPlansThatMakeNoSense) {
  for (const auto* what : {"plan throws", "plan null", "plan count", "plan size", "plan device", "plan kind",
                           "plan points", "plan no points", "plan body"}) {
    const auto bus = garbage_bus(what);
    EXPECT_FALSE((*bus)->plan_read(0, kAll, {}).ok()) << what;
    EXPECT_FALSE((*bus)->plan_write(0, std::vector<Reading>{{0, Value{true}, {}}}).ok()) << what;
  }
}

TEST(DriverBus, TakesTheCostForTheWorstCaseWhenThatIsSmaller) {
  const auto plan = (*garbage_bus("plan worst"))->plan_read(0, kAll, {});
  EXPECT_EQ(plan->at(0)->worst, 10us);
}

TEST(DriverBus, TakesOutcomesThatMakeNoSenseForTroubleOfTheDevice) {
  for (const auto* what : {"throws", "size", "code", "count", "null", "value size", "value point", "value type",
                           "text null", "text size", "fact null", "fact device"}) {
    const auto outcome = perform_garbage(what);
    EXPECT_EQ(outcome.code, OutcomeCode::device) << what;
    EXPECT_EQ(outcome.reason, "driver") << what;
    EXPECT_TRUE(outcome.values.empty()) << what;
  }
}

TEST(DriverBus, DoesNotKnowTheFateOfAWriteThatEndedInNonsense) {
  auto bus = garbage_bus("throws");
  Exchange exchange;
  exchange.is_write = true;
  exchange.points = {0};
  EXPECT_EQ((*bus)->perform(exchange).code, OutcomeCode::unknown);
}

TEST(DriverBus, MakesATextBadThatIsNotUtf8) {
  const auto outcome = perform_garbage("none");
  ASSERT_EQ(outcome.values.size(), 1u);
  EXPECT_EQ(outcome.values[0].reason, "not utf-8");
}

TEST(DriverBus, FindsAReasonWhereTheDriverGivesNone) {
  EXPECT_EQ(perform_garbage("no reason").reason, "no reason given");
}

TEST(DriverBus, SurvivesADriverThatFailsToBeginWith) {
  EXPECT_FALSE(garbage_bus("create").ok());
  EXPECT_EQ(garbage_bus("add").error().text, "device device-0: the driver refuses it");
  EXPECT_FALSE((*garbage_bus("open"))->open().ok());
  EXPECT_FALSE((*garbage_bus("open throws"))->open().ok());
}

}  // namespace
}  // namespace sluice
