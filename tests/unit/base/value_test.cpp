#include "gateway/base/value.h"

#include <gtest/gtest.h>

#include <limits>

namespace sluice {
namespace {

TEST(Value, PrintsTheShortestTextThatReadsBackTheSame) {
  EXPECT_EQ(to_text(230.2), "230.2");
  EXPECT_EQ(to_text(static_cast<double>(0.1F)), "0.10000000149011612");
  EXPECT_EQ(to_text(5.0), "5");
  EXPECT_EQ(to_text(-0.5), "-0.5");
}

TEST(Value, KeepsIntegersAtSixtyFourBits) {
  EXPECT_EQ(to_text(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(to_text(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
}

TEST(Value, PrintsNothingWhereThereIsNoNumber) {
  EXPECT_EQ(to_text(Value{}), "");
  EXPECT_EQ(to_text(std::numeric_limits<double>::quiet_NaN()), "");
  EXPECT_EQ(to_text(std::numeric_limits<double>::infinity()), "");
}

}  // namespace
}  // namespace sluice
