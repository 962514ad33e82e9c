#include "gateway/base/clock.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using namespace std::chrono;

TEST(Clock, WritesUtcWithMilliseconds) {
  const WallTime time = sys_days{year{2026} / November / 20} + 17h + 123ms + 999us;
  EXPECT_EQ(to_iso8601(time), "2026-11-20T17:00:00.123Z");
  EXPECT_EQ(to_unix_ms(time), 1795194000123);
}

TEST(Clock, RoundsDownBeforeTheEpoch) {
  EXPECT_EQ(to_iso8601(WallTime{} - 1us), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(to_unix_ms(WallTime{} - 1us), -1);
}

TEST(Clock, DoesNotBelieveAYearBeforeItsOwnMaking) {
  EXPECT_FALSE(is_plausible(WallTime{}));
  EXPECT_TRUE(is_plausible(sys_days{year{2026} / January / 1}));
}

}  // namespace
}  // namespace sluice
