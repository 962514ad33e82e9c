// The will: published, delayed, taken back (sections 3.1.2.5, 3.1.3.2, 3.14.4).
#include <gtest/gtest.h>

#include "tests/dialogue/stage.h"

namespace sluice::dialogue {
namespace {

using namespace std::chrono_literals;
using codec::Reason;

codec::Connect with_will(Version version, std::uint32_t delay = 0) {
  auto packet = connect_packet(version, "mortal");
  packet.will.emplace();
  packet.will->topic = "will";
  packet.will->payload = as_bytes("gone");
  packet.will->qos = QoS::at_least_once;
  packet.will->delay = delay;
  return packet;
}

class WillTest : public testing::TestWithParam<Version> {
 protected:
  Stage stage_;
  Client reader_{stage_, GetParam(), "reader"};

  void SetUp() override {
    reader_.says(subscribe_packet(1, "will", QoS::at_least_once));
    reader_.heard();
  }
  const std::vector<std::string> published_{"PUBLISH q1 id=1 will=gone"};
};
INSTANTIATE_TEST_SUITE_P(Versions, WillTest, testing::Values(Version::v3_1, Version::v3_1_1, Version::v5_0),
                         version_name);

// MQTT-3.1.2-8
TEST_P(WillTest, IsPublishedWhenTheConnectionIsLost) {
  Client client(stage_, with_will(GetParam()));
  client.cut();
  reader_.hears(published_);
}

// MQTT-3.14.4-3, MQTT-3.1.2-10
TEST_P(WillTest, IsTakenBackByDisconnect) {
  Client client(stage_, with_will(GetParam()));
  client.says(codec::Disconnect{});
  client.cut();
  stage_.pass(60s);
  reader_.hears_nothing();
}

TEST_P(WillTest, IsPublishedOnAnError) {
  Client client(stage_, with_will(GetParam()));
  client.says_hex("20 02 00 00");
  EXPECT_TRUE(client.is_closed());
  reader_.hears(published_);
}

TEST_P(WillTest, IsPublishedWhenTheKeepAliveRunsOut) {
  auto packet = with_will(GetParam());
  packet.keep_alive = 2;
  Client client(stage_, packet);
  stage_.pass(3100ms);
  reader_.hears(published_);
}

TEST_P(WillTest, IsPublishedOnATakeover) {
  Client client(stage_, with_will(GetParam()));
  Client second(stage_, GetParam(), "mortal");
  reader_.hears(published_);
}

TEST_P(WillTest, CanBeRetained) {
  auto packet = with_will(GetParam());
  packet.will->retain = true;
  Client client(stage_, packet);
  client.cut();
  reader_.hears(published_);
  EXPECT_EQ(stage_.hub.retained(), 1u);
}

// Rights are those at the time of its publication.
TEST_P(WillTest, NeedsTheRightToPublish) {
  auto packet = with_will(GetParam());
  packet.will->topic = "forbidden";
  Client client(stage_, packet);
  client.cut();
  EXPECT_EQ(stage_.hub.figures().refused, 1u);
}

TEST_P(WillTest, MayNotGoToATopicOfTheServer) {
  auto packet = with_will(GetParam());
  packet.will->topic = "$CONTROL/x";
  Client client(stage_, GetParam());
  client.says(packet);
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(stage_.hub.sessions(), 1u);  // the reader's
}

class DelayedWill : public testing::Test {
 protected:
  Stage stage_;
  Client reader_{stage_, Version::v5_0, "reader"};

  void SetUp() override {
    reader_.says(subscribe_packet(1, "will"));
    reader_.heard();
  }
  static codec::Connect connect(std::uint32_t delay, std::uint32_t expiry) {
    auto packet = with_will(Version::v5_0, delay);
    packet.session_expiry = expiry;
    packet.clean_start = false;
    return packet;
  }
  const std::vector<std::string> published_{"PUBLISH q0 will=gone"};
};

// MQTT-3.1.3-9
TEST_F(DelayedWill, WaitsForItsDelay) {
  Client client(stage_, connect(10, 60));
  client.cut();
  stage_.pass(9900ms);
  reader_.hears_nothing();
  stage_.pass(200ms);
  reader_.hears(published_);
  stage_.pass(120s);
  reader_.hears_nothing();
}

TEST_F(DelayedWill, WaitsNoLongerThanTheSessionLives) {
  Client client(stage_, connect(60, 10));
  client.cut();
  stage_.pass(10100ms);
  reader_.hears(published_);
  EXPECT_EQ(stage_.hub.sessions(), 1u);
}

TEST_F(DelayedWill, OfASessionWithoutExpiryIsPublishedAtOnce) {
  Client client(stage_, connect(60, 0));
  client.cut();
  reader_.hears(published_);
}

TEST_F(DelayedWill, IsCancelledWhenTheClientComesBack) {
  Client client(stage_, connect(10, 60));
  client.cut();
  stage_.pass(5s);
  client.opens(connect(10, 60));
  stage_.pass(60s);
  reader_.hears_nothing();
}

TEST_F(DelayedWill, IsPublishedWhenTheClientComesBackWithoutItsSession) {
  Client client(stage_, connect(10, 60));
  client.cut();
  client.opens(connect_packet(Version::v5_0, "mortal"));
  reader_.hears(published_);
}

// MQTT-3.14.4-3
TEST_F(DelayedWill, IsKeptByDisconnectWithWill) {
  Client client(stage_, connect(0, 60));
  codec::Disconnect disconnect;
  disconnect.reason = Reason::disconnect_with_will;
  client.says(disconnect);
  reader_.hears(published_);
}

}  // namespace
}  // namespace sluice::dialogue
