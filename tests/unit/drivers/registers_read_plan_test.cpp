#include "drivers/registers/read_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace sluice::registers {
namespace {

/// 9600 8N1 with 30 ms of turnaround.
constexpr Cost kCost{51'000, 1'042};

ReadRules rules() {
  ReadRules rules;
  rules.cost = kCost;
  return rules;
}

std::vector<Wanted> values_at(std::vector<Range> ranges) {
  std::vector<Wanted> values;
  for (const auto& range : ranges) values.push_back({static_cast<std::uint32_t>(values.size()), range});
  return values;
}

std::vector<Range> ranges_of(const std::vector<ReadRequest>& plan) {
  std::vector<Range> ranges;
  for (const auto& request : plan) ranges.push_back(request.range);
  return ranges;
}

std::vector<Range> planned(std::vector<Range> values, const ReadRules& given) {
  return ranges_of(plan_read(values_at(std::move(values)), {}, given));
}

TEST(ReadPlan, ReadsAMeterInThreeRequestsInsteadOfThirteen) {
  std::vector<Range> sdm120;
  for (const std::uint32_t first : {0, 6, 12, 18, 24, 30, 70, 72, 74, 76, 78, 342, 344})
    sdm120.push_back({first, first + 1});
  const auto plan = planned(sdm120, rules());
  EXPECT_EQ(plan, (std::vector<Range>{{0, 31}, {70, 79}, {342, 345}}));
  double time = 0;
  for (const auto& range : plan) time += cost_of(range, rules());
  EXPECT_NEAR(time, 248'000, 5'000);
}

TEST(ReadPlan, ReadsThroughAHoleExactlyWhereThatIsCheaper) {
  EXPECT_EQ(planned({{0, 0}, {25, 25}}, rules()).size(), 1u);  // 24 registers: 50.0 ms against 51
  EXPECT_EQ(planned({{0, 0}, {26, 26}}, rules()).size(), 2u);  // 25 registers: 52.1 ms
}

TEST(ReadPlan, PutsTheCutWhereItSavesMost) {
  auto limited = rules();
  limited.longest = 10;
  // Greedy would read 0 to 9 and leave 10 alone with 19; cutting at the gap reads less.
  EXPECT_EQ(planned({{0, 3}, {8, 9}, {10, 13}}, limited), (std::vector<Range>{{0, 3}, {8, 13}}));
}

TEST(ReadPlan, ObeysTheLongestGapWhateverPays) {
  auto tight = rules();
  tight.longest_gap = 0;
  EXPECT_EQ(planned({{0, 1}, {2, 3}, {5, 5}}, tight), (std::vector<Range>{{0, 3}, {5, 5}}));
  tight.longest_gap = 60;
  tight.cost.byte = 1;
  EXPECT_EQ(planned({{0, 0}, {61, 61}, {123, 123}}, tight), (std::vector<Range>{{0, 61}, {123, 123}}));
}

TEST(ReadPlan, StaysInsideWhatIsLegal) {
  auto given = rules();
  given.legal = {{10, 19}, {20, 29}, {40, 49}};
  EXPECT_EQ(planned({{10, 10}, {29, 29}, {40, 41}, {45, 45}}, given), (std::vector<Range>{{10, 29}, {40, 45}}));
  EXPECT_TRUE(planned({{30, 30}, {29, 30}}, given).empty());
  EXPECT_TRUE(complaint_about({29, 30}, given));
}

TEST(ReadPlan, ReadsWholeBlocksEntirelyAndAlone) {
  auto given = rules();
  given.whole = {{64001, 64027}};
  EXPECT_EQ(planned({{64000, 64000}, {64005, 64005}, {64020, 64021}, {64028, 64028}}, given),
            (std::vector<Range>{{64000, 64000}, {64001, 64027}, {64028, 64028}}));
  EXPECT_TRUE(complaint_about({64027, 64028}, given));
  given.longest = 20;
  EXPECT_TRUE(complaint_about({64005, 64005}, given));
}

TEST(ReadPlan, AsksOneByOneWhereTheDeviceWantsIt) {
  auto given = rules();
  given.one_by_one = true;
  const auto plan = plan_read(values_at({{3, 3}, {4, 5}, {3, 3}}), {}, given);
  EXPECT_EQ(ranges_of(plan), (std::vector<Range>{{3, 3}, {4, 5}}));
  EXPECT_EQ(plan[0].points.size(), 2u);  // two bits of one register
}

TEST(ReadPlan, BeginsAtZeroWhereTheDeviceWantsIt) {
  auto given = rules();
  given.item_bits = 1;
  given.from_0 = true;
  given.longest = 2000;
  EXPECT_EQ(planned({{17, 17}, {900, 900}}, given), (std::vector<Range>{{0, 900}}));
  EXPECT_TRUE(complaint_about({2000, 2000}, given));
}

TEST(ReadPlan, LeavesOutWhatWasRefused) {
  auto learned = rules();
  learned.holes = {{4, 5}};
  EXPECT_EQ(planned({{2, 3}, {4, 5}, {6, 7}}, learned), (std::vector<Range>{{2, 3}, {4, 5}, {6, 7}}));
  EXPECT_EQ(planned({{2, 3}, {6, 7}}, learned), (std::vector<Range>{{2, 3}, {6, 7}}));
  learned = rules();
  learned.tight = {{0, 9}};
  EXPECT_EQ(planned({{2, 3}, {4, 5}, {7, 7}, {12, 12}}, learned), (std::vector<Range>{{2, 5}, {7, 7}, {12, 12}}));
  learned = rules();
  learned.apart = {{0, 5}};
  EXPECT_EQ(planned({{2, 3}, {4, 5}, {6, 7}, {9, 9}}, learned), (std::vector<Range>{{2, 3}, {4, 5}, {6, 9}}));
}

TEST(ReadPlan, LetsOthersRideAlongWithoutARequestMore) {
  const auto must = values_at({{10, 11}});
  const std::vector<Wanted> may{{7, {10, 10}}, {8, {13, 13}}, {9, {500, 500}}};
  const auto plan = plan_read(must, may, rules());
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan[0].range, (Range{10, 13}));
  EXPECT_EQ(plan[0].points, (std::vector<std::uint32_t>{0, 7, 8}));
  EXPECT_TRUE(plan_read({}, may, rules()).empty());
}

