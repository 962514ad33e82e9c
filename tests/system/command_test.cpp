// From a message to a register, and the one answer that follows.
#include <gtest/gtest.h>

#include "tests/system/bench_site.h"
#include "tests/system/reading.h"

namespace sluice::testing {
namespace {

constexpr auto kSet = "plant/meter-1/setpoint/set";
constexpr auto kResult = "plant/meter-1/setpoint/result";
constexpr auto kWritten215 = "write 1 holding 10 215";  // 21.5 V in tenths

IsWanted result_of(const std::string& id) {
  return [id](const Received& message) { return message.topic == kResult && member_of(message.payload, "id") == id; };
}

/// A gateway with one writable device and a cloud.
class Command : public ::testing::Test {
 protected:
  Command()
      : line_((folder_.file("meter.yaml", kMeter), folder_.path() / "line-a"), "1"),
        cloud_(folder_),
        above_(cloud_.port(), "above", "plant/#"),
        gateway_(folder_, site_text(bus_text("line-a", folder_.path() / "line-a", {1}),
                                    kCommands + cloud_text(cloud_.port()) + kCommandsFromTheCloud)) {}

  void SetUp() override {
    gateway_.start();
    below_ = std::make_unique<Subscriber>(gateway_.port(), "below", "plant/#");
    ASSERT_TRUE(below_->wait_for(good_value("plant/meter-1/setpoint", 0)).has_value()) << gateway_.log();
  }

  /// The status of the answer; empty when none has come.
  std::string status_of(const std::string& id) {
    const auto result = below_->wait_for(result_of(id));
    return result ? member_of(result->payload, "status") : "";
  }

