// From a register on a wire to a subscriber's screen.
#include "tests/system/reading.h"

#include <algorithm>

#include "tests/system/bench_site.h"

namespace sluice::testing {
namespace {

TEST(Reading, ReachesTheEdgeAndTheCloudAsItWasOnTheWire) {
  TempDir folder;
  folder.file("meter.yaml", kMeter);
  ModbusLine line(folder.path() / "line-a", "1");
  Cloud cloud(folder);
  Subscriber above(cloud.port(), "above", "#");
  GatewayUnderTest gateway(folder,
                           site_text(bus_text("line-a", folder.path() / "line-a", {1}), cloud_text(cloud.port())));
  gateway.start();
  Subscriber below(gateway.port(), "below", "plant/#");

  const auto before = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  line.float32(1, "input", 0, 230.2F);
  for (const auto* subscriber : {&below, &above}) {
    const auto message = subscriber->wait_for(good_value("plant/meter-1/voltage", 230.2));
    ASSERT_TRUE(message.has_value()) << gateway.log();
    EXPECT_EQ(message->qos, 1);
    const auto reading = reading_of(*message);
    EXPECT_EQ(reading.unit, "V");
    EXPECT_GE(reading.time, before);
    EXPECT_LE(reading.time, message->time);
    EXPECT_LT(message->time - reading.time, seconds(5));
  }
}

TEST(Reading, CarriesInTheCloudWhatMakesReplaysRemovable) {
  TempDir folder;
  folder.file("meter.yaml", kMeter);
  ModbusLine line(folder.path() / "line-a", "1");
  Cloud cloud(folder);
  Subscriber above(cloud.port(), "above", "plant/#");
  GatewayUnderTest gateway(folder,
                           site_text(bus_text("line-a", folder.path() / "line-a", {1}), cloud_text(cloud.port())));
  gateway.start();

  const auto message = above.wait_for(on_topic("plant/meter-1/voltage"));
  ASSERT_TRUE(message.has_value()) << gateway.log();
  EXPECT_EQ(message->user.at("sluice-gateway"), "plant");
  for (const auto* name : {"sluice-stream", "sluice-epoch", "sluice-seq"}) {
    EXPECT_TRUE(message->user.contains(name)) << name;
  }
}

TEST(Reading, IsRetainedForWhoComesLater) {
  TempDir folder;
  folder.file("meter.yaml", kMeter);
  ModbusLine line(folder.path() / "line-a", "1");
  GatewayUnderTest gateway(folder, site_text(bus_text("line-a", folder.path() / "line-a", {1})));
  gateway.start();
  Subscriber first(gateway.port(), "first", "plant/meter-1/voltage");
  ASSERT_TRUE(first.wait_for(on_topic("plant/meter-1/voltage")).has_value());

  Subscriber later(gateway.port(), "later", "plant/meter-1/voltage");
  const auto message = later.wait_for(on_topic("plant/meter-1/voltage"));
  ASSERT_TRUE(message.has_value());
  EXPECT_TRUE(message->retain);
}

TEST(SilentDevice, IsBadWithTheReasonAndOfflineUntilItSpeaksAgain) {
  TempDir folder;
  folder.file("meter.yaml", kMeter);
  ModbusLine line(folder.path() / "line-a", "1");
  line.float32(1, "input", 0, 1.5F);
  GatewayUnderTest gateway(folder, site_text(bus_text("line-a", folder.path() / "line-a", {1})));
  gateway.start();
  Subscriber below(gateway.port(), "below", "plant/meter-1/#");
  ASSERT_TRUE(below.wait_for(good_value("plant/meter-1/voltage", 1.5)).has_value()) << gateway.log();
  const auto status_is = [](const std::string& text) {
    return
        [text](const Received& message) { return message.topic == "plant/meter-1/status" && message.payload == text; };
  };
  ASSERT_TRUE(below.wait_for(status_is("online")).has_value()) << gateway.log();

  line.tell("mute 1");
  // The point that was asked for has timed out; those that are not asked for any more are of a silent device.
  const auto timed_out = bad_because("plant/meter-1/voltage", "timeout");
  const auto silent = bad_because("plant/meter-1/voltage", "silent");
  EXPECT_TRUE(
      below.wait_for([&](const Received& message) { return timed_out(message) || silent(message); }).has_value())
      << gateway.log();
  EXPECT_TRUE(below.wait_for(status_is("offline")).has_value()) << gateway.log();
  Subscriber later(gateway.port(), "later", "plant/meter-1/status");
  const auto retained = later.wait_for(status_is("offline"));
  ASSERT_TRUE(retained.has_value());
  EXPECT_TRUE(retained->retain);

  line.float32(1, "input", 0, 2.5F);
  line.tell("unmute 1");
  EXPECT_TRUE(below.wait_for(good_value("plant/meter-1/voltage", 2.5), seconds(40)).has_value()) << gateway.log();
  EXPECT_TRUE(later.wait_for(status_is("online")).has_value()) << gateway.log();
}

/// Times of the readings of one topic, in the order of arrival.
std::vector<std::chrono::system_clock::time_point> times_of(const Subscriber& subscriber, const std::string& topic) {
  std::vector<std::chrono::system_clock::time_point> times;
  for (const auto& message : subscriber.all()) {
    if (message.topic == topic && !message.retain) times.push_back(reading_of(message).time);
  }
  return times;
}

TEST(SilentDevice, LeavesTheOthersTheirPeriod) {
  constexpr auto kPeriod = seconds(1);
  constexpr std::size_t kReadings = 12;
  TempDir folder;
  folder.file("meter.yaml",
              "device: Meter\nprotocol: modbus\npoints:\n"
              "  level: { table: input, register: 0, type: uint16, every: 1s }\n");
  ModbusLine line(folder.path() / "line-a", "1,2,3");
  line.tell("mute 2");
  GatewayUnderTest gateway(folder, site_text(bus_text("line-a", folder.path() / "line-a", {1, 2, 3})));
  gateway.start();
  Subscriber below(gateway.port(), "below", "plant/#");
  ASSERT_TRUE(gateway.logs("meter-2 does not answer")) << gateway.log();

  for (const auto* topic : {"plant/meter-1/level", "plant/meter-3/level"}) {
    std::size_t seen = 0;
    ASSERT_TRUE(below.wait_for([&](const Received& message) { return message.topic == topic && ++seen > kReadings; },
                               seconds(30)))
        << gateway.log();
    const auto times = times_of(below, topic);
    const auto mean = (times.back() - times.front()) / (times.size() - 1);
    EXPECT_GT(mean, kPeriod * 0.9) << topic;
    EXPECT_LT(mean, kPeriod * 1.1) << topic;
  }
}

TEST(MissingPort, IsReportedRetriedAndPolledOnceItIsThere) {
  TempDir folder;
  folder.file("meter.yaml", kMeter);
  ModbusLine line(folder.path() / "line-a", "1");
  const auto later_port = folder.path() / "line-b";
  GatewayUnderTest gateway(
      folder, site_text(bus_text("line-a", folder.path() / "line-a", {1}) + bus_text("line-b", later_port, {2})));
  gateway.start();
  EXPECT_TRUE(gateway.logs(later_port.string())) << gateway.log();
  Subscriber below(gateway.port(), "below", "plant/#");
  ASSERT_TRUE(below.wait_for(good_value("plant/meter-1/voltage", 0)).has_value()) << gateway.log();

  ModbusLine appears(later_port, "2");
  appears.float32(2, "input", 0, 4.5F);
  EXPECT_TRUE(below.wait_for(good_value("plant/meter-2/voltage", 4.5), seconds(30)).has_value()) << gateway.log();
}

}  // namespace
}  // namespace sluice::testing
