#include "gateway/config/range_text.h"

#include <gtest/gtest.h>

#include "gateway/config/yaml.h"

namespace sluice::config {
namespace {

TEST(RangeText, CountsUpDownAndLists) {
  EXPECT_EQ(*range_length("hall-{01..16}"), 16u);
  EXPECT_EQ(range_value("hall-{01..16}", 0), "hall-01");
  EXPECT_EQ(range_value("hall-{01..16}", 15), "hall-16");
  EXPECT_EQ(range_value("{1..12}", 9), "10");
  EXPECT_EQ(range_value("{3..1}", 2), "1");
  EXPECT_EQ(*range_length("{north, south}"), 2u);
  EXPECT_EQ(range_value("pump-{north, south}", 1), "pump-south");
  EXPECT_EQ(range_value("{a,b}-{1..2}", 1), "b-2");
}

TEST(RangeText, LeavesPlaceholdersAlone) {
  EXPECT_EQ(*range_length("{gateway}/{device}"), 0u);
  EXPECT_EQ(range_value("{gateway}/x-{1..2}", 0), "{gateway}/x-1");
  EXPECT_EQ(*range_length("{unclosed"), 0u);
  EXPECT_EQ(*range_length("{a..b}"), 0u);
}

TEST(RangeText, RefusesWhatDoesNotRunInStepOrIsTooLong) {
  EXPECT_FALSE(range_length("{1..2}-{1..3}"));
  EXPECT_FALSE(range_length("{1..1001}"));
  EXPECT_FALSE(range_length("{0..999999999}"));
}

TEST(RangeText, RunsThroughAWholeEntryAndUnquotesWhatNeededQuotes) {
  Complaints complaints;
  const auto node = *parse_yaml("{ unit: \"{11..12}\", tags: [ \"{a,b}\", fixed ] }", "f", complaints);
  ASSERT_TRUE(ranges_fit(node, 2, "d", complaints));
  const auto second = range_value(node, 1);
  EXPECT_EQ(second.find("unit")->text, "12");
  EXPECT_FALSE(second.find("unit")->quoted);
  EXPECT_EQ(second.find("tags")->items[0].text, "b");
  EXPECT_EQ(second.find("tags")->items[1].text, "fixed");
}

TEST(RangeText, ComplainsWhereARangeInsideHasNoneInTheName) {
  Complaints complaints;
  const auto node = *parse_yaml("{ unit: \"{11..12}\" }", "f", complaints);
  EXPECT_FALSE(ranges_fit(node, 0, "d", complaints));
  EXPECT_EQ(complaints.lines()[0], "f:1:9: d.unit: a range here needs one of the same length in the device's name");
}

}  // namespace
}  // namespace sluice::config
