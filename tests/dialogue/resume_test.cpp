// Sessions that outlive their connections: what is kept, what is sent again (sections 4.1, 4.4).
#include <gtest/gtest.h>

#include "tests/dialogue/stage.h"

namespace sluice::dialogue {
namespace {

using namespace std::chrono_literals;
using codec::Reason;

codec::Connect keeping(Version version, std::string_view client_id) {
  auto packet = connect_packet(version, client_id);
  packet.clean_start = false;
  packet.session_expiry = 1000;
  return packet;
}

class Resume : public testing::TestWithParam<Version> {
 protected:
  Stage stage_;
  Client device_{stage_, GetParam(), "device"};
  Client reader_{stage_, keeping(GetParam(), "reader")};

  void SetUp() override {
    reader_.says(subscribe_packet(1, "a/#", QoS::exactly_once));
    reader_.hears({"SUBACK 1: 2"});
  }

  void reader_returns() { reader_.opens(keeping(GetParam(), "reader")); }

  // 3.1 has no such flag.
  std::string connack() const { return GetParam() == Version::v3_1 ? "CONNACK" : "CONNACK present"; }
};
INSTANTIATE_TEST_SUITE_P(Versions, Resume, testing::Values(Version::v3_1, Version::v3_1_1, Version::v5_0),
                         version_name);

// MQTT-4.5.0-1, MQTT-3.2.2-3
TEST_P(Resume, ReceivesWhatWasPublishedMeanwhile) {
  reader_.cut();
  device_.says(publish_packet("a/0", "lost", QoS::at_most_once));
  device_.says(publish_packet("a/1", "1", QoS::at_least_once, 1));
  device_.says(publish_packet("a/2", "2", QoS::exactly_once, 2));
  reader_returns();
  reader_.hears({connack(), "PUBLISH q1 id=1 a/1=1", "PUBLISH q2 id=2 a/2=2"});
  device_.says(publish_packet("a/3", "3", QoS::at_least_once, 3));
  reader_.hears({"PUBLISH q1 id=3 a/3=3"});
}

// MQTT-4.4.0-1, MQTT-3.3.1-1
TEST_P(Resume, RepeatsUnacknowledgedMessagesWithTheirIdentifiersInOrder) {
  for (std::uint16_t i = 1; i <= 4; ++i) {
    device_.says(publish_packet("a/b", std::to_string(i), i % 2 ? QoS::at_least_once : QoS::exactly_once, i));
  }
  reader_.heard();
  reader_.says(puback(3));
  reader_.cut();
  reader_returns();
  reader_.hears({connack(), "PUBLISH q1 id=1 dup a/b=1", "PUBLISH q2 id=2 dup a/b=2", "PUBLISH q2 id=4 dup a/b=4"});
}

// MQTT-4.4.0-1
TEST_P(Resume, RepeatsAnOwedPubrel) {
  device_.says(publish_packet("a/b", "1", QoS::exactly_once, 1));
  device_.says(publish_packet("a/b", "2", QoS::exactly_once, 2));
  reader_.says(pubrec(2));
  reader_.says(pubrec(1));
  reader_.heard();
  reader_.cut();
  reader_returns();
  reader_.hears({connack(), "PUBREL 2", "PUBREL 1"});
  reader_.says(pubcomp(2));
  reader_.says(pubcomp(1));
  reader_.cut();
  reader_returns();
  reader_.hears({connack()});
}

// Identifiers whose exchange a client never completes do not add up from connection to connection.
TEST_P(Resume, CountsOwedPubrelsAgainstTheWindow) {
  for (std::uint16_t i = 1; i <= 256; ++i) {
    device_.says(publish_packet("a/b", "x", QoS::exactly_once, i));
    device_.says(pubrel(i));
    reader_.says(pubrec(i));
  }
  reader_returns();
  EXPECT_EQ(reader_.heard().size(), 1u + 256u);
  device_.says(publish_packet("a/b", "next", QoS::exactly_once, 1));
  reader_.hears_nothing();
  reader_.says(pubcomp(1));
  reader_.hears({"PUBLISH q2 id=257 a/b=next"});
}

// The connection is cut after each step of a delivery in QoS 2, on both sides; the message arrives
// exactly once (MQTT-4.3.3-10).
TEST_P(Resume, DeliversExactlyOnceWhereverTheConnectionIsCut) {
  for (int cut = 0; cut <= 4; ++cut) {
    Client reader(stage_, keeping(GetParam(), "once"));
    reader.says(subscribe_packet(1, "once", QoS::exactly_once));
    reader.heard();
    device_.says(publish_packet("once", "x", QoS::exactly_once, 5));
    device_.says(pubrel(5));
    int deliveries = 0;
    int steps = 0;
    const auto lose = [&] {
      if (++steps != cut) return false;
      reader.cut();
      reader.opens(keeping(GetParam(), "once"));
      return true;
    };
    bool received = false;  // what the client remembers of identifier 1
    for (int turn = 0; turn < 10; ++turn) {
      for (const auto& line : reader.heard()) {
        if (line.starts_with("PUBLISH")) {
          if (lose()) break;
          deliveries += received ? 0 : 1;
          received = true;
          reader.says(pubrec(1));
          if (lose()) break;
        } else if (line.starts_with("PUBREL")) {
          if (lose()) break;
          reader.says(pubcomp(1));
          if (lose()) break;
        }
      }
    }
    EXPECT_EQ(deliveries, 1) << "cut at step " << cut;
    reader.opens(connect_packet(GetParam(), "once"));
  }
}

// MQTT-4.3.3-10 across connections; MQTT-4.3.3-11
TEST_P(Resume, RemembersTheIdentifiersOfQoS2OfAPublisher) {
  Client publisher(stage_, keeping(GetParam(), "publisher"));
  auto publish = publish_packet("a/b", "1", QoS::exactly_once, 5);
  publisher.says(publish);
  publisher.hears({"PUBREC 5"});
  publisher.cut();
  publisher.opens(keeping(GetParam(), "publisher"));
  publish.dup = true;
  publisher.says(publish);
  publisher.says(pubrel(5));
  publisher.hears({connack(), "PUBREC 5", "PUBCOMP 5"});
  reader_.hears({"PUBLISH q2 id=1 a/b=1"});
  publisher.says(publish_packet("a/b", "2", QoS::exactly_once, 5));
  reader_.hears({"PUBLISH q2 id=2 a/b=2"});
}

// MQTT-3.1.2-4 (5.0), MQTT-3.1.2-6 (3.1.1)
TEST_P(Resume, BeginsAnewWithACleanStart) {
  device_.says(publish_packet("a/b", "1", QoS::at_least_once, 1));
  reader_.cut();
  reader_.opens(connect_packet(GetParam(), "reader"));
  reader_.hears({"CONNACK"});
  device_.says(publish_packet("a/b", "2", QoS::at_least_once, 2));
  reader_.hears_nothing();
  EXPECT_EQ(stage_.hub.subscriptions(), 0u);
}

TEST_P(Resume, SurvivesATakeover) {
  device_.says(publish_packet("a/b", "1", QoS::at_least_once, 1));
  Client second(stage_, GetParam());
  second.says(keeping(GetParam(), "reader"));
  second.hears({connack(), "PUBLISH q1 id=1 dup a/b=1"});
  EXPECT_TRUE(reader_.is_closed());
}

TEST_P(Resume, BelongsToOneUser) {
  device_.says(publish_packet("a/b", "1", QoS::at_least_once, 1));
  auto stranger = keeping(GetParam(), "reader");
  stranger.user_name = "stranger";
  stranger.password = as_bytes("right");
  Client second(stage_, GetParam());
  second.says(stranger);
  second.hears({"CONNACK"});
}

TEST_P(Resume, KeepsNoMoreThanItsLimit) {
  broker::HubLimits limits;
  limits.client.queued_messages = 3;
  Stage stage(limits);
  Client device(stage, GetParam(), "device");
  Client reader(stage, keeping(GetParam(), "reader"));
  reader.says(subscribe_packet(1, "a", QoS::at_least_once));
  reader.heard();
  reader.cut();
  for (std::uint16_t i = 1; i <= 5; ++i) device.says(publish_packet("a", std::to_string(i), QoS::at_least_once, i));
  reader.opens(keeping(GetParam(), "reader"));
  reader.hears({connack(), "PUBLISH q1 id=1 a=1", "PUBLISH q1 id=2 a=2", "PUBLISH q1 id=3 a=3"});
  EXPECT_EQ(stage.hub.figures().dropped, 2u);
}

// MQTT-3.1.2-23
TEST(ResumeV5, EndsWithItsExpiry) {
  Stage stage;
  auto packet = connect_packet(Version::v5_0, "a");
  packet.session_expiry = 10;
  Client client(stage, packet);
  client.says(subscribe_packet(1, "a/b"));
  client.cut();
  stage.pass(9900ms);
  EXPECT_EQ(stage.hub.sessions(), 1u);
  stage.pass(200ms);
  EXPECT_EQ(stage.hub.sessions(), 0u);
  EXPECT_EQ(stage.hub.subscriptions(), 0u);
}

TEST(ResumeV5, IsNotEndedByAnExpiryThatBeganBeforeTheClientCameBack) {
  Stage stage;
  auto packet = connect_packet(Version::v5_0, "a");
  packet.session_expiry = 10;
  Client client(stage, packet);
  client.cut();
  stage.pass(9s);
  packet.clean_start = false;
  client.opens(packet);
  client.hears({"CONNACK present"});
  stage.pass(60s);
  EXPECT_EQ(stage.hub.sessions(), 1u);
}

TEST(ResumeV5, KeepsToASmallerReceiveMaximum) {
  Stage stage;
  Client device(stage, Version::v5_0, "device");
  Client reader(stage, keeping(Version::v5_0, "reader"));
  reader.says(subscribe_packet(1, "a", QoS::at_least_once));
  for (std::uint16_t i = 1; i <= 4; ++i) device.says(publish_packet("a", std::to_string(i), QoS::at_least_once, i));
  reader.heard();
  reader.cut();
  auto packet = keeping(Version::v5_0, "reader");
  packet.receive_maximum = 2;
  reader.opens(packet);
  reader.hears({"CONNACK present", "PUBLISH q1 id=1 dup a=1", "PUBLISH q1 id=2 dup a=2"});
  reader.says(puback(1));
  reader.hears({"PUBLISH q1 id=3 dup a=3"});
  device.says(publish_packet("a", "5", QoS::at_least_once, 5));
  reader.hears_nothing();
  reader.says(puback(2));
  reader.says(puback(3));
  reader.hears({"PUBLISH q1 id=4 dup a=4", "PUBLISH q1 id=5 a=5"});
}

// Section 4.9: what an earlier connection had open gives this one no more than it began with.
TEST(ResumeV5, DoesNotGainQuotaByOldAcknowledgements) {
  Stage stage;
  auto connect = keeping(Version::v5_0, "reader");
  connect.receive_maximum = 1;
  Client device(stage, Version::v5_0, "device");
  Client reader(stage, connect);
  reader.says(subscribe_packet(1, "a", QoS::exactly_once));
  device.says(publish_packet("a", "1", QoS::exactly_once, 1));
  reader.says(pubrec(1));
  reader.opens(connect);
  reader.says(pubcomp(1));
  reader.hears({"CONNACK present", "PUBREL 1"});
  for (std::uint16_t i = 2; i <= 3; ++i) device.says(publish_packet("a", std::to_string(i), QoS::at_least_once, i));
  reader.hears({"PUBLISH q1 id=2 a=2"});
}

// MQTT-3.3.2-5, MQTT-3.3.2-6
TEST(ResumeV5, SendsWhatRemainsOfAMessageExpiry) {
  Stage stage;
  Client device(stage, Version::v5_0, "device");
  Client reader(stage, keeping(Version::v5_0, "reader"));
  reader.says(subscribe_packet(1, "a", QoS::at_least_once));
  reader.heard();
  reader.cut();
  auto publish = publish_packet("a", "short", QoS::at_least_once, 1);
  publish.properties.message_expiry = 5;
  device.says(publish);
  publish.payload = as_bytes("long");
  publish.properties.message_expiry = 60;
  device.says(publish);
  stage.pass(20s);
  reader.opens(keeping(Version::v5_0, "reader"));
  reader.hears({"CONNACK present", "PUBLISH q1 id=1 expiry=40 a=long"});
}

// MQTT-4.3.3-7, -13: an exchange that has begun is not ended by expiry.
TEST(ResumeV5, GoesOnWithAnExchangeWhoseMessageExpiredMeanwhile) {
  Stage stage;
  Client device(stage, Version::v5_0, "device");
  Client reader(stage, keeping(Version::v5_0, "reader"));
  reader.says(subscribe_packet(1, "a", QoS::exactly_once));
  auto publish = publish_packet("a", "x", QoS::exactly_once, 1);
  publish.properties.message_expiry = 5;
  device.says(publish);
  reader.heard();
  reader.cut();
  stage.pass(20s);
  reader.opens(keeping(Version::v5_0, "reader"));
  reader.hears({"CONNACK present", "PUBLISH q2 id=1 dup expiry=1 a=x"});
}

}  // namespace
}  // namespace sluice::dialogue
