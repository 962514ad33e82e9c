#include "gateway/base/topic.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::topic {
namespace {

TEST(Topic, HashMatchesItsParentAndEverythingBelow) {  // 4.7.1.2
  EXPECT_TRUE(matches("sport/tennis/player1/#", "sport/tennis/player1"));
  EXPECT_TRUE(matches("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon"));
  EXPECT_TRUE(matches("#", "a/b/c"));
  EXPECT_FALSE(matches("sport/#", "sports"));
  EXPECT_FALSE(matches("a/b/#", "a"));
}

TEST(Topic, PlusMatchesExactlyOneLevelEvenAnEmptyOne) {  // 4.7.1.3
  EXPECT_TRUE(matches("sport/+", "sport/"));
  EXPECT_FALSE(matches("sport/+", "sport"));
  EXPECT_FALSE(matches("sport/+", "sport/a/b"));
  EXPECT_TRUE(matches("+/+", "/finance"));
  EXPECT_TRUE(matches("/+", "/finance"));
  EXPECT_FALSE(matches("+", "/finance"));
  EXPECT_TRUE(matches("+/#", "a"));
}

TEST(Topic, LeadingWildcardsLeaveDollarTopicsAlone) {  // MQTT-4.7.2-1
  EXPECT_FALSE(matches("#", "$SYS/uptime"));
  EXPECT_FALSE(matches("+/uptime", "$SYS/uptime"));
  EXPECT_TRUE(matches("$SYS/#", "$SYS/uptime"));
  EXPECT_TRUE(matches("$SYS/+", "$SYS/uptime"));
}

TEST(Topic, LevelsAreComparedByteByByte) {  // MQTT-4.7.3-4
  EXPECT_FALSE(matches("ACCOUNTS", "Accounts"));
  EXPECT_FALSE(matches("a//b", "a/b"));
  EXPECT_TRUE(matches("a//b", "a//b"));
  EXPECT_FALSE(matches("a/b", "a/b/"));
  EXPECT_FALSE(matches("a/b/", "a/b"));
}

TEST(Topic, FiltersWithWildcardsInsideALevelAreInvalid) {  // MQTT-4.7.1-1, MQTT-4.7.1-2
  for (const auto* filter : {"a/#/b", "a#", "#a", "a+", "+a", "a/b+/c", "##", "a/##", ""}) {
    EXPECT_FALSE(is_valid_filter(filter)) << filter;
  }
  for (const auto* filter : {"#", "+", "a/+/b/#", "/", "//", "+/+", "/#"}) {
    EXPECT_TRUE(is_valid_filter(filter)) << filter;
  }
  EXPECT_FALSE(is_valid_filter(std::string("a\0b", 3)));
}

TEST(Topic, NamesHaveNoWildcardsAndNoNul) {
  EXPECT_FALSE(is_valid_name(""));
  EXPECT_FALSE(is_valid_name("a/+"));
  EXPECT_FALSE(is_valid_name("a/#"));
  EXPECT_FALSE(is_valid_name(std::string("a\0b", 3)));
  EXPECT_TRUE(is_valid_name("/"));
}

TEST(Topic, LimitsCountLevelsAndBytes) {
  EXPECT_EQ(level_count("a"), 1u);
  EXPECT_EQ(level_count("/a/"), 3u);
  EXPECT_TRUE(is_within_limits(std::string(kMaxLevels - 1, '/')));
  EXPECT_FALSE(is_within_limits(std::string(kMaxLevels, '/')));
  EXPECT_FALSE(is_within_limits(std::string(kMaxBytes + 1, 'a')));
}

}  // namespace
}  // namespace sluice::topic
