#include "gateway/mapping/exact.h"

#include <gtest/gtest.h>

#include <limits>

namespace sluice::mapping {
namespace {

TEST(Exact, TakesNumbersAsTheyPrint) {
  const auto tenth = Exact::of(Value(0.1));
  ASSERT_TRUE(tenth);
  EXPECT_TRUE(tenth->digits == 1 && tenth->exponent == -1);
  EXPECT_FALSE(Exact::of(Value(true)));
  EXPECT_FALSE(Exact::of(Value(std::string("1"))));
  EXPECT_FALSE(Exact::of(Value(1e300)));
}

TEST(Exact, AddsMultipliesAndComparesWithoutRounding) {
  const Exact a{1, -1};  // 0.1
  const Exact b{2, -1};  // 0.2
  EXPECT_EQ(compare(*plus(a, b), Exact{3, -1}), 0);
  EXPECT_EQ(to_double(*times(Exact{2302, 0}, a)), 230.2);
  EXPECT_LT(compare(Exact{9007199254740992, 0}, Exact{9007199254740993, 0}), 0);
  EXPECT_TRUE(*whole_quotient(Exact{215, -1}, Exact{5, -1}) == 43);
  EXPECT_FALSE(whole_quotient(Exact{213, -1}, Exact{5, -1}));
  EXPECT_FALSE(whole_quotient(a, Exact{0, 0}));
}

TEST(Exact, SaysWhenSomethingDoesNotFit) {
  const Exact huge{Wide{1} << 120, 0};
  EXPECT_FALSE(times(huge, huge));
  EXPECT_FALSE(plus(huge, Exact{1, -18}));
}

TEST(Exact, BecomesAnIntegerWhereItIsOne) {
  EXPECT_EQ(to_value(Exact{5, 2}), Value(std::int64_t{500}));
  EXPECT_EQ(to_value(Exact{std::numeric_limits<std::uint64_t>::max(), 0}),
            Value(std::numeric_limits<std::uint64_t>::max()));
  EXPECT_EQ(to_value(Exact{std::numeric_limits<std::int64_t>::min(), 0}),
            Value(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(to_value(Exact{5, -1}), Value(0.5));
  EXPECT_EQ(to_value(Exact{1, 30}), Value(1e30));
}

TEST(Exact, RoundsOnceWhereDigitsExceedADouble) {
  EXPECT_EQ(to_double(Exact{123456789012345678, -3}), 123456789012345.678);
  EXPECT_EQ(to_double(Exact{-1, -30}), -1e-30);
}

}  // namespace
}  // namespace sluice::mapping
