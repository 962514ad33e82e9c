#include "gateway/status/status_message.h"

#include <gtest/gtest.h>

namespace sluice::status {
namespace {

TEST(StatusMessage, IsRetainedAndExactlyOneOfTwoWords) {
  const auto online = make_status("plant7/status", true, "");
  EXPECT_EQ(online.payload, "online");
  EXPECT_TRUE(online.retain);
  EXPECT_TRUE(online.properties.user.empty());
}

TEST(StatusMessage, CarriesTheReasonBesideThePayload) {
  const auto offline = make_status("plant7/pump/status", false, "timeout");
  EXPECT_EQ(offline.payload, "offline");
  EXPECT_EQ(offline.properties.user, (std::vector<UserProperty>{{"reason", "timeout"}}));
}

}  // namespace
}  // namespace sluice::status
