#include "broker/routing/subscriptions.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace sluice::routing {
namespace {

SubscriptionOptions of_qos(QoS qos, std::uint32_t id = 0) { return {qos, false, false, id}; }

std::vector<Match> match(const Subscriptions& subscriptions, std::string_view topic,
                         std::optional<Receiver> publisher = std::nullopt) {
  std::vector<Match> matches;
  subscriptions.match(topic, publisher, matches);
  return matches;
}

std::vector<Receiver> receivers(const Subscriptions& subscriptions, std::string_view topic) {
  std::vector<Receiver> found;
  for (const auto& each : match(subscriptions, topic)) found.push_back(each.receiver);
  return found;
}

using Receivers = std::vector<Receiver>;

TEST(Subscriptions, MatchWholeLevels) {
  Subscriptions subscriptions;
  subscriptions.add(1, "a/b", {});
  subscriptions.add(2, "a/+", {});
  subscriptions.add(3, "a/#", {});
  subscriptions.add(4, "#", {});
  subscriptions.add(5, "+", {});
  EXPECT_EQ(receivers(subscriptions, "a/b"), (Receivers{1, 2, 3, 4}));
  EXPECT_EQ(receivers(subscriptions, "a"), (Receivers{3, 4, 5}));
  EXPECT_EQ(receivers(subscriptions, "a/b/c"), (Receivers{3, 4}));
  EXPECT_EQ(receivers(subscriptions, "a/"), (Receivers{2, 3, 4}));
}

TEST(Subscriptions, WithAWildcardInFrontDoNotSeeTopicsOfTheServer) {
  Subscriptions subscriptions;
  subscriptions.add(1, "#", {});
  subscriptions.add(2, "+/x", {});
  subscriptions.add(3, "$SYS/#", {});
  EXPECT_EQ(receivers(subscriptions, "$SYS/x"), Receivers{3});
  EXPECT_EQ(receivers(subscriptions, "a/$SYS"), Receivers{1});
}

TEST(Subscriptions, ThatOverlapGiveOneCopyWithTheHighestQoSAndAllIdentifiers) {
  Subscriptions subscriptions;
  subscriptions.add(1, "a/+", of_qos(QoS::at_most_once, 7));
  subscriptions.add(1, "a/b", of_qos(QoS::exactly_once, 8));
  subscriptions.add(1, "#", of_qos(QoS::at_least_once));
  subscriptions.add(2, "a/b", of_qos(QoS::at_most_once));
  const auto matches = match(subscriptions, "a/b");
  ASSERT_EQ(matches.size(), 2u);
  EXPECT_EQ(matches[0].receiver, 1u);
  EXPECT_EQ(matches[0].qos, QoS::exactly_once);
  EXPECT_EQ(matches[0].ids, (std::vector<std::uint32_t>{8, 7}));
  EXPECT_EQ(matches[1].qos, QoS::at_most_once);
}

TEST(Subscriptions, WithNoLocalLeaveOutTheirOwnPublisherOnly) {
  Subscriptions subscriptions;
  subscriptions.add(1, "a", {QoS::at_most_once, true, false, 0});
  subscriptions.add(2, "a", {QoS::at_most_once, true, false, 0});
  EXPECT_EQ(match(subscriptions, "a", 1).size(), 1u);
  EXPECT_EQ(match(subscriptions, "a", 1)[0].receiver, 2u);
  EXPECT_EQ(match(subscriptions, "a").size(), 2u);
  subscriptions.add(1, "#", {});
  EXPECT_EQ(match(subscriptions, "a", 1).size(), 2u);
}

TEST(Subscriptions, OfTheSameFilterAreReplaced) {
  Subscriptions subscriptions;
  EXPECT_TRUE(subscriptions.add(1, "a", of_qos(QoS::at_most_once)));
  EXPECT_FALSE(subscriptions.add(1, "a", of_qos(QoS::exactly_once)));
  EXPECT_EQ(subscriptions.size(), 1u);
  EXPECT_EQ(match(subscriptions, "a")[0].qos, QoS::exactly_once);
}

TEST(Subscriptions, AreRemovedByTheVerySameFilter) {
  Subscriptions subscriptions;
  subscriptions.add(1, "a/+/#", {});
  EXPECT_FALSE(subscriptions.remove(1, "a/+"));
  EXPECT_FALSE(subscriptions.remove(2, "a/+/#"));
  EXPECT_FALSE(subscriptions.remove(1, "a/b/#"));
  EXPECT_TRUE(subscriptions.remove(1, "a/+/#"));
  EXPECT_FALSE(subscriptions.remove(1, "a/+/#"));
  EXPECT_EQ(subscriptions.size(), 0u);
  EXPECT_TRUE(receivers(subscriptions, "a/b").empty());
}

std::string random_path(std::mt19937& random, const std::vector<std::string>& levels, std::size_t most) {
  std::string path;
  const auto count = 1 + random() % most;
  for (std::size_t i = 0; i < count; ++i) path += (i ? "/" : "") + levels[random() % levels.size()];
  return path;
}

// The tree agrees with topic::matches, tried filter by filter, while filters come and go.
TEST(Subscriptions, AgreeWithTheRuleForASingleFilter) {
  const std::vector<std::string> names{"a", "b", "", "$x", "a b"};
  auto patterns = names;
  patterns.insert(patterns.end(), {"+", "+"});
  std::mt19937 random(20261120);
  Subscriptions subscriptions;
  std::map<std::string, Receiver> model;
  Receiver next = 1;
  for (int round = 0; round < 3000; ++round) {
    auto filter = random_path(random, patterns, 4);
    if (random() % 3 == 0) filter = random() % 8 ? filter + "/#" : "#";
    const auto known = model.find(filter);
    if (known != model.end()) {
      ASSERT_TRUE(subscriptions.remove(known->second, filter)) << filter;
      model.erase(known);
    } else if (!filter.empty()) {
      ASSERT_TRUE(subscriptions.add(next, filter, {})) << filter;
      model.emplace(filter, next++);
    }
    const auto topic = random_path(random, names, 5);
    if (topic.empty()) continue;
    Receivers expected;
    for (const auto& [each, receiver] : model) {
      if (topic::matches(each, topic)) expected.push_back(receiver);
    }
    std::sort(expected.begin(), expected.end());
    ASSERT_EQ(receivers(subscriptions, topic), expected) << topic;
    ASSERT_EQ(subscriptions.size(), model.size());
  }
}

}  // namespace
}  // namespace sluice::routing
