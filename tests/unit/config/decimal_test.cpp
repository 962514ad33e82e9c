#include "gateway/config/decimal.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

TEST(Decimal, KeepsWhatIsWritten) {
  EXPECT_EQ(parse_decimal("0.1"), (Decimal{1, -1}));
  EXPECT_EQ(parse_decimal("-0.050"), (Decimal{-5, -2}));
  EXPECT_EQ(parse_decimal("1000"), (Decimal{1, 3}));
  EXPECT_EQ(parse_decimal("1e-3"), (Decimal{1, -3}));
  EXPECT_EQ(parse_decimal("1.5E+2"), (Decimal{15, 1}));
  EXPECT_EQ(parse_decimal("0"), (Decimal{0, 0}));
  EXPECT_EQ(parse_decimal("-0.0"), (Decimal{0, 0}));
  EXPECT_EQ(parse_decimal("123456789012345678"), (Decimal{123456789012345678, 0}));
}

TEST(Decimal, RefusesWhatIsNoPlainNumber) {
  for (const auto* text : {"", "-", ".5", "5.", "1,5", "01", "+1", "0x1F", ".nan", "inf", "1e", "1e999", "1e308", "1 ",
                           "1234567890123456789", "0.0000000000000000001", "ten"}) {
    EXPECT_FALSE(parse_decimal(text)) << text;
  }
}

TEST(Decimal, IsTheNearestDoubleWhenADoubleIsWanted) {
  EXPECT_EQ(parse_decimal("0.1")->to_double(), 0.1);
  EXPECT_EQ(parse_decimal("-273.15")->to_double(), -273.15);
  EXPECT_EQ(parse_decimal("1e18")->to_double(), 1e18);
}

}  // namespace
}  // namespace sluice::config
