// Acknowledgements that promise storage, and what happens when there is no room for more.
#include <gtest/gtest.h>

#include "broker/codec/encoder.h"
#include "tests/dialogue/stage.h"

namespace sluice::dialogue {
namespace {

using namespace std::chrono_literals;
using codec::Reason;

class Durable : public testing::TestWithParam<Version> {
 protected:
  Stage stage_;
  Client device_{stage_, GetParam(), "device"};
  Client reader_{stage_, GetParam(), "reader"};

  void SetUp() override {
    stage_.outbox.wants_everything = true;
    reader_.says(subscribe_packet(1, "#", QoS::exactly_once));
    reader_.heard();
  }
  bool is_v5() const { return GetParam() == Version::v5_0; }
};
INSTANTIATE_TEST_SUITE_P(Versions, Durable, testing::Values(Version::v3_1, Version::v3_1_1, Version::v5_0),
                         version_name);

// MQTT-4.3.2-4, MQTT-4.3.3-8
TEST_P(Durable, PublishIsAcknowledgedOnceItIsStored) {
  device_.says(publish_packet("a", "1", QoS::at_least_once, 1));
  device_.says(publish_packet("a", "2", QoS::exactly_once, 2));
  device_.hears_nothing();
  reader_.hears({"PUBLISH q1 id=1 a=1", "PUBLISH q2 id=2 a=2"});
  stage_.commit();
  device_.hears({"PUBACK 1", "PUBREC 2"});
}

// MQTT-4.6.0-2, MQTT-4.6.0-3
TEST_P(Durable, PublishesAreAcknowledgedInTheirOrder) {
  device_.says(publish_packet("a", "1", QoS::at_least_once, 1));
  stage_.outbox.wants_everything = false;
  device_.says(publish_packet("a", "2", QoS::at_least_once, 2));
  device_.hears_nothing();
  stage_.commit();
  device_.hears({"PUBACK 1", "PUBACK 2"});
  device_.says(publish_packet("a", "3", QoS::at_least_once, 3));
  device_.hears({"PUBACK 3"});
}

TEST_P(Durable, AcknowledgementsLeaveCommitByCommit) {
  for (std::uint16_t i = 1; i <= 3; ++i) device_.says(publish_packet("a", "x", QoS::at_least_once, i));
  stage_.outbox.commit_one();
  stage_.hub.storage_advanced(stage_.now);
  device_.hears({"PUBACK 1"});
  stage_.commit();
  device_.hears({"PUBACK 2", "PUBACK 3"});
}

TEST_P(Durable, PingIsAnsweredMeanwhile) {
  device_.says(publish_packet("a", "1", QoS::at_least_once, 1));
  device_.says(codec::Pingreq{});
  device_.hears({"PINGRESP"});
}

// The repetition of a QoS 2 message is not acknowledged before the message is stored either.
TEST_P(Durable, RepetitionWaitsForTheSameCommit) {
  auto connect = connect_packet(GetParam(), "keeper");
  connect.clean_start = false;
  connect.session_expiry = 100;
  Client keeper(stage_, connect);
  auto publish = publish_packet("a", "1", QoS::exactly_once, 1);
  keeper.says(publish);
  keeper.opens(connect);
  keeper.heard();
  publish.dup = true;
  keeper.says(publish);
  keeper.hears_nothing();
  stage_.commit();
  keeper.hears({"PUBREC 1"});
  EXPECT_EQ(stage_.outbox.taken.size(), 1u);
}

TEST_P(Durable, PubrelBeforePubrecIsAnError) {
  device_.says(publish_packet("a", "1", QoS::exactly_once, 1));
  device_.says(pubrel(1));
  EXPECT_TRUE(device_.is_closed());
}

TEST_P(Durable, CommitAfterTheClientHasGoneIsHarmless) {
  device_.says(publish_packet("a", "1", QoS::at_least_once, 1));
  device_.cut();
  stage_.commit();
  device_.hears_nothing();
}

TEST_P(Durable, MessageOfQoS0IsDeliveredThoughStorageIsFull) {
  stage_.outbox.full = true;
  device_.says(publish_packet("a", "1"));
  reader_.hears({"PUBLISH q0 a=1"});
  EXPECT_EQ(stage_.hub.figures().refused, 1u);
}

TEST(DurableV5, PublishIsRefusedWhileStorageIsFull) {
  Stage stage;
  stage.outbox.wants_everything = true;
  stage.outbox.full = true;
  Client device(stage, Version::v5_0, "device");
  device.says(publish_packet("a", "1", QoS::at_least_once, 1));
  device.says(publish_packet("a", "2", QoS::exactly_once, 2));
  device.hears({"PUBACK 1 quota_exceeded", "PUBREC 2 quota_exceeded"});
  stage.outbox.full = false;
  device.says(publish_packet("a", "2", QoS::exactly_once, 2));
  stage.commit();
  device.hears({"PUBREC 2"});
}

// An older client does not know how much it may send at once: it waits by TCP instead of losing its
// connection.
TEST(DurableV3, PublisherThatIsFasterThanStorageIsHeldBack) {
  Stage stage;
  stage.outbox.wants_everything = true;
  Client device(stage, Version::v3_1_1, "device");
  Bytes burst;
  for (std::uint16_t i = 1; i <= 1500; ++i) {
    codec::encode(publish_packet("a", "x", QoS::at_least_once, i), Version::v3_1_1, burst);
  }
  device.says(burst);
  EXPECT_TRUE(device.is_held_back());
  EXPECT_EQ(stage.outbox.taken.size(), 1024u);
  stage.commit();
  EXPECT_EQ(device.heard().size(), 1024u);
  EXPECT_FALSE(device.is_held_back());
  EXPECT_EQ(stage.outbox.taken.size(), 1500u);
  stage.commit();
  EXPECT_EQ(device.heard().size(), 476u);
}

// It is the broker that does not listen then.
TEST(DurableV3, PublisherThatIsHeldBackIsNotTakenForDead) {
  Stage stage;
  stage.outbox.wants_everything = true;
  auto connect = connect_packet(Version::v3_1_1, "device");
  connect.keep_alive = 10;
  Client device(stage, connect);
  Bytes burst;
  for (std::uint16_t i = 1; i <= 1500; ++i) {
    codec::encode(publish_packet("a", "x", QoS::at_least_once, i), Version::v3_1_1, burst);
  }
  device.says(burst);
  stage.pass(std::chrono::seconds(20));
  EXPECT_FALSE(device.is_closed());
  stage.commit();
  stage.pass(std::chrono::seconds(14));
  EXPECT_FALSE(device.is_closed());
  stage.pass(std::chrono::seconds(1));
  EXPECT_TRUE(device.is_closed());
}

class Held : public testing::Test {
 protected:
  Stage stage_;
  Client device_{stage_, Version::v3_1_1, "device"};

