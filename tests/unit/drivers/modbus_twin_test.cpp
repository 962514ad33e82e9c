#include "drivers/modbus/twin.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <thread>

#include "drivers/modbus/bus.h"
#include "tests/unit/drivers/driver_settings.h"
#include "tests/unit/drivers/pseudo_terminal.h"

namespace sluice::modbus {
namespace {

using driver::Code;
using driver::GivenDevice;
using driver::GivenSettings;
using driver::PointValue;
using driver::Value;

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
  Descriptor wake_;
  std::thread thread_;
};

GivenSettings& add_serial(GivenSettings& settings, const std::string& port) {
  return settings.text("transport", "rtu").text("port", port).text("serial", "115200-8N1").integer("timeout", 100'000);
}

/// A meter with a value of each kind; its registers lie apart, so there are gaps to read through.
void describe_meter(GivenDevice& device, int unit) {
  device.settings.integer("unit", unit).ranges("legal", {{"input", 0, 29}, {"holding", 0, 9}});
  device.point().text("table", "input").integer("register", 0).text("type", "float32");
  device.point().text("table", "input").integer("register", 6).text("type", "int32").text("order", "CDAB");
  device.point().text("table", "input").integer("register", 20).text("type", "string").integer("length", 4);
  device.point().text("table", "holding").integer("register", 3).text("type", "int16");
  device.point().text("table", "coil").integer("register", 1);
  device.point().text("table", "input").integer("register", 29).integer("bit", 5);
}

void set_meter(driver::Twin& twin, std::uint32_t device, double first) {
  ASSERT_TRUE(twin.set(device, {0, first, {}}).ok());
  ASSERT_TRUE(twin.set(device, {1, std::int64_t{-70000}, {}}).ok());
  ASSERT_TRUE(twin.set(device, {2, std::string("SN-1"), {}}).ok());
  ASSERT_TRUE(twin.set(device, {3, std::int64_t{-5}, {}}).ok());
  ASSERT_TRUE(twin.set(device, {4, true, {}}).ok());
  ASSERT_TRUE(twin.set(device, {5, true, {}}).ok());
}

std::vector<PointValue> read_all(driver::Bus& bus, std::uint32_t device) {
  const std::uint32_t all[] = {0, 1, 2, 3, 4, 5};
  std::vector<PointValue> values;
  for (const auto& exchange : bus.plan_read(device, all, {})) {
    const auto outcome = bus.perform(exchange);
    EXPECT_EQ(outcome.code, Code::ok) << outcome.reason;
    values.insert(values.end(), outcome.values.begin(), outcome.values.end());
  }
  std::ranges::sort(values, {}, &PointValue::point);
  return values;
}

std::vector<PointValue> meter_values(double first) {
  return {{0, first, {}},
          {1, std::int64_t{-70000}, {}},
          {2, std::string("SN-1"), {}},
          {3, std::int64_t{-5}, {}},
          {4, true, {}},
          {5, true, {}}};
}

TEST(ModbusTwin, IsReadByTheDriverWithSeveralUnitsOnOneLine) {
  PseudoTerminal line;
  GivenSettings settings;
  add_serial(settings, line.name());
  GivenDevice first, second;
  describe_meter(first, 1);
  describe_meter(second, 2);
  auto twin = Twin::create(settings.settings(), line.master());
  ASSERT_TRUE(twin.ok()) << twin.error().text;
  auto bus = Bus::create(settings.settings());
  ASSERT_TRUE(bus.ok()) << bus.error().text;
  for (const auto* device : {&first, &second}) {
    ASSERT_TRUE((*twin)->add_device(device->view()).ok());
    ASSERT_TRUE((*bus)->add_device(device->view()).ok());
  }
  set_meter(**twin, 0, 230.5);
  set_meter(**twin, 1, 231.5);
  ASSERT_TRUE((*bus)->open().ok());
  Serving serving(**twin);
  EXPECT_EQ(read_all(**bus, 0), meter_values(230.5));
  EXPECT_EQ(read_all(**bus, 1), meter_values(231.5));
}

TEST(ModbusTwin, HandsOutWhatWasWrittenOnceTheDriverHasItConfirmed) {
  PseudoTerminal line;
  GivenSettings settings;
  add_serial(settings, line.name());
  GivenDevice meter;
  describe_meter(meter, 1);
  auto twin = Twin::create(settings.settings(), line.master());
  auto bus = Bus::create(settings.settings());
  ASSERT_TRUE(twin.ok() && bus.ok());
  ASSERT_TRUE((*twin)->add_device(meter.view()).ok() && (*bus)->add_device(meter.view()).ok());
  ASSERT_TRUE((*bus)->open().ok());
  {
    Serving serving(**twin);
    const PointValue wanted[] = {{3, std::int64_t{-123}, {}}, {4, true, {}}};
    const auto plan = (*bus)->plan_write(0, wanted);
    ASSERT_TRUE(plan.ok() && plan->size() == 2);
    for (const auto& exchange : *plan) EXPECT_EQ((*bus)->perform(exchange).code, Code::ok);
  }
  EXPECT_EQ((*twin)->next_written()->value, (PointValue{3, std::int64_t{-123}, {}}));
  EXPECT_EQ((*twin)->next_written()->value, (PointValue{4, true, {}}));
  EXPECT_FALSE((*twin)->next_written());
}

TEST(ModbusTwin, AnswersOverTcp) {
  Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener.get(), 5), 0);
  ASSERT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  GivenSettings settings;
  settings.text("transport", "tcp").text("host", "127.0.0.1:" + std::to_string(ntohs(address.sin_port)));
  GivenDevice meter;
  describe_meter(meter, 126);
  auto twin = Twin::create(settings.settings(), listener.get());
  auto bus = Bus::create(settings.settings());
  ASSERT_TRUE(twin.ok() && bus.ok());
  ASSERT_TRUE((*twin)->add_device(meter.view()).ok() && (*bus)->add_device(meter.view()).ok());
  set_meter(**twin, 0, 1.5);
  Serving serving(**twin);
  ASSERT_TRUE((*bus)->open().ok());
  EXPECT_EQ(read_all(**bus, 0), meter_values(1.5));
}

}  // namespace
}  // namespace sluice::modbus
