// CONNECT, CONNACK, the keep-alive and the end of connections (sections 3.1, 3.2, 3.12 to 3.14).
#include <gtest/gtest.h>

#include "tests/dialogue/stage.h"

namespace sluice::dialogue {
namespace {

using namespace std::chrono_literals;
using codec::Reason;

constexpr std::string_view kConnectV3 = "10 0d 00 04 4d 51 54 54 04 02 00 00 00 01 61";

class Connect : public testing::TestWithParam<Version> {
 protected:
  Stage stage_;
  Client client_{stage_, GetParam()};

  bool is_v5() const { return GetParam() == Version::v5_0; }
  codec::Connect connect(std::string_view client_id) const { return connect_packet(GetParam(), client_id); }
};
INSTANTIATE_TEST_SUITE_P(Versions, Connect, testing::Values(Version::v3_1, Version::v3_1_1, Version::v5_0),
                         version_name);

TEST_P(Connect, IsAnsweredWithConnack) {
  client_.says(connect("a"));
  client_.hears({"CONNACK"});
  EXPECT_FALSE(client_.is_closed());
}

// MQTT-3.1.0-1
TEST_P(Connect, HasToBeTheFirstPacket) {
  client_.says(codec::Pingreq{});
  client_.hears_nothing();
  EXPECT_TRUE(client_.is_closed());
}

// MQTT-3.1.0-2
TEST_P(Connect, IsAnErrorTheSecondTime) {
  client_.says(connect("a"));
  client_.heard();
  client_.says(connect("a"));
  client_.hears(is_v5() ? std::vector<std::string>{"DISCONNECT protocol_error"} : std::vector<std::string>{});
  EXPECT_TRUE(client_.is_closed());
  EXPECT_EQ(stage_.hub.sessions(), 0u);
}

TEST_P(Connect, CutAnywhereIsPutTogether) {
  for (std::size_t cut = 1; cut < 15; ++cut) {
    Client client(stage_, Version::v3_1_1);
    const std::string text(kConnectV3);
    client.says_hex(text.substr(0, cut * 3));
    client.hears_nothing();
    client.says_hex(text.substr(cut * 3) + " c0 00");
    client.hears({"CONNACK", "PINGRESP"});
  }
}

TEST_P(Connect, HasTenSecondsToArrive) {
  client_.says_hex("10");
  stage_.pass(9900ms);
  EXPECT_FALSE(client_.is_closed());
  stage_.pass(200ms);
  EXPECT_TRUE(client_.is_closed());
  client_.hears_nothing();
}

TEST_P(Connect, WithTheWrongPasswordIsRefused) {
  auto packet = connect("a");
  packet.user_name = "joe";
  packet.password = as_bytes("wrong");
  client_.says(packet);
  client_.hears({"CONNACK bad_user_name_or_password"});
  EXPECT_TRUE(client_.is_closed());
  EXPECT_EQ(stage_.hub.sessions(), 0u);
}

TEST_P(Connect, IsFollowedByWhatWasSentWhileThePasswordWasChecked) {
  stage_.gate.slow = true;
  client_.says(connect("a"));
  client_.says(codec::Pingreq{});
  client_.hears_nothing();
  stage_.gate.answer(stage_.now);
  client_.hears({"CONNACK", "PINGRESP"});
}

TEST_P(Connect, IsForgottenWhenTheClientGoesWhileThePasswordIsChecked) {
  stage_.gate.slow = true;
  client_.says(connect("a"));
  client_.cut();
  stage_.gate.answer(stage_.now);
  client_.hears_nothing();
  EXPECT_EQ(stage_.hub.sessions(), 0u);
}

// MQTT-3.1.4-3
TEST_P(Connect, TakesTheSessionOverFromAnEarlierConnection) {
  client_.says(connect("a"));
  client_.heard();
  Client second(stage_, GetParam(), "a");
  client_.hears(is_v5() ? std::vector<std::string>{"DISCONNECT session_taken_over"} : std::vector<std::string>{});
  EXPECT_TRUE(client_.is_closed());
  EXPECT_FALSE(second.is_closed());
  EXPECT_EQ(stage_.hub.connected(), 1u);
}

// MQTT-3.1.2-22 (5.0), MQTT-3.1.2-24 (3.1.1)
TEST_P(Connect, KeepAliveEndsAConnectionAfterOneAndAHalfTimes) {
  auto packet = connect("a");
  packet.keep_alive = 10;
  client_.says(packet);
  client_.heard();
  stage_.pass(14s);
  client_.says(codec::Pingreq{});
  client_.hears({"PINGRESP"});
  stage_.pass(14900ms);
  EXPECT_FALSE(client_.is_closed());
  stage_.pass(200ms);
  client_.hears(is_v5() ? std::vector<std::string>{"DISCONNECT keep_alive_timeout"} : std::vector<std::string>{});
  EXPECT_TRUE(client_.is_closed());
}

TEST_P(Connect, KeepAliveOfZeroIsOff) {
  client_.says(connect("a"));
  stage_.pass(24h);
  EXPECT_FALSE(client_.is_closed());
}

// MQTT-3.14.4-2: what follows DISCONNECT is not read.
TEST_P(Connect, EndsWithDisconnect) {
  client_.says(connect("a"));
  client_.heard();
  client_.says_hex("e0 00 c0 00");
  client_.hears_nothing();
  EXPECT_TRUE(client_.is_closed());
}

TEST_P(Connect, EndsWhenTheBrokerStops) {
  client_.says(connect("a"));
  client_.heard();
  client_.connection().close(Reason::server_shutting_down, "the broker stops", stage_.now);
  client_.hears(is_v5() ? std::vector<std::string>{"DISCONNECT server_shutting_down"} : std::vector<std::string>{});
  EXPECT_TRUE(client_.is_closed());
}

// What must be answered how: the packet, the versions in which it is one, the reaction.
struct BadFirst {
  const char* name;
  const char* bytes;
  std::vector<std::string> reaction;
};

class BadConnect : public testing::TestWithParam<BadFirst> {};

TEST_P(BadConnect, IsAnsweredAndClosed) {
  Stage stage;
  const bool newer = std::string_view(GetParam().name).starts_with("V5");
  Client client(stage, newer ? Version::v5_0 : Version::v3_1_1);
  client.says_hex(GetParam().bytes);
  client.hears(GetParam().reaction);
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(stage.hub.sessions(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Inputs, BadConnect,
    testing::Values(
        BadFirst{"PublishOfHugeLength", "30 ff ff ff 7f", {}}, BadFirst{"ConnectOfHugeLength", "10 ff ff ff 7f", {}},
        BadFirst{"LengthOfFiveBytes", "10 ff ff ff ff 01", {}},
        BadFirst{"ReservedFlag", "10 0d 00 04 4d 51 54 54 04 03 00 00 00 01 61", {}},
        BadFirst{"UnknownName", "10 0d 00 04 4d 51 54 58 04 02 00 00 00 01 61", {}},
        BadFirst{"SurplusBytes", "10 0e 00 04 4d 51 54 54 04 02 00 00 00 01 61 00", {}},
        BadFirst{"PasswordWithoutUser", "10 10 00 04 4d 51 54 54 04 42 00 00 00 01 61 00 01 62", {}},
        // MQTT-3.1.2-2
        BadFirst{"Level2", "10 0d 00 04 4d 51 54 54 02 02 00 00 00 01 61", {"CONNACK unsupported_protocol_version"}},
        BadFirst{
            "V5Level6", "10 0e 00 04 4d 51 54 54 06 02 00 00 00 00 01 61", {"CONNACK unsupported_protocol_version"}},
        // MQTT-3.1.3-8 of 3.1.1
        BadFirst{"EmptyIdOfASessionToKeep",
                 "10 0c 00 04 4d 51 54 54 04 00 00 00 00 00",
                 {"CONNACK client_identifier_not_valid"}},
        BadFirst{"V5ReceiveMaximum0",
                 "10 11 00 04 4d 51 54 54 05 02 00 00 03 21 00 00 00 01 61",
                 {"CONNACK protocol_error"}},
        BadFirst{"V5PropertyTwice",
                 "10 18 00 04 4d 51 54 54 05 02 00 00 0a 11 00 00 00 01 11 00 00 00 01 00 01 61",
                 {"CONNACK protocol_error"}},
        // MQTT-4.12.0-1
        BadFirst{"V5AuthenticationMethod",
                 "10 12 00 04 4d 51 54 54 05 02 00 00 04 15 00 01 6d 00 01 61",
                 {"CONNACK bad_authentication_method"}}),
    [](const auto& input) { return std::string(input.param.name); });

// MQTT-3.1.3-6, MQTT-3.2.2-16
TEST(ConnectV5, WithoutAnIdentifierGetsOneAssigned) {
  Stage stage;
  Client client(stage, connect_packet(Version::v5_0, ""));
  EXPECT_EQ(stage.hub.sessions(), 1u);
  Client other(stage, connect_packet(Version::v5_0, ""));
  EXPECT_EQ(stage.hub.sessions(), 2u);
  EXPECT_FALSE(client.is_closed());
}

TEST(ConnectV5, IsToldTheLimitsOfTheServer) {
  Stage stage;
  Client client(stage, Version::v5_0);
  client.says(connect_packet(Version::v5_0, ""));
  const auto bytes = client.heard_bytes();
  codec::Packet packet;
  codec::DecodeError error;
  ASSERT_TRUE(codec::decode(bytes, codec::Side::client, Version::v5_0, {}, packet, error));
  const auto& connack = std::get<codec::Connack>(packet);
  EXPECT_EQ(connack.receive_maximum, 256);
  EXPECT_EQ(connack.maximum_packet_size, 256u * 1024);
  EXPECT_EQ(connack.topic_alias_maximum, 32);
  EXPECT_EQ(connack.shared_subscription_available, false);
  EXPECT_TRUE(connack.assigned_client_id.starts_with("sluice-"));
}

// MQTT-3.1.2-24: nothing larger is sent, not even CONNACK.
TEST(ConnectV5, ThatLeavesNoRoomForConnackIsClosed) {
  Stage stage;
  Client client(stage, Version::v5_0);
  auto packet = connect_packet(Version::v5_0, "a");
  packet.maximum_packet_size = 4;
  client.says(packet);
  client.hears_nothing();
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(stage.hub.sessions(), 0u);
}

// Section 3.14.2.2.2
TEST(DisconnectV5, MayNotGiveAnExpiryToASessionThatHadNone) {
  Stage stage;
  Client client(stage, Version::v5_0, "a");
  codec::Disconnect disconnect;
  disconnect.session_expiry = 5;
  client.says(disconnect);
  client.hears({"DISCONNECT protocol_error"});
  EXPECT_EQ(stage.hub.sessions(), 0u);
}

TEST(DisconnectV5, MayChangeTheExpiryOfASession) {
  Stage stage;
  auto packet = connect_packet(Version::v5_0, "a");
  packet.session_expiry = 100;
  Client client(stage, packet);
  codec::Disconnect disconnect;
  disconnect.session_expiry = 5;
  client.says(disconnect);
  stage.pass(4900ms);
  EXPECT_EQ(stage.hub.sessions(), 1u);
  stage.pass(200ms);
  EXPECT_EQ(stage.hub.sessions(), 0u);
}

TEST(AuthV5, OutOfTheBlueIsAnError) {
  Stage stage;
  Client client(stage, Version::v5_0, "a");
  client.says_hex("f0 06 18 04 15 00 01 6d");
  client.hears({"DISCONNECT protocol_error"});
}

TEST(Session, BeyondTheLimitIsRefused) {
  broker::HubLimits limits;
  limits.sessions = 1;
  Stage stage(limits);
  Client first(stage, Version::v5_0, "a");
  Client second(stage, Version::v5_0);
  second.says(connect_packet(Version::v5_0, "b"));
  second.hears({"CONNACK quota_exceeded"});
  EXPECT_TRUE(second.is_closed());
  EXPECT_FALSE(first.is_closed());
}

}  // namespace
}  // namespace sluice::dialogue
