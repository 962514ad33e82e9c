#include "gateway/mapping/number_base.h"

#include <gtest/gtest.h>

namespace sluice::mapping {
namespace {

SettingValues at(std::int64_t number) { return {{"register", SettingType::integer, "", number, 0, {}}}; }

TEST(NumberBase, LeavesNumbersAsSent) {
  auto point = at(40001);
  ASSERT_TRUE(apply_base(NumberBase::as_sent, point));
  EXPECT_EQ(find_setting(point, "register")->integer, 40001);
}

TEST(NumberBase, SubtractsOneWhereManualsCountFromOne) {
  auto point = at(3028);
  ASSERT_TRUE(apply_base(NumberBase::from_one, point));
  EXPECT_EQ(find_setting(point, "register")->integer, 3027);
  point = at(0);
  EXPECT_FALSE(apply_base(NumberBase::from_one, point));
}

TEST(NumberBase, TakesTheTableFromTheFirstOfFiveDigits) {
  for (const auto& [number, table, sent] : {std::tuple(40001, "holding", 0), std::tuple(30108, "input", 107),
                                            std::tuple(10012, "discrete", 11), std::tuple(7, "coil", 6)}) {
    auto point = at(number);
    ASSERT_TRUE(apply_base(NumberBase::table_digit, point));
    EXPECT_EQ(find_setting(point, "table")->text, table);
    EXPECT_EQ(find_setting(point, "register")->integer, sent);
  }
  auto none = at(20001);
  EXPECT_FALSE(apply_base(NumberBase::table_digit, none));
  auto zero = at(40000);
  EXPECT_FALSE(apply_base(NumberBase::table_digit, zero));
}

TEST(NumberBase, RefusesATableThatContradictsTheNumber) {
  auto point = at(40001);
  point.push_back({"table", SettingType::choice, "input", 0, 0, {}});
  EXPECT_FALSE(apply_base(NumberBase::table_digit, point));
}

TEST(NumberBase, CountsRangesTheSameWay) {
  SettingValues reading{{"legal", SettingType::ranges, "", 0, 0, {{"input", 1, 108}}},
                        {"whole", SettingType::ranges, "", 0, 0, {{"input", 64001, 27}}}};
  ASSERT_TRUE(apply_base_to_ranges(NumberBase::from_one, reading));
  EXPECT_EQ(reading[0].ranges[0], (KeyedRange{"input", 0, 107}));
  EXPECT_EQ(reading[1].ranges[0], (KeyedRange{"input", 64000, 27}));
}

}  // namespace
}  // namespace sluice::mapping