  void SetUp() override {
    stage_.outbox.wants_everything = true;
    stage_.outbox.full = true;
  }
};

TEST_F(Held, PublishGetsItsAcknowledgementWhenThereIsRoomAgain) {
  device_.says(publish_packet("a", "1", QoS::at_least_once, 1));
  device_.says(publish_packet("b", "2", QoS::exactly_once, 2));
  device_.says(codec::Pingreq{});
  device_.hears({"PINGRESP"});
  stage_.outbox.full = false;
  stage_.pass(1s);
  device_.hears_nothing();
  EXPECT_EQ(stage_.outbox.taken, (std::vector<std::string>{"a", "b"}));
  stage_.commit();
  device_.hears({"PUBACK 1", "PUBREC 2"});
}

TEST_F(Held, PublishesStayInOrder) {
  device_.says(publish_packet("a", "1", QoS::at_least_once, 1));
  stage_.outbox.full = false;
  device_.says(publish_packet("b", "2", QoS::at_least_once, 2));
  EXPECT_TRUE(stage_.outbox.taken.empty());
  stage_.commit();
  EXPECT_EQ(stage_.outbox.taken, (std::vector<std::string>{"a", "b"}));
}

TEST_F(Held, PublishEndsTheConnectionAfterAMinute) {
  device_.says(publish_packet("a", "1", QoS::at_least_once, 1));
  stage_.pass(59s);
  EXPECT_FALSE(device_.is_closed());
  stage_.pass(2s);
  EXPECT_TRUE(device_.is_closed());
}

TEST_F(Held, PublishesHaveALimit) {
  for (std::uint16_t i = 1; i <= 256; ++i) device_.says(publish_packet("a", "1", QoS::at_least_once, i));
  EXPECT_FALSE(device_.is_closed());
  device_.says(publish_packet("a", "1", QoS::at_least_once, 257));
  EXPECT_TRUE(device_.is_closed());
}

TEST_F(Held, MessageOfADeviceIsDeliveredHereAllTheSame) {
  Client reader(stage_, Version::v3_1_1, "reader");
  reader.says(subscribe_packet(1, "#"));
  reader.heard();
  auto message = std::make_shared<Message>();
  message->topic = "meter/power";
  message->payload = "1";
  message->origin.kind = Origin::Kind::device;
  EXPECT_EQ(stage_.hub.publish_inside(message, stage_.now), session::Verdict::Kind::later);
  reader.hears({"PUBLISH q0 meter/power=1"});
}

}  // namespace
}  // namespace sluice::dialogue
