#include "gateway/config/rewrite.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

TEST(Rewrite, KnowsItsPlaceholders) {
  for (const auto* as : {"{topic}", "site/{topic}", "{topic:2..}", "a/{topic:3}/b", "{1}/{2}", "x/{#}", "{{literal"}) {
    EXPECT_TRUE(check_rewrite(as)) << as;
  }
  for (const auto* as : {"", "{topik}", "{topic:0}", "{topic:x}", "{", "a/+", "{topic:99}"}) {
    EXPECT_FALSE(check_rewrite(as)) << as;
  }
}

}  // namespace
}  // namespace sluice::config
