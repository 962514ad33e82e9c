#include "drivers/dlt645/twin.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <thread>

#include "drivers/dlt645/bus.h"
#include "tests/unit/drivers/driver_settings.h"
#include "tests/unit/drivers/pseudo_terminal.h"

namespace sluice::dlt645 {
namespace {

using driver::Code;
using driver::GivenDevice;
using driver::GivenSettings;
using driver::PointValue;

/// Runs a twin on a thread of its own until the end of the test.
class Serving {
 public:
  explicit Serving(driver::Twin& twin)
      : wake_(::eventfd(0, EFD_CLOEXEC)),
        thread_([this, &twin] { twin.serve(wake_.get(), std::chrono::seconds(60)); }) {}
  ~Serving() {
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(wake_.get(), &one, sizeof one), static_cast<ssize_t>(sizeof one));
    thread_.join();
  }

 private:
  modbus::Descriptor wake_;
  std::thread thread_;
};

void describe_new_meter(GivenDevice& device, const char* address) {
  device.settings.text("address", address);
  device.point().text("item", "00010000").integer("digits", 8);
  device.point().text("item", "02030000").integer("digits", 6).integer("signed", 1);
  device.point().text("item", "0400040B").text("type", "string").integer("length", 10);
}

void describe_old_meter(GivenDevice& device) {
  device.settings.text("address", "000000000097").text("version", "1997");
  device.point().text("item", "9010").integer("digits", 8);
}

class Dlt645Twin : public testing::Test {
 protected:
  Dlt645Twin() {
    GivenSettings settings;
    settings.text("port", line_.name()).text("serial", "115200-8E1").integer("timeout", 100'000);
    settings.integer("quiet", 1'000);
    bus_ = std::move(*Bus::create(settings.settings()));
    twin_ = std::move(*Twin::create(GivenSettings().settings(), line_.master()));
    GivenDevice first, second, old;
    describe_new_meter(first, "000000000161");
    describe_new_meter(second, "000000000162");
    describe_old_meter(old);
    for (const auto* device : {&first, &second, &old}) {
      EXPECT_TRUE(bus_->add_device(device->view()).ok());
      EXPECT_TRUE(twin_->add_device(device->view()).ok());
    }
    EXPECT_TRUE(bus_->open().ok());
  }

  PointValue read(std::uint32_t device, std::uint32_t point) {
    const auto outcome = bus_->perform(bus_->plan_read(device, std::span(&point, 1), {}).at(0));
    return outcome.code == Code::ok ? outcome.values.at(0) : PointValue{point, {}, outcome.reason};
  }

  modbus::PseudoTerminal line_;
  std::unique_ptr<driver::Bus> bus_;
  std::unique_ptr<driver::Twin> twin_;
};

TEST_F(Dlt645Twin, ActsOutSeveralMetersOnOneLine) {
  const PointValue energy{0, std::uint64_t{12345678}, {}};
  const PointValue power{1, std::int64_t{-12345}, {}};
  const PointValue model{2, std::string("DDS-645"), {}};
  const PointValue old_energy{0, std::uint64_t{97}, {}};
  for (const auto& value : {energy, power, model}) ASSERT_TRUE(twin_->set(1, value).ok());
  ASSERT_TRUE(twin_->set(2, old_energy).ok());
  const Serving serving(*twin_);
  EXPECT_EQ(read(0, 0), (PointValue{0, std::uint64_t{0}, {}})) << "nothing was set yet";
  EXPECT_EQ(read(0, 2), (PointValue{2, std::string(), {}}));
  EXPECT_EQ(read(1, 0), energy);
  EXPECT_EQ(read(1, 1), power);
  EXPECT_EQ(read(1, 2), model);
  EXPECT_EQ(read(2, 0), old_energy);
}

TEST_F(Dlt645Twin, IsSilentWhileMute) {
  ASSERT_TRUE(twin_->mute(0, true));
  {
    const Serving serving(*twin_);
    EXPECT_EQ(read(0, 0).reason, "timeout");
    EXPECT_EQ(read(1, 0).reason, "");
  }
  ASSERT_TRUE(twin_->mute(0, false));
  const Serving serving(*twin_);
  EXPECT_EQ(read(0, 0).reason, "");
  EXPECT_FALSE(twin_->mute(3, true));
}

TEST_F(Dlt645Twin, HasNoItemsButItsPoints) {
  GivenDevice larger;
  larger.settings.text("address", "000000000163");
  larger.point().text("item", "00020000").integer("digits", 8);
  ASSERT_TRUE(bus_->add_device(larger.view()).ok());
  GivenDevice smaller;
  describe_new_meter(smaller, "000000000163");
  ASSERT_TRUE(twin_->add_device(smaller.view()).ok());
  const Serving serving(*twin_);
  EXPECT_EQ(read(3, 0).reason, "no such item");
}

TEST_F(Dlt645Twin, AnswersTheWildcardWithItsOwnAddress) {
  GivenDevice any;
  any.settings.text("address", "AAAAAAAAAAAA");
  EXPECT_FALSE(twin_->add_device(any.view()).ok());
  any.point().text("item", "00010000").integer("digits", 8);
  bus_->close();
  GivenSettings settings;
  settings.text("port", line_.name()).text("serial", "115200-8E1").integer("timeout", 100'000);
  const auto lonely = std::move(*Bus::create(settings.settings()));
  ASSERT_TRUE(lonely->add_device(any.view()).ok());
  ASSERT_TRUE(lonely->open().ok());
  ASSERT_TRUE(twin_->set(1, {0, std::uint64_t{162}, {}}).ok());
  ASSERT_TRUE(twin_->mute(0, true));
  const Serving serving(*twin_);
  const std::uint32_t point = 0;
  const auto outcome = lonely->perform(lonely->plan_read(0, std::span(&point, 1), {}).at(0));
  EXPECT_EQ(outcome.values, (std::vector<PointValue>{{0, std::uint64_t{162}, {}}})) << outcome.reason;
}

TEST_F(Dlt645Twin, RefusesValuesThatTheItemCannotHold) {
  EXPECT_FALSE(twin_->set(0, {0, std::uint64_t{100000000}, {}}).ok());
  EXPECT_FALSE(twin_->set(0, {3, std::uint64_t{0}, {}}).ok());
  EXPECT_FALSE(twin_->set(9, {0, std::uint64_t{0}, {}}).ok());
}

TEST_F(Dlt645Twin, RefusesTwoMetersWithOneAddress) {
  GivenDevice again;
  describe_new_meter(again, "000000000161");
  EXPECT_FALSE(twin_->add_device(again.view()).ok());
}

}  // namespace
}  // namespace sluice::dlt645
