// What the driver refuses before anything touches a wire, and with which words.
#include "drivers/modbus/settings.h"

#include <gtest/gtest.h>

#include "drivers/modbus/bus.h"
#include "drivers/modbus/device.h"
#include "tests/unit/drivers/driver_settings.h"

namespace sluice::modbus {
namespace {

using driver::GivenDevice;
using driver::GivenSettings;

TEST(SerialFormat, TakesWhatSerialPortsHave) {
  const auto format = parse_serial_format("19200-8E1");
  ASSERT_TRUE(format.ok());
  EXPECT_EQ(format->baud, 19200);
  EXPECT_EQ(format->parity, Parity::even);
  EXPECT_EQ(format->stop_bits, 1);
  EXPECT_EQ(format->time_of(1920).count(), 1'100'000);
  EXPECT_TRUE(parse_serial_format("115200-8O2").ok());
}

TEST(SerialFormat, RefusesTheRestWithTheReason) {
  const std::pair<const char*, const char*> cases[] = {
      {"12345-8N1", "no serial port has this baud rate"},
      {"9600-8X1", "the parity is N, E or O"},
      {"9600-9N1", "RTU needs 8 data bits"},
      {"9600-8N3", "there are 1 or 2 stop bits"},
      {"9600", "after the baud rate come"},
      {"9600-8N1x", "after the baud rate come"},
      {"", "it begins with no baud rate"},
      {"-9600-8N1", "no serial port has this baud rate"},
  };
  for (const auto& [text, why] : cases) {
    const auto format = parse_serial_format(text);
    ASSERT_FALSE(format.ok()) << text;
    EXPECT_NE(format.error().text.find(why), std::string::npos) << format.error().text;
  }
}

TEST(SerialFormat, IsSilentForThreeAndAHalfCharactersButNeverTooShort) {
  EXPECT_EQ(parse_serial_format("9600-8N1")->silence().count(), 3645);
  EXPECT_EQ(parse_serial_format("115200-8N1")->silence().count(), 1750);
}

TEST(Host, HasAnAddressAndPerhapsAPort) {
  const auto both = [](const char* text) {
    const auto host = parse_host(text);
    return host.ok() ? host->host + "|" + host->service : "refused";
  };
  EXPECT_EQ(both("192.0.2.1"), "192.0.2.1|502");
  EXPECT_EQ(both("192.0.2.1:1502"), "192.0.2.1|1502");
  EXPECT_EQ(both("plc-3.example:503"), "plc-3.example|503");
  EXPECT_EQ(both("2001:db8::1"), "2001:db8::1|502");
  EXPECT_EQ(both("[2001:db8::1]:1502"), "2001:db8::1|1502");
  for (const auto* text : {"", ":502", "a:0", "a:65536", "a:x", "http://a", "[::1", "a b"}) {
    EXPECT_EQ(both(text), "refused") << text;
  }
}

std::string bus_error(GivenSettings& settings) {
  const auto bus = Bus::create(settings.settings());
  return bus.ok() ? "" : bus.error().text;
}

TEST(BusSettings, OfTheOtherTransportAreRefused) {
  EXPECT_EQ(bus_error(GivenSettings().text("transport", "ascii")),
            "transport ascii is not in this version; rtu and tcp are");
  EXPECT_NE(bus_error(GivenSettings().text("transport", "rtu")), "");
  EXPECT_NE(bus_error(GivenSettings().text("transport", "rtu").text("port", "/dev/ttyS0")), "");
  EXPECT_NE(bus_error(GivenSettings().text("transport", "tcp")), "");
  EXPECT_NE(bus_error(GivenSettings().text("transport", "tcp").text("host", "a").text("port", "/dev/ttyS0")), "");
  EXPECT_EQ(bus_error(GivenSettings().text("transport", "tcp").text("host", "a")), "");
}

std::string device_error(GivenDevice& device, Transport transport = Transport::rtu) {
  BusSettings bus;
  bus.transport = transport;
  const auto made = Device::create(bus, device.view());
  return made.ok() ? "" : made.error().text;
}

TEST(DeviceSettings, KnowTheUnitsOfTheirTransport) {
  const auto error = [](int unit, Transport transport) {
    GivenDevice device;
    device.settings.integer("unit", unit);
    return device_error(device, transport);
  };
  for (const auto unit : {1, 247}) EXPECT_EQ(error(unit, Transport::rtu), "");
  for (const auto unit : {0, 248, 255}) EXPECT_NE(error(unit, Transport::rtu), "");
  for (const auto unit : {0, 1, 255}) EXPECT_EQ(error(unit, Transport::tcp), "");
  GivenDevice none;
  EXPECT_EQ(device_error(none), "on a serial line a device needs `unit`");
  EXPECT_EQ(device_error(none, Transport::tcp), "");
}

TEST(DeviceSettings, SetTheirOwnTimesButNoSilenceThatIsTooShort) {
  BusSettings bus;
  bus.serial = *parse_serial_format("9600-8N1");
  bus.timeout = driver::Microseconds(500'000);
  bus.quiet = driver::Microseconds(50'000);
  GivenDevice given;
  given.settings.integer("unit", 1);
  EXPECT_EQ(Device::create(bus, given.view())->timeout(), bus.timeout);
  EXPECT_EQ(Device::create(bus, given.view())->quiet(), bus.quiet);
  given.settings.integer("timeout", 100'000).integer("quiet", 20'000);
  EXPECT_EQ(Device::create(bus, given.view())->timeout().count(), 100'000);
  EXPECT_EQ(Device::create(bus, given.view())->quiet().count(), 20'000);
  GivenDevice hasty;
  hasty.settings.integer("unit", 1).integer("quiet", 100);
  EXPECT_EQ(Device::create(bus, hasty.view())->quiet(), bus.serial.silence());
}

TEST(DeviceSettings, TakeRangesAndGapsThatExist) {
  GivenDevice good;
  good.settings.integer("unit", 1).ranges("legal", {{"input", 0, 65535}}).ranges("whole", {{"holding", 65530, 6}});
  good.settings.text("gaps", "24");
  EXPECT_EQ(device_error(good), "");
  GivenDevice wraps;
  wraps.settings.integer("unit", 1).ranges("whole", {{"holding", 65530, 7}});
  EXPECT_NE(device_error(wraps), "");
  GivenDevice reversed;
  reversed.settings.integer("unit", 1).ranges("legal", {{"input", 9, 3}});
  EXPECT_NE(device_error(reversed), "");
  GivenDevice gaps;
  gaps.settings.integer("unit", 1).text("gaps", "many");
  EXPECT_EQ(device_error(gaps), "gaps is auto or a number of registers, not \"many\"");
}

using Describe = void (*)(GivenSettings& point);

std::string point_error(Describe describe) {
  GivenDevice device;
  device.settings.integer("unit", 1).ranges("legal", {{"input", 0, 99}}).ranges("whole", {{"holding", 100, 10}});
  describe(device.point());
  return device_error(device);
}

TEST(PointSettings, AreTakenWhereARequestCanReadThem) {
  EXPECT_EQ(point_error([](auto& p) { p.text("table", "holding").integer("register", 65535); }), "");
  EXPECT_EQ(point_error([](auto& p) { p.text("table", "input").integer("register", 96).text("type", "uint64"); }), "");
  EXPECT_EQ(point_error([](auto& p) {
              p.text("table", "holding").integer("register", 0).ranges("bits", {{"", 4, 15}});
            }),
            "");
  EXPECT_EQ(point_error([](auto& p) { p.text("table", "coil").integer("register", 3).text("type", "bool"); }), "");
}

TEST(PointSettings, AreRefusedWithTheReason) {
  const std::pair<Describe, const char*> cases[] = {
      {[](auto& p) { p.text("table", "holding").integer("register", 65535).text("type", "float32"); },
       "leaves no room"},
      {[](auto& p) { p.text("table", "holding").integer("register", 65536); }, "from 0 to 65535"},
      {[](auto& p) { p.text("table", "holding"); }, "from 0 to 65535"},
      {[](auto& p) { p.text("table", "files").integer("register", 1); }, "table is one of"},
      {[](auto& p) { p.text("table", "coil").integer("register", 1).text("type", "uint16"); }, "that of the defaults"},
      {[](auto& p) { p.text("table", "holding").integer("register", 1).integer("bit", 16); }, "bits 0 to 15"},
      {[](auto& p) { p.text("table", "holding").integer("register", 1).integer("bit", 1).text("type", "int16"); },
       "single bit is a bool"},
      {[](auto& p) {
         p.text("table", "holding").integer("register", 1).ranges("bits", {{"", 4, 16}});
       },
       "do not lie in a value of 16"},
      {[](auto& p) {
         p.text("table", "holding").integer("register", 1).ranges("bits", {{"", 5, 4}});
       },
       "do not lie"},
      {[](auto& p) {
         p.text("table", "holding").integer("register", 1).text("type", "float32").ranges("bits", {{"", 0, 4}});
       },
       "unsigned type"},
      {[](auto& p) {
         p.text("table", "holding").integer("register", 1).integer("bit", 1).ranges("bits", {{"", 0, 4}});
       },
       "exclude"},
      {[](auto& p) { p.text("table", "holding").integer("register", 1).text("order", "ACBD"); },
       "order ACBD is unknown"},
      {[](auto& p) { p.text("table", "holding").integer("register", 1).text("type", "unit32"); },
       "type unit32 is unknown"},
      {[](auto& p) { p.text("table", "holding").integer("register", 1).text("type", "string"); }, "needs `length`"},
      {[](auto& p) { p.text("table", "holding").integer("register", 1).integer("length", 2); }, "belongs to strings"},
      {[](auto& p) { p.text("table", "coil").integer("register", 1).text("type", "uint16"); }, "a coil is a bool"},
      {[](auto& p) { p.text("table", "discrete").integer("register", 1).integer("bit", 0); }, "a discrete is a bool"},
      {[](auto& p) { p.text("table", "input").integer("register", 99).text("type", "int32"); },
       "outside what `legal` allows"},
      {[](auto& p) { p.text("table", "holding").integer("register", 109).text("type", "int32"); }, "across the border"},
  };
  for (const auto& [describe, why] : cases) {
    const auto error = point_error(describe);
    EXPECT_NE(error.find(why), std::string::npos) << error << " / " << why;
  }
}

TEST(PointSettings, AreNamedByTheirPositionWhenTheyAreRefused) {
  GivenDevice device;
  device.settings.integer("unit", 1);
  device.point().text("table", "input").integer("register", 1);
  device.point().text("table", "input").integer("register", -1);
  EXPECT_EQ(Device::create({}, device.view()).error().point, 1u);
}

std::vector<Bytes> planned_after(std::initializer_list<const char*> facts) {
  GivenDevice given;
  given.settings.integer("unit", 1);
  std::vector<std::uint32_t> all;
  for (const int first : {10, 11, 12, 13, 20}) {
    all.push_back(static_cast<std::uint32_t>(all.size()));
    given.point().text("table", "holding").integer("register", first);
  }
  auto device = Device::create({}, given.view());
  for (const auto* fact : facts) device->learn(fact);
  std::vector<Bytes> pdus;
  for (const auto& read : device->plan_read(all, {})) pdus.push_back(read.request.pdu);
  return pdus;
}

TEST(DeviceFacts, NarrowThePlanAndAreLiftedOnceTheCulpritIsKnown) {
  EXPECT_EQ(planned_after({}), (std::vector<Bytes>{{3, 0, 10, 0, 11}}));
  EXPECT_EQ(planned_after({"tight holding 10 20"}), (std::vector<Bytes>{{3, 0, 10, 0, 4}, {3, 0, 20, 0, 1}}));
  EXPECT_EQ(planned_after({"tight holding 10 20", "apart holding 10 13"}).size(), 5u);
  EXPECT_EQ(planned_after({"tight holding 10 20", "apart holding 10 13", "hole holding 12 12"}),
            (std::vector<Bytes>{{3, 0, 10, 0, 2}, {3, 0, 12, 0, 1}, {3, 0, 13, 0, 1}, {3, 0, 20, 0, 1}}));
}

TEST(DeviceFacts, ThatAreNotUnderstoodChangeNothing) {
  for (const auto* fact : {"", "hole", "hole holding", "hole coils 1 2", "hole holding 12 10", "hole holding 1 65536",
                           "hole input 12 12", "longest holding 12 12", "hole holding -1 5"}) {
    EXPECT_EQ(planned_after({fact}).size(), 1u) << fact;
  }
}

class WritePlan : public testing::Test {
 protected:
  WritePlan() {
    given_.settings.integer("unit", 1);
    given_.point().text("table", "holding").integer("register", 5);
    given_.point().text("table", "holding").integer("register", 6).text("function", "multiple");
    given_.point().text("table", "holding").integer("register", 8).text("type", "float32").text("order", "CDAB");
    given_.point().text("table", "coil").integer("register", 9);
    given_.point().text("table", "coil").integer("register", 10).text("function", "multiple");
    given_.point().text("table", "input").integer("register", 1);
    given_.point().text("table", "holding").integer("register", 7).integer("bit", 3);
    given_.point().text("table", "holding").integer("register", 20).text("type", "int32").text("function", "single");
  }
  Bytes pdu(std::uint32_t point, driver::Value value) {
    const auto request = Device::create({}, given_.view())->plan_write({point, std::move(value), {}});
    return request.ok() ? request->pdu : Bytes{};
  }
  GivenDevice given_;
};

TEST_F(WritePlan, TakesTheFunctionByTableAndSize) {
  EXPECT_EQ(pdu(0, std::int64_t{513}), (Bytes{6, 0, 5, 2, 1}));
  EXPECT_EQ(pdu(1, std::int64_t{513}), (Bytes{16, 0, 6, 0, 1, 2, 2, 1}));
  EXPECT_EQ(pdu(2, 1.0), (Bytes{16, 0, 8, 0, 2, 4, 0, 0, 0x3F, 0x80}));
  EXPECT_EQ(pdu(3, true), (Bytes{5, 0, 9, 0xFF, 0}));
  EXPECT_EQ(pdu(3, false), (Bytes{5, 0, 9, 0, 0}));
  EXPECT_EQ(pdu(4, std::int64_t{1}), (Bytes{15, 0, 10, 0, 1, 1, 1}));
}

TEST_F(WritePlan, RefusesWhatCannotBeWritten) {
  EXPECT_TRUE(pdu(0, std::int64_t{65536}).empty());
  EXPECT_TRUE(pdu(0, std::int64_t{-1}).empty());
  EXPECT_TRUE(pdu(0, 1.5).empty());
  EXPECT_TRUE(pdu(0, std::string("5")).empty());
  EXPECT_TRUE(pdu(2, std::numeric_limits<double>::infinity()).empty());
  EXPECT_TRUE(pdu(2, 1e300).empty());
  EXPECT_TRUE(pdu(3, std::int64_t{2}).empty());
  EXPECT_TRUE(pdu(5, std::int64_t{1}).empty());
  EXPECT_TRUE(pdu(6, true).empty());
  EXPECT_TRUE(pdu(7, std::int64_t{1}).empty());
  EXPECT_TRUE(pdu(99, std::int64_t{1}).empty());
}

}  // namespace
}  // namespace sluice::modbus
