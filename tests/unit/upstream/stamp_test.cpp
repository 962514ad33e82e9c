#include "broker/upstream/stamp.h"

#include <gtest/gtest.h>

namespace sluice::upstream {
namespace {

using namespace std::chrono_literals;

const WallTime kNoon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h;

store::StoredMessage stored(std::optional<std::uint32_t> expiry = {}) {
  Message message;
  message.topic = "t";
  message.payload = "p";
  message.properties.expiry_seconds = expiry;
  message.properties.user = {{"own", "1"}};
  return {0xABCDEF, 42, kNoon, std::make_shared<const Message>(message)};
}

TEST(Stamp, AddsWhereAMessageComesFromBehindItsOwnProperties) {
  const auto message = stamp(stored(), "plant7", "cloud", kNoon);
  const std::vector<UserProperty> expected = {{"own", "1"},
                                              {"sluice-gateway", "plant7"},
                                              {"sluice-stream", "cloud"},
                                              {"sluice-epoch", "0000000000abcdef"},
                                              {"sluice-seq", "42"}};
  EXPECT_EQ(message.properties.user, expected);
  EXPECT_EQ(message.topic, "t");
  EXPECT_EQ(message.payload, "p");
  EXPECT_EQ(message.properties.expiry_seconds, std::nullopt);
}

std::uint32_t expiry_after(WallTime now) { return *stamp(stored(100), "g", "s", now).properties.expiry_seconds; }

TEST(Stamp, TakesTheTimeInTheStoreOffTheExpiry) {
  EXPECT_EQ(expiry_after(kNoon), 100u);
  EXPECT_EQ(expiry_after(kNoon + 30900ms), 70u);
  EXPECT_EQ(expiry_after(kNoon + 100s), 1u);
  EXPECT_EQ(expiry_after(kNoon + 24h), 1u);
}

TEST(Stamp, ExpiresNothingByAClockThatIsNotToBeTrusted) {
  EXPECT_EQ(expiry_after(kNoon - 1h), 100u);
  auto unset = stored(100);
  unset.stored_at = WallTime{} + 5s;
  EXPECT_EQ(stamp(unset, "g", "s", kNoon).properties.expiry_seconds, 100u);
}

}  // namespace
}  // namespace sluice::upstream
