#include "gateway/mapping/commands.h"

#include <gtest/gtest.h>

namespace sluice::mapping {
namespace {

using namespace std::chrono_literals;

constexpr MonotonicTime kNow{1000s};
const WallTime kWall = std::chrono::sys_days(std::chrono::year{2026} / 11 / 20) + 17h;

/// One device with one writable number.
Plan plan() {
  PointPlan level;
  level.name = "level";
  level.meaning.type = {RawType::Kind::natural, 16};
  level.meaning.access.write = true;
  DevicePlan pump;
  pump.name = "pump";
  pump.points = {level};
  BusPlan bus;
  bus.name = "line";
  bus.devices = {pump};
  Plan plan;
  plan.gateway = "g";
  plan.buses = {bus};
  return plan;
}

config::CommandRules rules() {
  config::CommandRules rules;
  rules.topic = "{gateway}/{device}/{point}/set";
  rules.result = "{gateway}/{device}/{point}/result";
  return rules;
}

Message asking(std::string payload) {
  Message message;
  message.topic = "g/pump/level/set";
  message.payload = std::move(payload);
  message.origin = {Origin::Kind::client, "client-1", "nodered"};
  message.received = kNow;
  return message;
}

class CommandsTest : public testing::Test {
 protected:
  /// The reason of the refusal; empty when the command is to be executed.
  std::string refusal(const Message& message, MonotonicTime now = kNow) {
    const auto taken = commands_.receive(message, AnswerAt::response_topic, now, kWall);
    if (!taken) return "ignored";
    const auto* refused = std::get_if<Message>(&*taken);
    if (refused == nullptr) return "";
    const auto at = refused->payload.find("\"reason\":\"");
    return refused->payload.substr(at + 10, refused->payload.size() - at - 12);
  }

