#include "gateway/config/rewrite.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

TEST(Rewrite, KnowsItsPlaceholders) {
  for (const auto* as : {"{topic}", "site/{topic}", "{topic:2..}", "a/{topic:3}/b", "{1}/{2}", "x/{#}", "{{literal"}) {
    EXPECT_TRUE(check_rewrite(as)) << as;
  }
  for (const auto* as : {"", "{topik}", "{topic:0}", "{topic:x}", "{", "a/+", "{topic:99}"}) {
    EXPECT_FALSE(check_rewrite(as)) << as;
  }
}

TEST(Rewrite, SaysWhatATemplateCanMakeOfAFilter) {
  EXPECT_EQ(rewritten_filter("site/{topic}", "plant7/#"), "site/plant7/#");
  EXPECT_EQ(rewritten_filter("{topic:2..}", "site/plant7/+/set"), "plant7/+/set");
  EXPECT_EQ(rewritten_filter("{topic:2..}", "site/#"), "#");
  EXPECT_EQ(rewritten_filter("{topic:3..}", "site/#"), "#");
  EXPECT_EQ(rewritten_filter("x/{topic:2}/y", "a/b/c"), "x/b/y");
  EXPECT_EQ(rewritten_filter("x/{1}/y", "a/+/c"), "x/+/y");
  EXPECT_EQ(rewritten_filter("x-{1}/y", "+/c"), "+/y");
  EXPECT_EQ(rewritten_filter("{{x}/{topic}", "a"), "{x}/a");
}

TEST(Filters, MeetWhereSomeTopicMatchesBoth) {
  EXPECT_TRUE(filters_meet("a/+/c", "a/b/+"));
  EXPECT_TRUE(filters_meet("#", "a/b"));
  EXPECT_TRUE(filters_meet("a/#", "a/b/c"));
  EXPECT_TRUE(filters_meet("a/#", "a"));
  EXPECT_FALSE(filters_meet("a/+", "a/b/c"));
  EXPECT_FALSE(filters_meet("a/b", "a/c"));
  EXPECT_FALSE(filters_meet("a/#", "b/#"));
}

TEST(Filters, CoverOnlyWhatTheyMatchAllOf) {
  EXPECT_TRUE(filter_covers("a/+/set", "a/b/set"));
  EXPECT_TRUE(filter_covers("a/+/set", "a/+/set"));
  EXPECT_TRUE(filter_covers("#", "a/#"));
  EXPECT_FALSE(filter_covers("a/+/set", "a/#"));
  EXPECT_FALSE(filter_covers("a/b/set", "a/+/set"));
  EXPECT_FALSE(filter_covers("a/b", "a/b/c"));
}

}  // namespace
}  // namespace sluice::config
