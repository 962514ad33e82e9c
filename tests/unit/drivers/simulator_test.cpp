#include <gtest/gtest.h>

#include "drivers/simulator/bus.h"
#include "tests/unit/drivers/driver_settings.h"

namespace sluice::simulator {
namespace {

using driver::Code;
using driver::GivenDevice;
using driver::GivenSettings;
using driver::PointValue;
using driver::Value;
using namespace std::chrono_literals;

TEST(Signal, MovesAsItsShapeSays) {
  const Signal ramp{Shape::ramp, Type::real, 10, 20, 100s, {}};
  EXPECT_DOUBLE_EQ(position_of(ramp, 0s), 10);
  EXPECT_DOUBLE_EQ(position_of(ramp, 50s), 15);
  EXPECT_DOUBLE_EQ(position_of(ramp, 150s), 15);
  const Signal sine{Shape::sine, Type::real, 10, 20, 100s, {}};
  EXPECT_NEAR(position_of(sine, 0s), 10, 1e-9);
  EXPECT_NEAR(position_of(sine, 25s), 15, 1e-9);
  EXPECT_NEAR(position_of(sine, 50s), 20, 1e-9);
  const Signal counter{Shape::counter, Type::natural, 1000, 0, 2s, {}};
  EXPECT_EQ(value_of(counter, 9s), Value(std::uint64_t{1004}));
  const Signal constant{Shape::constant, Type::integer, -3, 0, 1s, {}};
  EXPECT_EQ(value_of(constant, 9s), Value(std::int64_t{-3}));
}

TEST(Signal, IsRandomWithinItsLimitsAndTheSameForTheSameTime) {
  const Signal random{Shape::random, Type::real, -1, 1, 1s, {}};
  double sum = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto position = position_of(random, std::chrono::milliseconds(i));
    EXPECT_GE(position, -1);
    EXPECT_LT(position, 1);
    EXPECT_EQ(position, position_of(random, std::chrono::milliseconds(i)));
    sum += position;
  }
  EXPECT_NEAR(sum / 1000, 0, 0.1);
}

TEST(Signal, ConvertsOnlyWhatItsTypeCanHold) {
  const auto convert = [](Type type, Value value) {
    Signal signal;
    signal.type = type;
    const auto converted_value = converted(signal, value);
    return converted_value.ok() ? *converted_value : Value();
  };
  EXPECT_EQ(convert(Type::integer, 5.0), Value(std::int64_t{5}));
  EXPECT_EQ(convert(Type::integer, 5.5), Value());
  EXPECT_EQ(convert(Type::natural, std::int64_t{-1}), Value());
  EXPECT_EQ(convert(Type::real, std::int64_t{2}), Value(2.0));
  EXPECT_EQ(convert(Type::real, std::numeric_limits<double>::infinity()), Value());
  EXPECT_EQ(convert(Type::boolean, std::int64_t{1}), Value(true));
  EXPECT_EQ(convert(Type::boolean, std::int64_t{2}), Value());
  EXPECT_EQ(convert(Type::text, std::string("on")), Value(std::string("on")));
  EXPECT_EQ(convert(Type::text, true), Value());
}

class SimulatorBus : public testing::Test {
 protected:
  SimulatorBus() {
    GivenSettings settings;
    settings.integer("timeout", 1000);
    bus_ = std::move(*Bus::create(settings.settings()));
  }
  void add_device(const char* answer) {
    GivenDevice device;
    device.settings.text("answer", answer).integer("delay", 0);
    device.point().number("from", 21.5);
    device.point().text("type", "text").text("text", "ready");
    device.point().text("type", "int").number("from", 4);
    ASSERT_TRUE(bus_->add_device(device.view()).ok());
    ASSERT_TRUE(bus_->open().ok());
  }
  driver::Outcome read() {
    const std::uint32_t must[] = {0, 2};
    const std::uint32_t may[] = {1};
    const auto plan = bus_->plan_read(0, must, may);
    EXPECT_EQ(plan.size(), 1u);
    return bus_->perform(plan.at(0));
  }
  std::unique_ptr<driver::Bus> bus_;
};

TEST_F(SimulatorBus, AnswersAllThatIsAskedInOneExchange) {
  add_device("ok");
  const auto outcome = read();
  EXPECT_EQ(outcome.code, Code::ok);
  EXPECT_TRUE(outcome.answered);
  EXPECT_EQ(outcome.values,
            (std::vector<PointValue>{{0, 21.5, {}}, {2, std::int64_t{4}, {}}, {1, std::string("ready"), {}}}));
}

TEST_F(SimulatorBus, KeepsWhatIsWritten) {
  add_device("ok");
  const PointValue wanted[] = {{0, 30.25, {}}, {1, std::string("busy"), {}}, {2, std::int64_t{-9}, {}}};
  const auto plan = bus_->plan_write(0, wanted);
  ASSERT_TRUE(plan.ok());
  for (const auto& exchange : *plan) EXPECT_EQ(bus_->perform(exchange).code, Code::ok);
  EXPECT_EQ(read().values,
            (std::vector<PointValue>{{0, 30.25, {}}, {2, std::int64_t{-9}, {}}, {1, std::string("busy"), {}}}));
  const PointValue wrong[] = {{2, 1.5, {}}};
  EXPECT_FALSE(bus_->plan_write(0, wrong).ok());
}

TEST_F(SimulatorBus, IsSilentOrRefusesOnRequest) {
  add_device("silent");
  EXPECT_EQ(read().code, Code::retry);
  EXPECT_FALSE(read().answered);
  bus_ = std::move(*Bus::create({}));
  add_device("refuse");
  EXPECT_EQ(read().code, Code::refused);
  EXPECT_TRUE(read().answered);
}

}  // namespace
}  // namespace sluice::simulator
