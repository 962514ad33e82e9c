#include "broker/access/anonymous.h"

#include <gtest/gtest.h>

namespace sluice::access {
namespace {

TEST(Anonymous, LoopbackIsKnownInEveryForm) {
  for (const auto* address : {"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback(address)) << address;
  }
  for (const auto* address :
       {"192.168.0.1", "128.0.0.1", "::2", "::ffff:10.0.0.1", "fe80::1", "", "localhost", "127"}) {
    EXPECT_FALSE(is_loopback(address)) << address;
  }
}

TEST(Anonymous, IsWelcomeWhereTheRuleSaysSo) {
  EXPECT_TRUE(is_anonymous_welcome(Anonymous::loopback, "127.0.0.1"));
  EXPECT_FALSE(is_anonymous_welcome(Anonymous::loopback, "10.0.0.7"));
  EXPECT_TRUE(is_anonymous_welcome(Anonymous::everywhere, "10.0.0.7"));
  EXPECT_FALSE(is_anonymous_welcome(Anonymous::nowhere, "127.0.0.1"));
}

}  // namespace
}  // namespace sluice::access
