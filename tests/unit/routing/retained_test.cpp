#include "broker/routing/retained.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace sluice::routing {
namespace {

using namespace std::chrono_literals;

constexpr MonotonicTime kStart{1h};

MessagePtr message(std::string topic, std::string payload, std::optional<std::uint32_t> expiry = std::nullopt) {
  auto made = std::make_shared<Message>();
  made->topic = std::move(topic);
  made->payload = std::move(payload);
  made->properties.expiry_seconds = expiry;
  made->received = kStart;
  return made;
}

std::vector<std::string> topics(const Retained& retained, std::string_view filter, MonotonicTime now = kStart) {
  std::vector<std::string> found;
  for (const auto& each : retained.match(filter, now)) found.push_back(each->topic);
  return found;
}

using Topics = std::vector<std::string>;

TEST(Retained, KeepsTheLastMessageOfEachTopic) {
  Retained retained;
  retained.put(message("a/b", "1"));
  retained.put(message("a/b", "22"));
  ASSERT_EQ(retained.match("a/b", kStart).size(), 1u);
  EXPECT_EQ(retained.match("a/b", kStart)[0]->payload, "22");
  EXPECT_EQ(retained.size(), 1u);
  EXPECT_EQ(retained.bytes(), 5u);
}

// MQTT-3.3.1-6, MQTT-3.3.1-7
TEST(Retained, ForgetsATopicWithAnEmptyPayload) {
  Retained retained;
  retained.put(message("a/b", "1"));
  retained.put(message("a/b/c", "1"));
  EXPECT_TRUE(retained.put(message("a/b", "")));
  EXPECT_TRUE(retained.put(message("never/there", "")));
  EXPECT_EQ(topics(retained, "#"), Topics{"a/b/c"});
  EXPECT_TRUE(retained.put(message("a/b/c", "")));
  EXPECT_EQ(retained.size(), 0u);
  EXPECT_EQ(retained.bytes(), 0u);
}

TEST(Retained, RefusesWhatIsBeyondItsLimits) {
  Retained retained({2, 100});
  EXPECT_TRUE(retained.put(message("a", "1")));
  EXPECT_TRUE(retained.put(message("b", "1")));
  EXPECT_FALSE(retained.put(message("c", "1")));
  EXPECT_TRUE(retained.put(message("a", "2")));
  EXPECT_FALSE(retained.put(message("a", std::string(100, 'x'))));
  EXPECT_EQ(retained.match("a", kStart)[0]->payload, "2");
  EXPECT_TRUE(retained.put(message("a", std::string(97, 'x'))));
  EXPECT_EQ(retained.bytes(), 100u);
}

TEST(Retained, ForgetsWhatHasExpired) {
  Retained retained;
  retained.put(message("a", "1", 5));
  retained.put(message("b", "1", 50));
  retained.put(message("b", "2"));
  EXPECT_EQ(topics(retained, "#", kStart + 4999ms), (Topics{"a", "b"}));
  EXPECT_EQ(topics(retained, "#", kStart + 5s), Topics{"b"});
  retained.expire(kStart + 5s);
  EXPECT_EQ(retained.size(), 1u);
  retained.expire(kStart + 100s);
  EXPECT_EQ(topics(retained, "b", kStart + 100s), Topics{"b"});
}

TEST(Retained, AgreesWithTheRuleForASingleTopic) {
  const Topics levels{"a", "b", "", "$x", "+", "#"};
  std::mt19937 random(1);
  const auto path = [&](std::size_t kinds) {
    std::string made;
    const auto count = 1 + random() % 4;
    for (std::size_t i = 0; i < count; ++i) made += (i ? "/" : "") + levels[random() % kinds];
    return made;
  };
  Retained retained;
  std::map<std::string, bool> model;
  for (int round = 0; round < 3000; ++round) {
    const auto topic = path(4);
    if (!topic.empty()) {
      const bool removes = random() % 3 == 0;
      retained.put(message(topic, removes ? "" : "x"));
      model[topic] = !removes;
    }
    const auto filter = path(6);
    if (!topic::is_valid_filter(filter)) continue;
    Topics expected;
    for (const auto& [name, there] : model) {
      if (there && topic::matches(filter, name)) expected.push_back(name);
    }
    auto found = topics(retained, filter);
    std::sort(found.begin(), found.end());
    ASSERT_EQ(found, expected) << filter;
  }
}

}  // namespace
}  // namespace sluice::routing