  TempDir folder_;
  ModbusLine line_;
  Cloud cloud_;
  Subscriber above_;
  GatewayUnderTest gateway_;
  std::unique_ptr<Subscriber> below_;
};

TEST_F(Command, FromALocalClientIsWrittenReadBackAndAnswered) {
  publish_once(gateway_.port(), kSet, R"({"value":21.5,"id":"a7"})");
  EXPECT_TRUE(line_.was_written(kWritten215)) << gateway_.log();
  const auto result = below_->wait_for(result_of("a7"));
  ASSERT_TRUE(result.has_value()) << gateway_.log();
  EXPECT_EQ(member_of(result->payload, "status"), "done") << result->payload;
  EXPECT_EQ(member_of(result->payload, "value"), "21.5") << result->payload;
  EXPECT_TRUE(below_->wait_for(good_value("plant/meter-1/setpoint", 21.5)).has_value()) << gateway_.log();
}

TEST_F(Command, FromTheCloudIsWrittenAndAnsweredThere) {
  // The cloud has no say before the gateway is connected and has subscribed.
  ASSERT_TRUE(above_.wait_for(on_topic("plant/meter-1/setpoint")).has_value()) << gateway_.log();
  publish_once(cloud_.port(), kSet, R"({"value":21.5,"id":"c1"})");
  EXPECT_TRUE(line_.was_written(kWritten215)) << gateway_.log();
  const auto result = above_.wait_for(result_of("c1"));
  ASSERT_TRUE(result.has_value()) << gateway_.log();
  EXPECT_EQ(member_of(result->payload, "status"), "done") << result->payload;
}

TEST_F(Command, MayBeAPlainNumber) {
  publish_once(gateway_.port(), kSet, "21.5");
  EXPECT_TRUE(line_.was_written(kWritten215)) << gateway_.log();
  const auto result = below_->wait_for(on_topic(kResult));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(member_of(result->payload, "status"), "done") << result->payload;
}

TEST_F(Command, IsAnsweredWhereItsSenderAsked) {
  Subscriber sender(gateway_.port(), "sender", "answers/mine");
  publish_once(gateway_.port(), kSet, "21.5",
               {"-D", "publish", "response-topic", "answers/mine", "-D", "publish", "correlation-data", "c-17"});
  const auto answer = sender.wait_for(on_topic("answers/mine"));
  ASSERT_TRUE(answer.has_value()) << gateway_.log();
  EXPECT_EQ(member_of(answer->payload, "status"), "done") << answer->payload;
  EXPECT_EQ(answer->correlation_data, "c-17");
}

TEST(CommandWithFewRights, IsNotAnsweredWhereItsSenderMayNotPublish) {
  TempDir folder;
  folder.file("meter.yaml", kMeter);
  const std::string rights = "  rights: { anonymous: { read: \"#\", write: \"+/+/+/set\" } }\n";
  GatewayUnderTest gateway(folder, site_text(bus_text("line-a", folder.path() / "line-a", {1}), rights + kCommands));
  gateway.start();
  Subscriber below(gateway.port(), "below", "#");
  publish_once(gateway.port(), kSet, R"({"value":500,"id":"f1"})", {"-D", "publish", "response-topic", "forged/here"});
  const auto answer = below.wait_for(
      [](const Received& message) { return message.topic != kSet && member_of(message.payload, "id") == "f1"; });
  ASSERT_TRUE(answer.has_value()) << gateway.log();
  EXPECT_EQ(answer->topic, kResult);
}

TEST_F(Command, BeyondItsLimitsIsRefusedWithTheReason) {
  publish_once(gateway_.port(), kSet, R"({"value":500,"id":"b1"})");
  EXPECT_EQ(status_of("b1"), "refused") << gateway_.log();
  const auto result = below_->wait_for(result_of("b1"));
  EXPECT_NE(result->payload.find("400"), std::string::npos) << "no limit named: " << result->payload;
}

TEST_F(Command, ThatIsNoNumberIsRefused) {
  publish_once(gateway_.port(), kSet, R"({"value":"heat","id":"b2"})");
  EXPECT_EQ(status_of("b2"), "refused") << gateway_.log();
}

TEST_F(Command, ForAPointThatCannotBeWrittenIsRefused) {
  publish_once(gateway_.port(), "plant/meter-1/counter/set", R"({"value":1,"id":"b3"})");
  const auto result = below_->wait_for(on_topic("plant/meter-1/counter/result"));
  ASSERT_TRUE(result.has_value()) << gateway_.log();
  EXPECT_EQ(member_of(result->payload, "status"), "refused") << result->payload;
  EXPECT_EQ(member_of(result->payload, "id"), "b3") << result->payload;
}

TEST_F(Command, ThatIsRetainedIsRefused) {
  publish_once(gateway_.port(), kSet, R"({"value":21.5,"id":"b4"})", {"-r"});
  EXPECT_EQ(status_of("b4"), "refused") << gateway_.log();
  EXPECT_EQ(line_.times_written(kWritten215), 0U);
}

TEST_F(Command, IsExecutedOncePerId) {
  const auto command = R"({"value":21.5,"id":"d1"})";
  publish_once(gateway_.port(), kSet, command);
  ASSERT_EQ(status_of("d1"), "done") << gateway_.log();
  publish_once(gateway_.port(), kSet, command);
  // What comes later is done later: once it is, the repetition has been dealt with.
  publish_once(gateway_.port(), kSet, R"({"value":22,"id":"d2"})");
  ASSERT_EQ(status_of("d2"), "done") << gateway_.log();
  EXPECT_EQ(line_.times_written(kWritten215), 1U);
}

TEST_F(Command, ToASilentDeviceIsUnknownOrRefusedNeverDone) {
  line_.tell("mute 1");
  publish_once(gateway_.port(), kSet, R"({"value":21.5,"id":"e1"})");
  const auto result = below_->wait_for(result_of("e1"));
  ASSERT_TRUE(result.has_value()) << gateway_.log();
  const auto status = member_of(result->payload, "status");
  EXPECT_TRUE(status == "unknown" || status == "refused") << result->payload;
}

}  // namespace
}  // namespace sluice::testing
