#include "gateway/mapping/translator.h"

#include <gtest/gtest.h>

#include <limits>

namespace sluice::mapping {
namespace {

using namespace std::chrono_literals;

const ReadingTime kTime{MonotonicTime(5s), std::chrono::sys_days(std::chrono::year{2026} / 11 / 20) + 17h + 123ms};

DevicePlan device() {
  PointPlan voltage;
  voltage.name = "voltage";
  voltage.topic = "g/d/voltage";
  voltage.traffic_class = TrafficClass::alarm;
  voltage.meaning.type = {RawType::Kind::single, 32};
  voltage.meaning.unit = "V \"rms\"";
  PointPlan name;
  name.name = "name";
  name.topic = "g/d/name";
  name.meaning.type = {RawType::Kind::text, 0};
  PointPlan written;
  written.name = "written";
  DevicePlan device;
  device.name = "d";
  device.points = {voltage, name, written};
  return device;
}

std::vector<Message> translated(config::PayloadForm form, const std::vector<Reading>& readings) {
  config::Publication publication;
  publication.payload = form;
  std::vector<Message> messages;
  Translator(device(), publication).translate(readings, kTime, messages);
  return messages;
}

TEST(Translator, SaysValueUnitQualityAndTime) {
  const auto messages = translated(config::PayloadForm::json, {{0, double{230.2f}, {}}});
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].payload,
            "{\"value\":230.2,\"unit\":\"V \\\"rms\\\"\",\"quality\":\"good\",\"time\":\"2026-11-20T17:00:00.123Z\"}");
  EXPECT_EQ(messages[0].topic, "g/d/voltage");
  EXPECT_EQ(messages[0].qos, QoS::at_least_once);
  EXPECT_TRUE(messages[0].retain);
  EXPECT_EQ(messages[0].traffic_class, TrafficClass::alarm);
  EXPECT_EQ(messages[0].origin, (Origin{Origin::Kind::device, "d", ""}));
  EXPECT_EQ(messages[0].received, kTime.monotonic);
}

TEST(Translator, NeverSendsAnUnusableValueAsAValue) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto form : {config::PayloadForm::json, config::PayloadForm::value}) {
    for (const auto& reading : {Reading{0, {}, "timeout"}, Reading{0, nan, {}}, Reading{0, {}, {}}}) {
      const auto message = translated(form, {reading})[0];
      const bool is_json = form == config::PayloadForm::json;
      EXPECT_EQ(message.payload.find("{\"value\":null,") == 0, is_json);
      EXPECT_EQ(message.payload.empty(), !is_json);
      EXPECT_EQ(message.properties.user.size(), is_json ? 0u : 2u);
    }
  }
}

TEST(Translator, MarksAClockThatWasNeverSet) {
  config::Publication publication;
  std::vector<Message> messages;
  const std::vector<Reading> readings{{0, 1.0, {}}};
  Translator(device(), publication).translate(readings, {{}, WallTime(5s)}, messages);
  EXPECT_NE(messages[0].payload.find("\"clock\":\"unset\"}"), std::string::npos);
}

TEST(Translator, LeavesOutWhatIsOnlyWrittenAndWhatDoesNotExist) {
  EXPECT_TRUE(translated(config::PayloadForm::json, {{2, 1.0, {}}, {3, 1.0, {}}, {4'000'000'000, 1.0, {}}}).empty());
}

TEST(Translator, PrintsTextsAsTheyAreOrQuoted) {
  EXPECT_EQ(translated(config::PayloadForm::value, {{1, std::string("a \"b\""), {}}})[0].payload, "a \"b\"");
  EXPECT_EQ(
      translated(config::PayloadForm::json, {{1, std::string("a\n"), {}}})[0].payload.find("{\"value\":\"a\\u000a\""),
      0u);
}

}  // namespace
}  // namespace sluice::mapping
