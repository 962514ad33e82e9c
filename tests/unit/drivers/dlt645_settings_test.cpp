#include "drivers/dlt645/settings.h"

#include <gtest/gtest.h>

#include <functional>

#include "drivers/dlt645/bus.h"
#include "tests/unit/drivers/driver_settings.h"

namespace sluice::dlt645 {
namespace {

using driver::GivenDevice;
using driver::GivenSettings;

std::unique_ptr<driver::Bus> make_bus(const char* serial = "2400-8E1") {
  GivenSettings settings;
  settings.text("port", "/dev/nowhere").text("serial", serial);
  return std::move(*Bus::create(settings.settings()));
}

/// Why a meter with one point is refused.
std::string refusal(GivenDevice& device) {
  const auto added = make_bus()->add_device(device.view());
  return added.ok() ? "" : added.error().text;
}

std::string point_refusal(const std::function<void(GivenSettings&)>& describe, const char* version = "2007") {
  GivenDevice device;
  device.settings.text("address", "000000000161").text("version", version);
  device.point().text("item", version == std::string("2007") ? "00010000" : "9010").integer("digits", 8);
  describe(device.point());
  const auto added = make_bus()->add_device(device.view());
  if (added.ok()) return "";
  EXPECT_EQ(added.error().point, 1u);
  return added.error().text;
}

TEST(Dlt645Settings, ReadAddressesAsTheyArePrintedOnMeters) {
  EXPECT_EQ(*parse_address("123456789012"), (Address{0x12, 0x90, 0x78, 0x56, 0x34, 0x12}));
  EXPECT_EQ(*parse_address("AAAAAAAAAAAA"), kAnyMeter);
  for (const auto* bad : {"", "1", "12345678901", "1234567890123", "12345678901A", "00000000 161", "999999999999",
                          "aaaaaaaaaaaa", "AAAAAAAA0161", "+12345678901"}) {
    EXPECT_FALSE(parse_address(bad).ok()) << bad;
  }
}

TEST(Dlt645Settings, ReadItemsAsTheStandardPrintsThem) {
  EXPECT_EQ(*parse_item("02010100", Version::v2007), (Item{0x00, 0x01, 0x01, 0x02}));
  EXPECT_EQ(*parse_item("9010", Version::v1997), (Item{0x10, 0x90}));
  EXPECT_EQ(*parse_item("0400010c", Version::v2007), (Item{0x0C, 0x01, 0x00, 0x04}));
  for (const auto* bad : {"", "9010", "0201010", "020101000", "0x010100", "0201 100", "0201010G"}) {
    EXPECT_FALSE(parse_item(bad, Version::v2007).ok()) << bad;
  }
  EXPECT_FALSE(parse_item("02010100", Version::v1997).ok());
}

TEST(Dlt645Settings, RefuseBlocksOfItems) {
  for (const auto* block : {"0001FF00", "0201FF00", "00FF0000", "020101FF"}) {
    const auto item = parse_item(block, Version::v2007);
    ASSERT_FALSE(item.ok());
    EXPECT_NE(item.error().text.find("is a block of items"), std::string::npos) << item.error().text;
  }
  for (const auto* block : {"901F", "90F0", "B6FF"}) EXPECT_FALSE(parse_item(block, Version::v1997).ok()) << block;
}

TEST(Dlt645Settings, ReadSerialFormats) {
  const auto format = parse_serial_format("2400-8E1");
  ASSERT_TRUE(format.ok());
  EXPECT_EQ(format->time_of(24).count(), 110'000) << "11 bits a character";
  EXPECT_EQ(parse_serial_format("9600-8N1")->time_of(96).count(), 100'000);
  for (const auto* bad : {"", "2400", "2401-8E1", "2400-7E1", "2400-8X1", "2400-8E3", "2400-8E11", "-8E1"}) {
    EXPECT_FALSE(parse_serial_format(bad).ok()) << bad;
  }
}

TEST(Dlt645Settings, SayWhichPointIsWrongAndWhy) {
  EXPECT_EQ(point_refusal([](auto& point) { point.text("item", "02010100").integer("digits", 4); }), "");
  EXPECT_NE(point_refusal([](auto& point) { point.text("item", "0201"); }).find("is not 8 hex digits"),
            std::string::npos);
  EXPECT_NE(point_refusal([](auto& point) { point.text("item", "02010100"); }, "1997").find("is not 4 hex digits"),
            std::string::npos);
  EXPECT_NE(point_refusal([](auto& point) { point.text("item", "02010100"); }).find("needs `digits`"),
            std::string::npos);
  EXPECT_NE(
      point_refusal([](auto& point) { point.text("item", "0400040B").text("type", "string"); }).find("needs `length`"),
      std::string::npos);
  const auto mixed = [](auto& point) {
    point.text("item", "0400040B").text("type", "string").integer("length", 10).integer("digits", 8);
  };
  EXPECT_NE(point_refusal(mixed).find("belong to type bcd"), std::string::npos);
}

TEST(Dlt645Settings, AllowTheWildcardToAMeterThatIsAlone) {
  GivenDevice any;
  any.settings.text("address", "AAAAAAAAAAAA");
  GivenDevice one;
  one.settings.text("address", "000000000161");
  EXPECT_EQ(refusal(any), "");
  const auto wildcard_second = make_bus();
  ASSERT_TRUE(wildcard_second->add_device(one.view()).ok());
  EXPECT_FALSE(wildcard_second->add_device(any.view()).ok());
  const auto wildcard_first = make_bus();
  ASSERT_TRUE(wildcard_first->add_device(any.view()).ok());
  EXPECT_FALSE(wildcard_first->add_device(one.view()).ok());
}

class Dlt645Plan : public testing::Test {
 protected:
  void SetUp() override {
    GivenDevice meter;
    meter.settings.text("address", "000000000161");
    meter.point().text("item", "00010000").integer("digits", 8);
    meter.point().text("item", "02010100").integer("digits", 4);
    meter.point().text("item", "00010000").integer("digits", 8);
    ASSERT_TRUE(bus_->add_device(meter.view()).ok());
  }
  using Points = std::vector<std::uint32_t>;

  std::unique_ptr<driver::Bus> bus_ = make_bus();
};

TEST_F(Dlt645Plan, AsksForEachItemOnce) {
  const auto plan = bus_->plan_read(0, Points{0, 1, 2}, {});
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_EQ(plan[0].points, (Points{0, 2}));
  EXPECT_EQ(plan[1].points, (Points{1}));
}

TEST_F(Dlt645Plan, LetsOnlyPointsOfTheSameItemRideAlong) {
  const auto plan = bus_->plan_read(0, Points{0}, Points{0, 1, 2});
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan[0].points, (Points{0, 2}));
}

TEST_F(Dlt645Plan, CountsTheTimeOnTheWire) {
  const auto exchange = bus_->plan_read(0, Points{0}, {}).at(0);
  // 20 bytes there and 24 back at 11 bits each; 20 ms of silence; 100 ms, or 600 ms and some grace, of thought.
  const auto wire = 44 * 11 * 1'000'000 / 2400;
  EXPECT_NEAR(static_cast<double>(exchange.cost.count()), wire + 120'000, 2);
  EXPECT_NEAR(static_cast<double>(exchange.worst.count()), wire + 840'000, 2);
}

TEST_F(Dlt645Plan, RefusesWritesWithASentence) {
  const driver::PointValue wanted[] = {{0, std::uint64_t{1}, {}}};
  const auto plan = bus_->plan_write(0, wanted);
  ASSERT_FALSE(plan.ok());
  EXPECT_NE(plan.error().text.find("password"), std::string::npos);
}

}  // namespace
}  // namespace sluice::dlt645
