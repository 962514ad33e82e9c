#include "gateway/config/topic_template.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

Result<TopicTemplate> parse(std::string_view text) { return TopicTemplate::parse(text, kPointPlaceholders); }

TEST(TopicTemplate, PutsValuesInPlaceOfPlaceholders) {
  const auto topic = parse("{gateway}/x-{device}/{{y}/{point}");
  ASSERT_TRUE(topic);
  EXPECT_TRUE(topic->has("point"));
  EXPECT_FALSE(topic->has("bus"));
  EXPECT_EQ(topic->fill([](std::string_view name) { return name.substr(0, 1); }), "g/x-d/{y}/p");
}

TEST(TopicTemplate, RefusesWhatIsNoTopic) {
  const auto nul = std::string("a/\0/b", 5);
  for (const auto& text : {std::string("a/+/b"), std::string("#"), std::string("/a"), std::string("a/"),
                           std::string("a//b"), std::string("$SYS/x"), std::string(""), nul, std::string(2000, 'a'),
                           std::string("{nothing}"), std::string("{gateway"), std::string("{}")}) {
    EXPECT_FALSE(parse(text)) << text;
  }
}

TEST(TopicTemplate, SuggestsTheNearestPlaceholder) {
  EXPECT_EQ(parse("{devise}/x").error().text, "`{devise}` is no placeholder; did you mean `{device}`?");
}

}  // namespace
}  // namespace sluice::config