  Commands commands_{plan(), rules()};
};

TEST_F(CommandsTest, AreHeardWithOneFilter) { EXPECT_EQ(commands_.filters(), std::vector<std::string>{"g/+/+/set"}); }

TEST_F(CommandsTest, AnswerWhereTheSenderAskedWithWhatItSent) {
  auto message = asking("{\"value\":5,\"id\":\"a7\"}");
  message.properties.response_topic = "answers/1";
  message.properties.correlation_data = "abc";
  const auto taken = commands_.receive(message, AnswerAt::response_topic, kNow, kWall);
  const auto result = Commands::result(std::get<Command>(*taken), CommandStatus::unknown, "no answer", kWall);
  EXPECT_EQ(result.topic, "answers/1");
  EXPECT_EQ(result.properties.correlation_data, "abc");
  EXPECT_EQ(result.payload,
            "{\"id\":\"a7\",\"status\":\"unknown\",\"value\":5,\"by\":\"nodered\","
            "\"time\":\"2026-11-20T17:00:00.000Z\",\"reason\":\"no answer\"}");
  EXPECT_EQ(result.origin.kind, Origin::Kind::gateway);
  EXPECT_FALSE(result.retain);
}

TEST_F(CommandsTest, AnswerOnTheResultTopicWhereTheResponseTopicIsOfNoUse) {
  for (const auto* topic : {"", "a/+", "$SYS/x", "g/pump/level/set"}) {
    auto message = asking("5");
    message.properties.response_topic = topic;
    const auto taken = commands_.receive(message, AnswerAt::response_topic, kNow, kWall);
    EXPECT_EQ(std::get<Command>(*taken).reply.topic, "g/pump/level/result") << topic;
  }
}

TEST_F(CommandsTest, AnswerOnTheResultTopicWhereTheSenderMayNotChoose) {
  auto message = asking("5");
  message.properties.response_topic = "answers/1";
  const auto taken = commands_.receive(message, AnswerAt::result_topic, kNow, kWall);
  EXPECT_EQ(std::get<Command>(*taken).reply.topic, "g/pump/level/result");
}

TEST_F(CommandsTest, WaitForTheirTurnUntilTheyExpireAtMost) {
  auto message = asking("5");
  const auto not_after = [&](MonotonicTime now) {
    return std::get<Command>(*commands_.receive(message, AnswerAt::result_topic, now, kWall)).not_after;
  };
  EXPECT_EQ(not_after(kNow + 1s), kNow + 1s + rules().wait);
  message.properties.expiry_seconds = 2;
  EXPECT_EQ(not_after(kNow + 1s), kNow + 2s);
  message.properties.expiry_seconds = 3600;
  EXPECT_EQ(not_after(kNow + 1s), kNow + 1s + rules().wait);
}

TEST_F(CommandsTest, AreNeverCalledRefusedWhenOneWithTheirIdMayHaveBeenDone) {
  const auto message = asking("{\"value\":5,\"id\":1}");
  commands_.receive(message, AnswerAt::result_topic, kNow, kWall);
  const auto again = commands_.receive(message, AnswerAt::result_topic, kNow, kWall);
  EXPECT_NE(std::get<Message>(*again).payload.find("\"status\":\"unknown\""), std::string::npos);
}

TEST_F(CommandsTest, AreNeverTheGatewaysOwnMessages) {
  auto message = asking("5");
  for (const auto kind : {Origin::Kind::device, Origin::Kind::gateway}) {
    message.origin = {kind, "pump", ""};
    EXPECT_EQ(refusal(message), "ignored");
  }
}

TEST_F(CommandsTest, AreRefusedWhenTheyHaveExpired) {
  auto message = asking("5");
  message.properties.expiry_seconds = 10;
  EXPECT_EQ(refusal(message, kNow + 9s), "");
  EXPECT_EQ(refusal(message, kNow + 10s), "expired");
}

TEST_F(CommandsTest, AreRefusedWhenTheyAreRetained) {
  auto message = asking("5");
  message.retain = true;
  EXPECT_EQ(refusal(message), "retained; a command is for now");
}

TEST_F(CommandsTest, ExecuteAnIdOnceAndForgetOnlyLongAfter) {
  EXPECT_EQ(refusal(asking("{\"value\":5,\"id\":1}")), "");
  EXPECT_EQ(refusal(asking("{\"value\":5,\"id\":1}")), "this id was taken already");
  EXPECT_EQ(refusal(asking("{\"value\":5,\"id\":\"1\"}")), "") << "a text is another id than a number";
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(refusal(asking("{\"value\":5,\"id\":" + std::to_string(i + 100) + "}")), "");
  EXPECT_EQ(refusal(asking("{\"value\":5,\"id\":1}")), "this id was taken already");
}

TEST_F(CommandsTest, DoNotSpendTheIdOfWhatWasRefused) {
  EXPECT_NE(refusal(asking("{\"value\":-5,\"id\":9}")), "");
  EXPECT_EQ(refusal(asking("{\"value\":5,\"id\":9}")), "");
}

TEST_F(CommandsTest, AreRefusedWithAReasonWhateverThePayload) {
  EXPECT_EQ(refusal(asking("")), "payload is empty");
  EXPECT_EQ(refusal(asking("\xFF")), "payload is not UTF-8 text");
  EXPECT_EQ(refusal(asking(std::string(5000, '1'))), "payload is too long");
  EXPECT_EQ(refusal(asking("{}")), "`value` is missing");
  EXPECT_EQ(refusal(asking("{\"value\":null}")), "`value` takes a number, a text, true or false");
  EXPECT_EQ(refusal(asking("{\"value\":[5]}")), "`value` takes a number, a text, true or false");
  EXPECT_EQ(refusal(asking("{\"value\":5,\"id\":{}}")), "`id` takes a text or a whole number");
  EXPECT_EQ(refusal(asking("{\"value\":1.5}")), "not a multiple of 1");
  EXPECT_EQ(refusal(asking("{\"value\":70000}")), "too large or too small for the device");
  EXPECT_EQ(refusal(asking("{\"value\":12345678901234567890123}")), "payload has a number beyond 64 bits");
  EXPECT_EQ(refusal(asking("  7\n")), "");
}

TEST_F(CommandsTest, ComeOnlyFromWhomTheRulesName) {
  auto named = rules();
  named.from = {"nodered", "upstream:cloud"};
  commands_ = Commands(plan(), named);
  EXPECT_EQ(refusal(asking("5")), "");
  auto message = asking("5");
  message.origin = {Origin::Kind::client, "x", "somebody"};
  EXPECT_EQ(refusal(message), "not allowed");
  message.origin = {Origin::Kind::client, "x", ""};
  EXPECT_EQ(refusal(message), "not allowed");
  message.origin = {Origin::Kind::upstream, "cloud", ""};
  EXPECT_EQ(refusal(message), "");
  message.origin = {Origin::Kind::upstream, "other", ""};
  EXPECT_EQ(refusal(message), "not allowed");
}

}  // namespace
}  // namespace sluice::mapping