/// What a simple planner would do: take the next value in as long as the rules allow it and it pays.
std::vector<Range> greedy(std::vector<Range> values, const ReadRules& given) {
  std::ranges::sort(values, [](auto& a, auto& b) { return a.first < b.first; });
  std::vector<Range> plan;
  for (const auto& value : values) {
    if (!plan.empty()) {
      const Range longer{plan.back().first, std::max(plan.back().last, value.last)};
      const auto gap = value.first > plan.back().last + 1 ? value.first - plan.back().last - 1 : 0;
      const auto is_allowed = longer.count() <= given.longest && gap <= given.longest_gap.value_or(given.longest) &&
                              !complaint_about(longer, given);
      if (is_allowed && cost_of(longer, given) <= cost_of(plan.back(), given) + cost_of(value, given)) {
        plan.back() = longer;
        continue;
      }
    }
    plan.push_back(value);
  }
  return plan;
}

double total(const std::vector<Range>& plan, const ReadRules& given) {
  double sum = 0;
  for (const auto& range : plan) sum += cost_of(range, given);
  return sum;
}

TEST(ReadPlan, HoldsItsPromisesForAnyPointsAndRules) {
  std::mt19937 random(11);
  const auto number = [&](std::uint32_t low, std::uint32_t high) {
    return std::uniform_int_distribution<std::uint32_t>(low, high)(random);
  };
  for (int round = 0; round < 3000; ++round) {
    auto given = rules();
    given.longest = number(4, 60);
    given.cost.byte = number(1, 4000);
    if (number(0, 1)) given.longest_gap = number(0, 10);
    given.one_by_one = number(0, 9) == 0;
    if (number(0, 1)) given.legal = {{0, number(50, 90)}, {number(95, 120), 200}};
    std::vector<Range> ranges;
    const auto count = number(1, 25);
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto first = number(0, 190);
      ranges.push_back({first, first + number(0, 3)});
    }
    const auto values = values_at(ranges);
    const auto plan = plan_read(values, {}, given);

    std::map<std::uint32_t, int> times_covered;
    for (const auto& request : plan) {
      EXPECT_LE(request.range.count(), given.longest);
      EXPECT_FALSE(complaint_about(request.range, given));
      for (const auto point : request.points) {
        ++times_covered[point];
        EXPECT_TRUE(request.range.contains(values[point].range));
      }
    }
    std::vector<Range> readable;
    for (const auto& value : values) {
      const auto is_readable = !complaint_about(value.range, given);
      EXPECT_EQ(times_covered[value.point], is_readable ? 1 : 0);
      if (is_readable) readable.push_back(value.range);
    }
    if (!given.one_by_one) {
      EXPECT_LE(total(ranges_of(plan), given), total(greedy(readable, given), given) + 1e-6);
    }
  }
}

/// All ways to cut a few neighbours into requests.
double cheapest_by_force(const std::vector<Range>& values, const ReadRules& given) {
  double best = std::numeric_limits<double>::infinity();
  for (unsigned cuts = 0; cuts < 1u << (values.size() - 1); ++cuts) {
    std::vector<Range> plan{values[0]};
    for (std::size_t i = 1; i < values.size(); ++i) {
      if (cuts >> (i - 1) & 1) {
        plan.push_back(values[i]);
      } else {
        plan.back().last = values[i].last;
      }
    }
    if (std::ranges::all_of(plan, [&](auto& range) { return range.count() <= given.longest; })) {
      best = std::min(best, total(plan, given));
    }
  }
  return best;
}

TEST(ReadPlan, IsTheCheapestThereIs) {
  std::mt19937 random(5);
  for (int round = 0; round < 500; ++round) {
    auto given = rules();
    given.longest = 20;
    given.cost.byte = 1000 + random() % 6000;
    std::vector<Range> values;
    for (std::uint32_t first = random() % 5; values.size() < 9; first = values.back().last + 1 + random() % 12) {
      values.push_back({first, first + static_cast<std::uint32_t>(random() % 3)});
    }
    EXPECT_NEAR(total(planned(values, given), given), cheapest_by_force(values, given), 1e-6);
  }
}

TEST(ReadPlan, PlansThousandsOfPointsAtOnce) {
  std::vector<Range> values;
  for (std::uint32_t first = 0; first < 60'000; first += 6) values.push_back({first, first + 1});
  EXPECT_EQ(planned(values, rules()).size(), 477u);  // 21 values of 122 registers each
}

}  // namespace
}  // namespace sluice::registers
