#include "broker/access/filter_relations.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/base/topic.h"

namespace sluice::access {
namespace {

TEST(FilterRelations, AFilterCoversWhatIsNarrower) {
  EXPECT_TRUE(covers("#", "a/+/#"));
  EXPECT_TRUE(covers("a/#", "a"));
  EXPECT_TRUE(covers("a/#", "a/#"));
  EXPECT_TRUE(covers("a/+", "a/b"));
  EXPECT_TRUE(covers("+/+", "a/+"));
  EXPECT_FALSE(covers("a/+", "a/#"));
  EXPECT_FALSE(covers("a/+", "a"));
  EXPECT_FALSE(covers("a/b", "a/+"));
  EXPECT_FALSE(covers("#", "$SYS/#"));
  EXPECT_FALSE(covers("+/a", "$SYS/a"));
}

TEST(FilterRelations, FiltersOverlapWhereATopicMatchesBoth) {
  EXPECT_TRUE(overlap("a/#", "+/b/c"));
  EXPECT_TRUE(overlap("a/#", "a"));
  EXPECT_TRUE(overlap("+/b", "a/+"));
  EXPECT_FALSE(overlap("a/+", "a"));
  EXPECT_FALSE(overlap("a/b", "a/c"));
  EXPECT_FALSE(overlap("#", "$SYS/a"));
}

// Every text of up to `levels` levels, each out of `words`.
std::vector<std::string> all_of(const std::vector<std::string>& words, int levels) {
  std::vector<std::string> all = words;
  for (std::size_t begin = 0; levels > 1; --levels) {
    const auto end = all.size();
    for (; begin < end; ++begin) {
      for (const auto& word : words) all.push_back(all[begin] + "/" + word);
    }
  }
  return all;
}

// Names with words that stand in no filter are among them, so that what holds for these names
// holds for all.
TEST(FilterRelations, AgreeWithMatchingOnEverySmallCase) {
  std::vector<std::string> filters;
  for (auto& filter : all_of({"a", "$b", "+", "#", ""}, 3)) {
    if (topic::is_valid_filter(filter)) filters.push_back(std::move(filter));
  }
  const auto names = all_of({"a", "$b", "other", "$other", ""}, 3);
  for (const auto& left : filters) {
    for (const auto& right : filters) {
      bool covered = true;
      bool common = false;
      for (const auto& name : names) {
        if (!topic::matches(right, name)) continue;
        const bool both = topic::matches(left, name);
        covered &= both;
        common |= both;
      }
      ASSERT_EQ(overlap(left, right), common) << left << " and " << right;
      // Saying no too often is safe, and happens where only a `$` makes the difference.
      ASSERT_TRUE(covered || !covers(left, right)) << left << " over " << right;
    }
  }
}

}  // namespace
}  // namespace sluice::access
