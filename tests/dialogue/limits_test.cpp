// Quotas, sizes, aliases, and clients that read too slowly (sections 3.1.2.11, 3.3.2.3, 4.9).
#include <gtest/gtest.h>

#include "tests/dialogue/stage.h"

namespace sluice::dialogue {
namespace {

using codec::Reason;

using Lines = std::vector<std::string>;

class Limits : public testing::TestWithParam<Version> {
 protected:
  Stage stage_;
  Client device_{stage_, GetParam(), "device"};
  Client reader_{stage_, GetParam(), "reader"};

  bool is_v5() const { return GetParam() == Version::v5_0; }
  Lines farewell(const std::string& reason) const { return is_v5() ? Lines{"DISCONNECT " + reason} : Lines{}; }
};
INSTANTIATE_TEST_SUITE_P(Versions, Limits, testing::Values(Version::v3_1_1, Version::v5_0), version_name);

// MQTT-3.3.4-7 ff., MQTT-4.9.0: what stays open counts, what was completed does not.
TEST_P(Limits, OfOpenPublishesEndTheConnection) {
  const std::uint16_t most = is_v5() ? 256 : 1024;
  for (std::uint16_t i = 1; i <= 2000; ++i) device_.says(publish_packet("a", "x", QoS::at_least_once, i));
  device_.heard();
  for (std::uint16_t i = 1; i <= most; ++i) device_.says(publish_packet("a", "x", QoS::exactly_once, i));
  device_.heard();
  device_.says(pubrel(1));
  device_.hears({"PUBCOMP 1"});
  device_.says(publish_packet("a", "x", QoS::exactly_once, 1));
  device_.hears({is_v5() ? "PUBREC 1 no_matching_subscribers" : "PUBREC 1"});
  device_.says(publish_packet("a", "x", QoS::exactly_once, 5000));
  device_.hears(farewell("receive_maximum_exceeded"));
  EXPECT_TRUE(device_.is_closed());
}

TEST_P(Limits, OfPacketSizeAreDecidedAtTheHeader) {
  device_.says_hex("30 ff ff 7f");
  device_.hears(farewell("packet_too_large"));
  EXPECT_TRUE(device_.is_closed());
}

TEST_P(Limits, OfTopicLevelsEndTheConnection) {
  device_.says(publish_packet(std::string(40, '/'), "x"));
  device_.hears(farewell("topic_name_invalid"));
}

// The window towards a client that acknowledges slowly; QoS 0 does not wait for it.
TEST_P(Limits, OfUnacknowledgedMessagesMakeTheRestWait) {
  reader_.says(subscribe_packet(1, "#", QoS::at_least_once));
  reader_.heard();
  for (std::uint16_t i = 1; i <= 300; ++i) device_.says(publish_packet("a", "x", QoS::at_least_once, i));
  device_.says(publish_packet("a", "now", QoS::at_most_once));
  auto heard = reader_.heard();
  ASSERT_EQ(heard.size(), 257u);
  EXPECT_EQ(heard.back(), "PUBLISH q0 a=now");
  reader_.says(puback(1));
  reader_.hears({"PUBLISH q1 id=257 a=x"});
}

TEST_P(Limits, OfTheOutputMakeMessagesWaitUntilTheClientReads) {
  reader_.says(subscribe_packet(1, "#", QoS::at_least_once));
  reader_.heard();
  reader_.stops_reading();
  const std::string large(100'000, 'x');
  for (std::uint16_t i = 1; i <= 5; ++i) device_.says(publish_packet("a", large, QoS::at_least_once, i));
  for (int i = 0; i < 100; ++i) device_.says(publish_packet("a", large, QoS::at_most_once));
  EXPECT_EQ(reader_.heard().size(), 3u);
  reader_.reads_on();
  // 8 MiB of QoS 0 wait at most.
  EXPECT_EQ(reader_.heard().size(), 2u + 83u);
  EXPECT_EQ(stage_.hub.figures().dropped, 17u);
}

// A message takes memory even when it says nothing.
TEST_P(Limits, OfWhatWaitsHoldForTheSmallestMessages) {
  reader_.says(subscribe_packet(1, "#", QoS::at_most_once));
  reader_.heard();
  reader_.stops_reading();
  for (int i = 0; i < 200'000; ++i) device_.says(publish_packet("a", "", QoS::at_most_once));
  EXPECT_GT(stage_.hub.figures().dropped, 100'000u);
}

TEST_P(Limits, OfUnreadAnswersHoldTheClientBack) {
  Stage stage;
  Client client(stage, GetParam(), "client");
  client.stops_reading();
  constexpr std::size_t kMost = (1u << 20) / 2;  // answers of two bytes
  Bytes pings;
  for (std::size_t i = 0; i < kMost + 3; ++i) pings.insert(pings.end(), {0xc0, 0x00});
  client.says(pings);
  EXPECT_TRUE(client.is_held_back());
  EXPECT_EQ(client.heard_bytes().size(), 2 * kMost);
  client.reads_on();
  EXPECT_FALSE(client.is_held_back());
  EXPECT_EQ(client.heard_bytes().size(), 6u);
}

// Bad packets of a connected client: what is sent and what 5.0 says to it.
struct BadPacket {
  const char* name;
  const char* bytes_v3;  // empty: only in 5.0
  const char* bytes_v5;
  const char* reason;
};

class BadInput : public testing::TestWithParam<BadPacket> {};

TEST_P(BadInput, EndsTheConnection) {
  for (const auto version : {Version::v3_1_1, Version::v5_0}) {
    const std::string bytes = version == Version::v5_0 ? GetParam().bytes_v5 : GetParam().bytes_v3;
    if (bytes.empty()) continue;
    Stage stage;
    Client neighbour(stage, version, "neighbour");
    Client client(stage, version, "bad");
    client.says_hex(bytes);
    client.hears(version == Version::v5_0 ? Lines{std::string("DISCONNECT ") + GetParam().reason} : Lines{});
    EXPECT_TRUE(client.is_closed());
    EXPECT_FALSE(neighbour.is_closed());
    EXPECT_EQ(stage.hub.sessions(), 1u);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Inputs, BadInput,
    testing::Values(
        BadPacket{"ReservedType", "00 00", "00 00", "malformed_packet"},
        BadPacket{"WrongFlags", "c1 00", "c1 00", "malformed_packet"},
        BadPacket{"PubrelWithoutItsFlags", "60 02 00 01", "60 02 00 01", "malformed_packet"},
        BadPacket{"LengthNotMinimal", "c0 80 00", "c0 80 00", "malformed_packet"},
        BadPacket{"QoS3", "36 05 00 01 61 00 01", "36 06 00 01 61 00 01 00", "malformed_packet"},
        BadPacket{"DuplicateOfQoS0", "38 03 00 01 61", "38 04 00 01 61 00", "malformed_packet"},
        BadPacket{"TopicWithAWildcard", "30 03 00 01 2b", "30 04 00 01 2b 00", "topic_name_invalid"},
        BadPacket{"TopicLongerThanThePacket", "30 03 00 09 61", "30 04 00 09 61 00", "malformed_packet"},
        BadPacket{"PacketIdentifier0", "32 05 00 01 61 00 00", "32 06 00 01 61 00 00 00", "protocol_error"},
        BadPacket{"SubscribeWithoutAFilter", "82 02 00 01", "82 03 00 01 00", "protocol_error"},
        BadPacket{"SubscribeWithoutOptions", "82 05 00 01 00 01 61", "82 06 00 01 00 00 01 61", "malformed_packet"},
        BadPacket{"ConnackFromAClient", "20 02 00 00", "20 03 00 00 00", "protocol_error"},
        BadPacket{"PingrespFromAClient", "d0 00", "d0 00", "protocol_error"},
        BadPacket{"TopicWithoutUtf8", "30 05 00 03 ed a0 80", "30 06 00 03 ed a0 80 00", "malformed_packet"},
        BadPacket{"EmptyTopicWithoutAlias", "", "30 03 00 00 00", "protocol_error"},
        BadPacket{"UnknownAlias", "", "30 06 00 00 03 23 00 01", "protocol_error"},
        BadPacket{"Alias0", "", "30 07 00 01 61 03 23 00 00", "topic_alias_invalid"},
        BadPacket{"AliasTooLarge", "", "30 07 00 01 61 03 23 00 21", "topic_alias_invalid"},
        BadPacket{"SubscriptionIdentifierFromAClient", "", "30 06 00 01 61 02 0b 01", "protocol_error"},
        BadPacket{"NoLocalOnASharedSubscription", "", "82 10 00 01 00 00 0a 24 73 68 61 72 65 2f 67 2f 74 04",
                  "protocol_error"},
        BadPacket{"DisconnectWithAReasonOfServers", "", "e0 02 8e 00", "protocol_error"}),
    [](const auto& input) { return std::string(input.param.name); });

class LimitsV5 : public testing::Test {
 protected:
  Stage stage_;
  Client device_{stage_, Version::v5_0, "device"};
};

// MQTT-3.3.4-9
TEST_F(LimitsV5, OfTheClientsReceiveMaximumAreKept) {
  auto connect = connect_packet(Version::v5_0, "reader");
  connect.receive_maximum = 2;
  Client reader(stage_, connect);
  reader.says(subscribe_packet(1, "a", QoS::exactly_once));
  reader.heard();
  for (std::uint16_t i = 1; i <= 4; ++i) device_.says(publish_packet("a", std::to_string(i), QoS::exactly_once, i));
  reader.hears({"PUBLISH q2 id=1 a=1", "PUBLISH q2 id=2 a=2"});
  reader.says(pubrec(1));
  reader.hears({"PUBREL 1"});  // PUBREC alone gives nothing back
  reader.says(pubcomp(1));
  reader.hears({"PUBLISH q2 id=3 a=3"});
  reader.says(pubrec(2, Reason::quota_exceeded));  // MQTT-4.4.0-2: the end of it, without a PUBREL
  reader.hears({"PUBLISH q2 id=4 a=4"});
}

// MQTT-3.1.2-24, MQTT-3.1.2-25
TEST_F(LimitsV5, OfTheClientsPacketSizeDropWhatIsTooLarge) {
  auto connect = connect_packet(Version::v5_0, "reader");
  connect.maximum_packet_size = 40;
  Client reader(stage_, connect);
  reader.says(subscribe_packet(1, "a", QoS::at_least_once));
  reader.heard();
  device_.says(publish_packet("a", std::string(33, 'x'), QoS::at_least_once, 1));
  device_.says(publish_packet("a", std::string(32, 'y'), QoS::at_least_once, 2));
  reader.hears({"PUBLISH q1 id=1 a=" + std::string(32, 'y')});
  EXPECT_EQ(stage_.hub.figures().dropped, 1u);
}

// MQTT-3.3.2-7, -11; MQTT-3.3.2-6: the alias of a publisher is its own.
TEST_F(LimitsV5, OfAliasesLetThemStandForTheirTopic) {
  Client reader(stage_, Version::v5_0, "reader");
  reader.says(subscribe_packet(1, "#"));
  reader.heard();
  auto publish = publish_packet("a/b", "1");
  publish.topic_alias = 32;
  device_.says(publish);
  publish.topic = "";
  publish.payload = as_bytes("2");
  device_.says(publish);
  publish.topic = "c";
  device_.says(publish);
  publish.topic = "";
  device_.says(publish);
  reader.hears({"PUBLISH q0 a/b=1", "PUBLISH q0 a/b=2", "PUBLISH q0 c=2", "PUBLISH q0 c=2"});
  device_.opens(connect_packet(Version::v5_0, "device"));
  device_.heard();
  device_.says(publish);
  device_.hears({"DISCONNECT protocol_error"});
}

// MQTT-3.3.2-4, -15 to -20, MQTT-3.3.2-18
TEST_F(LimitsV5, DoNotTouchThePropertiesOfMessages) {
  Client reader(stage_, Version::v5_0, "reader");
  reader.says(subscribe_packet(1, "#"));
  reader.heard();
  auto publish = publish_packet("a", "x");
  publish.properties.payload_is_utf8 = true;
  publish.properties.content_type = "text/plain";
  publish.properties.response_topic = "r";
  publish.properties.correlation_data = as_bytes("c");
  publish.properties.user = {{"z", "1"}, {"a", "2"}, {"z", "3"}};
  publish.properties.message_expiry = 9;
  device_.says(publish);
  reader.hears({"PUBLISH q0 expiry=9 utf8 type=text/plain response=r correlation=c z:1 a:2 z:3 a=x"});
}

// MQTT-3.4.2-1; section 3.3.5
TEST_F(LimitsV5, OfRightsAreToldInTheAcknowledgement) {
  device_.says(publish_packet("forbidden/x", "1", QoS::at_least_once, 1));
  device_.says(publish_packet("$SYS/x", "1", QoS::exactly_once, 2));
  device_.says(publish_packet("nobody/listens", "1", QoS::at_least_once, 3));
  device_.hears({"PUBACK 1 not_authorized", "PUBREC 2 not_authorized", "PUBACK 3 no_matching_subscribers"});
  EXPECT_FALSE(device_.is_closed());
}

TEST_F(LimitsV5, OfRetainedMessagesAreTold) {
  broker::HubLimits limits;
  limits.retained.messages = 1;
  Stage stage(limits);
  Client device(stage, Version::v5_0, "device");
  auto publish = publish_packet("a", "1", QoS::at_least_once, 1);
  publish.retain = true;
  device.says(publish);
  publish.topic = "b";
  device.says(publish);
  device.hears({"PUBACK 1 no_matching_subscribers", "PUBACK 1 quota_exceeded"});
}

// MQTT-3.6.2-1, MQTT-3.7.2-1
TEST_F(LimitsV5, OfWhatIsKnownAreTold) {
  device_.says(pubrec(77));
  device_.says(pubrel(78));
  device_.says(puback(79));
  device_.says(pubcomp(80));
  device_.hears({"PUBREL 77 packet_identifier_not_found", "PUBCOMP 78 packet_identifier_not_found"});
}

}  // namespace
}  // namespace sluice::dialogue
