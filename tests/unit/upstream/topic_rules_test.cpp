#include "broker/upstream/topic_rules.h"

#include <gtest/gtest.h>

#include "gateway/base/topic.h"

namespace sluice::upstream {
namespace {

Settings sending(std::vector<SendRule> rules) {
  Settings settings;
  settings.name = "cloud";
  settings.gateway = "plant7";
  settings.send = std::move(rules);
  return settings;
}

SendRule rule(std::vector<std::string> topics, std::string as = "{topic}") {
  SendRule made;
  made.topics = std::move(topics);
  made.as = std::move(as);
  return made;
}

Message message(std::string topic, QoS qos = QoS::at_least_once) {
  Message made;
  made.topic = std::move(topic);
  made.qos = qos;
  return made;
}

std::string complaint(SendRule with) {
  const auto compiled = SendRules::compile(sending({std::move(with)}));
  return compiled ? "" : compiled.error().text;
}

/// The topic under which `topic` goes upstream by a single rule; "-" when it does not.
std::string sent_as(const std::string& filter, const std::string& as, const std::string& topic) {
  const auto rules = SendRules::compile(sending({rule({filter}, as)}));
  EXPECT_TRUE(rules.ok()) << rules.error().text;
  const auto route = rules->route(message(topic));
  return route ? route->topic : "-";
}

TEST(TopicTemplate, FillsEachPlaceholder) {
  EXPECT_EQ(sent_as("#", "{topic}", "a/b/c"), "a/b/c");
  EXPECT_EQ(sent_as("#", "site/{topic}", "a/b"), "site/a/b");
  EXPECT_EQ(sent_as("a/b/c", "{topic:1}-{topic:2}-{topic:3}", "a/b/c"), "a-b-c");
  EXPECT_EQ(sent_as("a/b/c", "{topic:2..}", "a/b/c"), "b/c");
  EXPECT_EQ(sent_as("a/b/c", "{topic:1..}", "a/b/c"), "a/b/c");
  EXPECT_EQ(sent_as("a/b/c", "{topic:3..}", "a/b/c"), "c");
  EXPECT_EQ(sent_as("modules/+/+/status", "devices/{gateway}/{1}/{2}/status", "modules/x/y/status"),
            "devices/plant7/x/y/status");
  EXPECT_EQ(sent_as("+/+", "{2}/{1}", "a/b"), "b/a");
  EXPECT_EQ(sent_as("a/#", "z/{#}", "a/b/c"), "z/b/c");
  EXPECT_EQ(sent_as("+/b/#", "{1}/{#}", "a/b/c/d"), "a/c/d");
  EXPECT_EQ(sent_as("#", "{#}", "a/b"), "a/b");
  EXPECT_EQ(sent_as("a", "{{{topic}}", "a"), "{a}");
}

TEST(TopicTemplate, KeepsEmptyLevels) {
  EXPECT_EQ(sent_as("#", "{topic:1}x{topic:2}x{topic:3}", "/a/"), "xax");
  EXPECT_EQ(sent_as("#", "{topic:2..}", "/a//b"), "a//b");
  EXPECT_EQ(sent_as("+/+", "x{1}{2}", "/a"), "xa");
}

TEST(TopicTemplate, RefusesPlaceholdersThatItDoesNotKnow) {
  for (const char* as : {"{device}", "{}", "{0}", "{01}", "{-1}", "{topic:0}", "{topic:}", "{topic:a}", "{topic:..}",
                         "{topic:2...}", "{topic:2..3}", "{topic", "a/{", "{1x}"}) {
    EXPECT_NE(complaint(rule({"+/#"}, as)), "") << as;
  }
}

TEST(TopicTemplate, RefusesPlaceholdersThatAFilterCannotFill) {
  EXPECT_NE(complaint(rule({"a/+"}, "{2}")), "");
  EXPECT_NE(complaint(rule({"a/+"}, "{#}")), "");
  EXPECT_NE(complaint(rule({"a/b/c"}, "{topic:4}")), "");
  EXPECT_NE(complaint(rule({"a/b/c"}, "{topic:4..}")), "");
  EXPECT_NE(complaint(rule({"+/+", "+"}, "{2}")), "") << "each filter has to fill it";
  EXPECT_EQ(complaint(rule({"+/+", "a/+/+"}, "{2}")), "");
  EXPECT_EQ(complaint(rule({"a/#"}, "{topic:4}")), "");
}

TEST(TopicTemplate, ComplaintsNameThePlaceTheRuleAndTheFilter) {
  const auto compiled = SendRules::compile(sending({rule({"a"}), rule({"a/+"}, "x/{2}")}));
  ASSERT_FALSE(compiled.ok());
  EXPECT_EQ(compiled.error().kind, ErrorKind::invalid);
  EXPECT_EQ(compiled.error().text, "send, rule 2: {2} has nothing to stand for in the filter \"a/+\"");
}

TEST(SendRules, TheFirstRuleThatMatchesCounts) {
  const auto rules = SendRules::compile(sending({rule({"a/b"}, "first"), rule({"a/+", "a/b"}, "second")}));
  EXPECT_EQ(rules->route(message("a/b"))->topic, "first");
  EXPECT_EQ(rules->route(message("a/c"))->topic, "second");
  EXPECT_EQ(rules->route(message("b")), std::nullopt);
}

TEST(SendRules, ExceptLeavesTheMessageToTheNextRule) {
  auto first = rule({"a/#"}, "first");
  first.except = {"a/+/set", "a/x"};
  const auto rules = SendRules::compile(sending({first, rule({"a/x"}, "second")}));
  EXPECT_EQ(rules->route(message("a/b"))->topic, "first");
  EXPECT_EQ(rules->route(message("a/b/set")), std::nullopt);
  EXPECT_EQ(rules->route(message("a/x"))->topic, "second");
}

TEST(SendRules, RaiseQosZeroToOneUnlessLossesAreWanted) {
  const auto plain = SendRules::compile(sending({rule({"a"})}));
  EXPECT_EQ(plain->route(message("a", QoS::at_most_once))->qos, QoS::at_least_once);
  EXPECT_EQ(plain->route(message("a", QoS::exactly_once))->qos, QoS::exactly_once);

  auto lossy = rule({"a"});
  lossy.unconfirmed = true;
  const auto unconfirmed = SendRules::compile(sending({lossy}));
  EXPECT_EQ(unconfirmed->route(message("a", QoS::at_most_once))->qos, QoS::at_most_once);
  EXPECT_EQ(unconfirmed->route(message("a", QoS::at_least_once))->qos, QoS::at_least_once);

  lossy.unconfirmed = false;
  lossy.qos = QoS::at_most_once;
  EXPECT_NE(complaint(lossy), "");
  lossy.unconfirmed = true;
  EXPECT_EQ(SendRules::compile(sending({lossy}))->route(message("a"))->qos, QoS::at_most_once);
}

TEST(SendRules, RetainIsTheRulesOrTheMessagesOwn) {
  auto retained = message("a");
  retained.retain = true;
  EXPECT_TRUE(SendRules::compile(sending({rule({"a"})}))->route(retained)->retain);
  auto never = rule({"a"});
  never.retain = false;
  EXPECT_FALSE(SendRules::compile(sending({never}))->route(retained)->retain);
  never.retain = true;
  EXPECT_TRUE(SendRules::compile(sending({never}))->route(message("a"))->retain);
}

TEST(SendRules, NeverSendBackWhatCameFromThere) {
  const auto rules = SendRules::compile(sending({rule({"#"})}));
  auto from_cloud = message("a");
  from_cloud.origin = {Origin::Kind::upstream, "cloud", ""};
  EXPECT_EQ(rules->route(from_cloud), std::nullopt);
  from_cloud.origin.name = "operator";
  EXPECT_NE(rules->route(from_cloud), std::nullopt);
  from_cloud.origin = {Origin::Kind::client, "cloud", ""};
  EXPECT_NE(rules->route(from_cloud), std::nullopt);
}

TEST(SendRules, SendNothingUnderATopicThatIsNone) {
  EXPECT_EQ(sent_as("a/#", "{#}", "a"), "-");
  EXPECT_EQ(sent_as("#", "{topic:3}", "a/b"), "-");
  EXPECT_EQ(sent_as("#", "x/{topic}", std::string(topic::kMaxBytes, 'a')), "-");
  EXPECT_EQ(sent_as("a", "+/{topic}", "a"), "-");
}

TEST(SendRules, LeaveTheBrokersOwnTopicsAloneUnlessNamed) {
  EXPECT_EQ(sent_as("#", "{topic}", "$SYS/uptime"), "-");
  EXPECT_EQ(sent_as("$SYS/#", "sys/{#}", "$SYS/uptime"), "sys/uptime");
}

TEST(SendRules, RefuseWhatIsNoFilter) {
  EXPECT_NE(complaint(rule({})), "");
  EXPECT_NE(complaint(rule({"a/#/b"})), "");
  EXPECT_NE(complaint(rule({"a+"})), "");
  EXPECT_NE(complaint(rule({""})), "");
  EXPECT_NE(complaint(rule({"a\xff"})), "");
  EXPECT_NE(complaint(rule({"$share/g/a"})), "");
  auto with_except = rule({"a"});
  with_except.except = {"#/a"};
  EXPECT_NE(complaint(with_except), "");
}

Settings receiving(std::vector<ReceiveRule> rules) {
  Settings settings;
  settings.gateway = "plant7";
  settings.receive = std::move(rules);
  return settings;
}

TEST(ReceiveRules, RewriteTheTopic) {
  const auto rules = ReceiveRules::compile(receiving({{{"site/plant7/+/+/set"}, "{topic:2..}", QoS::at_least_once}}));
  ASSERT_TRUE(rules.ok());
  EXPECT_EQ(rules->local_topic("site/plant7/meter/limit/set"), "plant7/meter/limit/set");
  EXPECT_EQ(rules->local_topic("site/plant7/meter/set"), std::nullopt);
}

TEST(ReceiveRules, SubscribeToEachFilterOnce) {
  const auto rules = ReceiveRules::compile(
      receiving({{{"a", "b"}, "{topic}", QoS::exactly_once}, {{"b", "c"}, "x/{topic}", QoS::at_most_once}}));
  const std::vector<ReceiveRules::Subscription> expected = {
      {"a", QoS::exactly_once}, {"b", QoS::exactly_once}, {"c", QoS::at_most_once}};
  EXPECT_EQ(rules->subscriptions(), expected);
  EXPECT_EQ(rules->local_topic("b"), "b");
  EXPECT_EQ(rules->local_topic("c"), "x/c");
}

TEST(ReceiveRules, LetTheCloudPublishNoTopicsOfTheBroker) {
  const auto rules = ReceiveRules::compile(receiving({{{"a/#"}, "{#}", QoS::at_least_once}}));
  EXPECT_EQ(rules->local_topic("a/$SYS/x"), std::nullopt);
  EXPECT_EQ(rules->local_topic("a"), std::nullopt);
  EXPECT_EQ(rules->local_topic("a/b"), "b");
}

TEST(ReceiveRules, NameTheRuleThatIsWrong) {
  const auto rules = ReceiveRules::compile(receiving({{{"a"}, "{topic}", QoS::at_least_once}, {{"a"}, "{x}", {}}}));
  ASSERT_FALSE(rules.ok());
  EXPECT_TRUE(rules.error().text.starts_with("receive, rule 2: ")) << rules.error().text;
}

}  // namespace
}  // namespace sluice::upstream
