#include "broker/upstream/backoff.h"

#include <gtest/gtest.h>

namespace sluice::upstream {
namespace {

using namespace std::chrono_literals;

constexpr double kAlmostOne = 0.999999;

TEST(Backoff, DoublesItsCeilingUpToTheMost) {
  Backoff backoff(1s, 60s);
  for (const auto ceiling : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s}) {
    const auto wait = backoff.next(kAlmostOne);
    EXPECT_LE(wait, ceiling);
    EXPECT_GT(wait, ceiling - 10ms);
  }
}

TEST(Backoff, TakesARandomPartOfItsCeiling) {
  Backoff backoff(1s, 60s);
  EXPECT_EQ(backoff.next(0.5), 500ms);
  EXPECT_EQ(backoff.next(0.25), 500ms);
  EXPECT_EQ(backoff.next(0.75), 3s);
}

TEST(Backoff, IsNeverABusyLoop) {
  Backoff backoff(1s, 60s);
  for (int n = 0; n < 20; ++n) EXPECT_EQ(backoff.next(0), 100ms);
}

TEST(Backoff, BeginsAnewAfterASuccess) {
  Backoff backoff(1s, 60s);
  for (int n = 0; n < 10; ++n) (void)backoff.next(kAlmostOne);
  backoff.reset();
  EXPECT_LE(backoff.next(kAlmostOne), 1s);
}

TEST(Backoff, NeverExceedsASmallMost) {
  Backoff backoff(1s, 300ms);
  (void)backoff.next(0);
  EXPECT_LE(backoff.next(kAlmostOne), 300ms);
}

}  // namespace
}  // namespace sluice::upstream
