// What must be refused, and for which reason.
#include <gtest/gtest.h>

#include "broker/codec/decoder.h"
#include "gateway/base/topic.h"
#include "tests/unit/codec/wire.h"

namespace sluice::codec::test {
namespace {

constexpr auto k31 = Version::v3_1;
constexpr auto k311 = Version::v3_1_1;
constexpr auto k5 = Version::v5_0;

struct Refused {
  const char* what;
  Version version;
  Side reader;
  Bytes bytes;
  Reason reason;
};

void expect_refused(const std::vector<Refused>& rows) {
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    Packet packet;
    DecodeError error;
    EXPECT_FALSE(decode(row.bytes, row.reader, row.version, DecodeLimits{}, packet, error));
    EXPECT_EQ(static_cast<int>(error.reason), static_cast<int>(row.reason)) << error.why;
    EXPECT_FALSE(error.why.empty());
  }
}

Refused at_server(const char* what, Version version, Bytes bytes, Reason reason) {
  return {what, version, Side::server, std::move(bytes), reason};
}

Refused at_client(const char* what, Version version, Bytes bytes, Reason reason) {
  return {what, version, Side::client, std::move(bytes), reason};
}

constexpr auto kMalformed = Reason::malformed_packet;
constexpr auto kProtocol = Reason::protocol_error;

TEST(Malformed, ConnectBeforeItsPayload) {
  expect_refused({
      at_server("no protocol name", k311, packet(0x10, "00 00 04 02 00 00 00 00"), kMalformed),
      at_server("protocol name longer than the packet", k311, packet(0x10, "FF FF 'MQTT' 04 02 00 00 00 00"),
                kMalformed),
      at_server("other protocol name", k311, packet(0x10, "00 04 'MQTX' 04 02 00 00 00 00"), kMalformed),
      at_server("level 2", k311, packet(0x10, "00 04 'MQTT' 02 02 00 00 00 00"), Reason::unsupported_protocol_version),
      at_server("level 3 with the new name", k311, packet(0x10, "00 04 'MQTT' 03 02 00 00 00 00"),
                Reason::unsupported_protocol_version),
      at_server("level 4 with the old name", k311, packet(0x10, "00 06 'MQIsdp' 04 02 00 00 00 00"),
                Reason::unsupported_protocol_version),
      at_server("level 6", k311, packet(0x10, "00 04 'MQTT' 06 02 00 00 00 00"), Reason::unsupported_protocol_version),
      at_server("bridge level", k311, packet(0x10, "00 04 'MQTT' 84 02 00 00 00 00"),
                Reason::unsupported_protocol_version),
      at_server("reserved flag", k311, packet(0x10, "00 04 'MQTT' 04 03 00 00 00 00"), kMalformed),
      at_server("will QoS 3", k311, packet(0x10, "00 04 'MQTT' 04 1E 00 00 00 00 00 01 'w' 00 00"), kMalformed),
      at_server("will QoS without will", k311, packet(0x10, "00 04 'MQTT' 04 0A 00 00 00 00"), kMalformed),
      at_server("will retain without will", k5, packet(0x10, "00 04 'MQTT' 05 22 00 00 00 00 00"), kMalformed),
      at_server("password without user name", k311, packet(0x10, "00 04 'MQTT' 04 42 00 00 00 00 00 01 'p'"),
                kMalformed),
      at_server("second CONNECT is not one of these", k311, packet(0x11, "00 04 'MQTT' 04 02 00 00 00 00"), kMalformed),
  });
}

TEST(Malformed, ConnectPayload) {
  const auto none = Reason::client_identifier_not_valid;
  const auto name = Reason::topic_name_invalid;
  expect_refused({
      at_server("empty id, kept session", k311, packet(0x10, "00 04 'MQTT' 04 00 00 00 00 00"), none),
      at_server("empty id in 3.1", k31, packet(0x10, "00 06 'MQIsdp' 03 02 00 00 00 00"), none),
      at_server("id with U+0000", k311, packet(0x10, "00 04 'MQTT' 04 02 00 00 00 03 'a' 00 'b'"), kMalformed),
      at_server("id with a surrogate", k311, packet(0x10, "00 04 'MQTT' 04 02 00 00 00 03 ED A0 80"), kMalformed),
      at_server("id with an overlong form", k311, packet(0x10, "00 04 'MQTT' 04 02 00 00 00 02 C0 80"), kMalformed),
      at_server("id beyond U+10FFFF", k311, packet(0x10, "00 04 'MQTT' 04 02 00 00 00 04 F5 80 80 80"), kMalformed),
      at_server("id cut within a character", k311, packet(0x10, "00 04 'MQTT' 04 02 00 00 00 02 E2 82"), kMalformed),
      at_server("user name with a surrogate", k5, packet(0x10, "00 04 'MQTT' 05 82 00 00 00 00 00 00 03 ED A0 80"),
                kMalformed),
      at_server("will topic with U+0000", k311, packet(0x10, "00 04 'MQTT' 04 06 00 00 00 00 00 01 00 00 00"),
                kMalformed),
      at_server("will topic empty", k311, packet(0x10, "00 04 'MQTT' 04 06 00 00 00 00 00 00 00 00"), name),
      at_server("will topic with a wildcard", k5, packet(0x10, "00 04 'MQTT' 05 06 00 00 00 00 00 00 00 01 '#' 00 00"),
                name),
      at_server("will payload missing", k311, packet(0x10, "00 04 'MQTT' 04 06 00 00 00 00 00 01 'w'"), kMalformed),
      at_server("user name missing", k311, packet(0x10, "00 04 'MQTT' 04 82 00 00 00 00"), kMalformed),
      at_server("surplus bytes", k311, packet(0x10, "00 04 'MQTT' 04 02 00 00 00 00 00"), kMalformed),
      at_server("surplus bytes in 3.1", k31, packet(0x10, "00 06 'MQIsdp' 03 02 00 00 00 01 'a' 00"), kMalformed),
      at_server("will payload not the text it is said to be", k5,
                packet(0x10, "00 04 'MQTT' 05 06 00 00 00 00 00 02 01 01 00 01 'w' 00 01 FF"),
                Reason::payload_format_invalid),
  });
}

Bytes connect_with(std::string_view properties) {
  const auto written = wire(properties);
  return packet(0x10, wire("00 04 'MQTT' 05 02 00 00") + Bytes{static_cast<std::uint8_t>(written.size())} + written +
                          wire("00 00"));
}

TEST(Malformed, PropertiesOfConnect) {
  expect_refused({
      at_server("session expiry twice", k5, connect_with("11 00 00 00 01 11 00 00 00 01"), kProtocol),
      at_server("receive maximum twice", k5, connect_with("21 00 01 21 00 01"), kProtocol),
      at_server("topic alias maximum twice", k5, connect_with("22 00 01 22 00 01"), kProtocol),
      at_server("receive maximum 0", k5, connect_with("21 00 00"), kProtocol),
      at_server("maximum packet size 0", k5, connect_with("27 00 00 00 00"), kProtocol),
      at_server("request problem information 2", k5, connect_with("17 02"), kProtocol),
      at_server("request response information 2", k5, connect_with("19 02"), kProtocol),
      at_server("authentication data without method", k5, connect_with("16 00 01 00"), kProtocol),
      at_server("authentication data with an empty method", k5, connect_with("15 00 00 16 00 01 00"), kProtocol),
      at_server("unknown property 0", k5, connect_with("00 00"), kMalformed),
      at_server("unknown property 7F", k5, connect_with("7F 00"), kMalformed),
      at_server("unknown property of two bytes", k5, connect_with("80 01 00"), kMalformed),
      at_server("property of PUBLISH", k5, connect_with("23 00 01"), kMalformed),
      at_server("property of a will", k5, connect_with("18 00 00 00 01"), kMalformed),
      at_server("value longer than the set", k5, connect_with("21 00"), kMalformed),
      at_server("user property with a surrogate", k5, connect_with("26 00 03 ED A0 80 00 00"), kMalformed),
      at_server("set longer than the packet", k5, packet(0x10, "00 04 'MQTT' 05 02 00 00 7F 00 00"), kMalformed),
      at_server("length of 5 bytes", k5, packet(0x10, "00 04 'MQTT' 05 02 00 00 80 80 80 80 01 00 00"), kMalformed),
      at_server("length not in its shortest form", k5, packet(0x10, "00 04 'MQTT' 05 02 00 00 80 00 00 00"),
                kMalformed),
      at_server("no length at all", k5, packet(0x10, "00 04 'MQTT' 05 02 00 00"), kMalformed),
      at_server("will property of CONNECT", k5,
                packet(0x10, "00 04 'MQTT' 05 06 00 00 00 00 00 05 11 00 00 00 01 00 01 'w' 00 00"), kMalformed),
      at_server("will property twice", k5,
                packet(0x10, "00 04 'MQTT' 05 06 00 00 00 00 00 04 01 01 01 01 00 01 'w' 00 00"), kProtocol),
  });
}

TEST(Malformed, TenThousandUserPropertiesAreStoppedEarly) {
  Bytes properties;
  for (int i = 0; i < 10'000; ++i) properties = std::move(properties) + wire("26 00 01 'a' 00 01 'b'");
  const auto bytes = packet(0x10, wire("00 04 'MQTT' 05 02 00 00 F0 A2 04") + properties + wire("00 00"));
  expect_refused({at_server("10,000 user properties", k5, bytes, Reason::quota_exceeded)});
}

TEST(Malformed, Publish) {
  const auto name = Reason::topic_name_invalid;
  expect_refused({
      at_server("QoS 3", k311, packet(0x36, "00 01 't' 00 01"), kMalformed),
      at_server("QoS 3, again", k5, packet(0x3E, "00 01 't' 00 01 00"), kMalformed),
      at_server("DUP with QoS 0", k311, packet(0x38, "00 01 't'"), kMalformed),
      at_server("no topic", k311, packet(0x30, "00 00"), kProtocol),
      at_server("no topic and no alias", k5, packet(0x30, "00 00 00"), kProtocol),
      at_server("topic with +", k5, packet(0x30, "00 03 'a/+' 00"), name),
      at_server("topic with #", k311, packet(0x30, "00 01 '#'"), name),
      at_server("topic longer than the packet", k311, packet(0x30, "00 05 'a/b'"), kMalformed),
      at_server("topic with U+0000", k311, packet(0x30, "00 01 00"), kMalformed),
      at_server("packet identifier 0", k311, packet(0x32, "00 01 't' 00 00"), kProtocol),
      at_server("packet identifier missing", k311, packet(0x32, "00 01 't'"), kMalformed),
      at_server("half a packet identifier", k5, packet(0x34, "00 01 't' 00"), kMalformed),
      at_server("empty", k311, packet(0x30, ""), kMalformed),
      at_server("no properties", k5, packet(0x30, "00 01 't'"), kMalformed),
      at_server("topic alias 0", k5, packet(0x30, "00 01 't' 03 23 00 00"), Reason::topic_alias_invalid),
      at_server("topic alias twice", k5, packet(0x30, "00 01 't' 06 23 00 01 23 00 01"), kProtocol),
      at_server("subscription identifier from a client", k5, packet(0x30, "00 01 't' 02 0B 01"), kProtocol),
      at_client("subscription identifier 0", k5, packet(0x30, "00 01 't' 02 0B 00"), kProtocol),
      at_server("payload format 2", k5, packet(0x30, "00 01 't' 02 01 02"), kProtocol),
      at_server("payload not the text it is said to be", k5, packet(0x30, "00 01 't' 02 01 01 C3"),
                Reason::payload_format_invalid),
      at_server("response topic with a wildcard", k5, packet(0x30, "00 01 't' 06 08 00 03 'a/#'"), kProtocol),
      at_server("response topic empty", k5, packet(0x30, "00 01 't' 03 08 00 00"), kProtocol),
      at_server("property of CONNECT", k5, packet(0x30, "00 01 't' 05 11 00 00 00 01"), kMalformed),
  });
}

TEST(Malformed, TopicNamesBeyondTheLimits) {
  const auto slashes = [](std::size_t count) { return packet(0x30, text(std::string(count, '/'))); };
  const auto name = Reason::topic_name_invalid;
  expect_refused({
      at_server("65,535 slashes", k311, slashes(65'535), name),
      at_server("a level too many", k311, slashes(topic::kMaxLevels), name),
      at_server("a byte too many", k311, packet(0x30, text(std::string(topic::kMaxBytes + 1, 'a'))), name),
  });
  Packet packet;
  DecodeError error;
  EXPECT_TRUE(decode(slashes(topic::kMaxLevels - 1), Side::server, k311, DecodeLimits{}, packet, error)) << error.why;
}

TEST(Malformed, Acknowledgements) {
  expect_refused({
      at_server("PUBACK of one byte", k311, packet(0x40, "00"), kMalformed),
      at_server("PUBREC without body", k5, packet(0x50, ""), kMalformed),
      at_server("PUBACK with a reason in 3.1.1", k311, packet(0x40, "00 01 00"), kMalformed),
      at_server("PUBREL with invalid flags", k311, packet(0x60, "00 01"), kMalformed),
      at_server("identifier 0", k311, packet(0x40, "00 00"), kProtocol),
      at_server("PUBACK with a reason of PUBREL", k5, packet(0x40, "00 01 92"), kProtocol),
      at_server("PUBREL with a reason of PUBACK", k5, packet(0x62, "00 01 97"), kProtocol),
      at_server("PUBACK with a granted QoS", k5, packet(0x40, "00 01 01"), kProtocol),
      at_server("property set longer than the packet", k5, packet(0x40, "00 01 00 05"), kMalformed),
      at_server("property of PUBLISH", k5, packet(0x40, "00 01 00 03 23 00 01"), kMalformed),
      at_server("reason string twice", k5, packet(0x40, "00 01 00 06 1F 00 00 1F 00 00"), kProtocol),
      at_server("surplus bytes", k5, packet(0x40, "00 01 00 00 00"), kMalformed),
  });
}

TEST(Malformed, Subscribe) {
  expect_refused({
      at_server("invalid flags", k311, packet(0x80, "00 01 00 01 't' 00"), kMalformed),
      at_server("DUP after 3.1", k311, packet(0x8A, "00 01 00 01 't' 00"), kMalformed),
      at_server("identifier 0", k311, packet(0x82, "00 00 00 01 't' 00"), kProtocol),
      at_server("no filter", k311, packet(0x82, "00 01"), kProtocol),
      at_server("no filter in 5.0", k5, packet(0x82, "00 01 00"), kProtocol),
      at_server("no options", k311, packet(0x82, "00 01 00 01 't'"), kMalformed),
      at_server("no options for the second", k5, packet(0x82, "00 01 00 00 01 't' 00 00 01 'u'"), kMalformed),
      at_server("filter with a surrogate", k311, packet(0x82, "00 01 00 03 ED A0 80 00"), kMalformed),
      at_server("QoS 3", k311, packet(0x82, "00 01 00 01 't' 03"), kProtocol),
      at_server("reserved option in 3.1.1", k311, packet(0x82, "00 01 00 01 't' 04"), kMalformed),
      at_server("reserved option in 5.0", k5, packet(0x82, "00 01 00 00 01 't' 40"), kMalformed),
      at_server("retain handling 3", k5, packet(0x82, "00 01 00 00 01 't' 30"), kProtocol),
      at_server("No Local on a shared subscription", k5, packet(0x82, "00 01 00 00 0A '$share/g/t' 04"), kProtocol),
      at_server("subscription identifier 0", k5, packet(0x82, "00 01 02 0B 00 00 01 't' 00"), kProtocol),
      at_server("subscription identifier twice", k5, packet(0x82, "00 01 04 0B 01 0B 01 00 01 't' 00"), kProtocol),
      at_server("subscription identifier too large", k5, packet(0x82, "00 01 06 0B 80 80 80 80 01 00 01 't' 00"),
                kMalformed),
      at_server("property of UNSUBACK", k5, packet(0x82, "00 01 03 1F 00 00 00 01 't' 00"), kMalformed),
  });
}

TEST(Malformed, FiltersBeyondTheLimit) {
  Bytes body = wire("00 01");
  for (int i = 0; i < 50'000; ++i) body = std::move(body) + wire("00 01 't' 00");
  const DecodeLimits limits{.max_packet = 1 << 20};
  Packet packet_out;
  DecodeError error;
  EXPECT_FALSE(decode(packet(0x82, body), Side::server, k311, limits, packet_out, error));
  EXPECT_EQ(error.reason, Reason::quota_exceeded);
}

TEST(Malformed, Unsubscribe) {
  expect_refused({
      at_server("invalid flags", k311, packet(0xA0, "00 01 00 01 't'"), kMalformed),
      at_server("identifier 0", k311, packet(0xA2, "00 00 00 01 't'"), kProtocol),
      at_server("no filter", k311, packet(0xA2, "00 01"), kProtocol),
      at_server("half a filter", k311, packet(0xA2, "00 01 00 02 't'"), kMalformed),
      at_server("property of SUBSCRIBE", k5, packet(0xA2, "00 01 02 0B 01 00 01 't'"), kMalformed),
      at_server("reason string", k5, packet(0xA2, "00 01 03 1F 00 00 00 01 't'"), kMalformed),
  });
}

TEST(Malformed, DisconnectAndAuth) {
  expect_refused({
      at_server("DISCONNECT with content in 3.1.1", k311, packet(0xE0, "00"), kMalformed),
      at_server("DISCONNECT with invalid flags", k311, packet(0xE1, ""), kMalformed),
      at_server("reason that only servers send", k5, packet(0xE0, "8E"), kProtocol),
      at_server("keep-alive time-out from a client", k5, packet(0xE0, "8D 00"), kProtocol),
      at_server("reason that does not exist", k5, packet(0xE0, "05"), kProtocol),
      at_server("session expiry twice", k5, packet(0xE0, "00 0A 11 00 00 00 01 11 00 00 00 01"), kProtocol),
      at_client("session expiry from a server", k5, packet(0xE0, "00 05 11 00 00 00 01"), kProtocol),
      at_client("reason that only clients send", k5, packet(0xE0, "04"), kProtocol),
      at_client("DISCONNECT from a 3.1.1 server", k311, packet(0xE0, ""), kProtocol),
      at_server("AUTH in 3.1.1", k311, packet(0xF0, ""), kMalformed),
      at_server("AUTH with invalid flags", k5, packet(0xF1, ""), kMalformed),
      at_server("AUTH without a method", k5, packet(0xF0, "18 00"), kProtocol),
      at_server("AUTH with an empty method", k5, packet(0xF0, "18 03 15 00 00"), kProtocol),
      at_server("AUTH success from a client", k5, packet(0xF0, "00 04 15 00 01 'm'"), kProtocol),
      at_server("AUTH without properties", k5, packet(0xF0, "18"), kMalformed),
  });
}

TEST(Malformed, WhatAServerSends) {
  expect_refused({
      at_client("CONNACK with reserved flags", k311, packet(0x20, "02 00"), kMalformed),
      at_client("CONNACK of one byte", k311, packet(0x20, "00"), kMalformed),
      at_client("CONNACK with an unknown return code", k311, packet(0x20, "00 06"), kProtocol),
      at_client("CONNACK with an unknown reason", k5, packet(0x20, "00 01 00"), kProtocol),
      at_client("session present although refused", k311, packet(0x20, "01 05"), kProtocol),
      at_client("CONNACK with properties in 3.1.1", k311, packet(0x20, "00 00 00"), kMalformed),
      at_client("maximum QoS 2", k5, packet(0x20, "00 00 02 24 02"), kProtocol),
      at_client("receive maximum 0", k5, packet(0x20, "00 00 03 21 00 00"), kProtocol),
      at_client("SUBACK without reasons", k311, packet(0x90, "00 01"), kProtocol),
      at_client("SUBACK with an unknown reason", k311, packet(0x90, "00 01 03"), kProtocol),
      at_client("UNSUBACK without reasons", k5, packet(0xB0, "00 01 00"), kProtocol),
      at_client("UNSUBACK with content in 3.1.1", k311, packet(0xB0, "00 01 00"), kMalformed),
      at_client("PINGRESP with content", k311, packet(0xD0, "00"), kMalformed),
  });
}

TEST(Malformed, PacketsOfTheWrongDirection) {
  expect_refused({
      at_server("CONNACK", k311, packet(0x20, "00 00"), kProtocol),
      at_server("SUBACK", k311, packet(0x90, "00 01 00"), kProtocol),
      at_server("UNSUBACK", k5, packet(0xB0, "00 01 00 00"), kProtocol),
      at_server("PINGRESP", k311, packet(0xD0, ""), kProtocol),
      at_client("CONNECT", k311, packet(0x10, "00 04 'MQTT' 04 02 00 00 00 00"), kProtocol),
      at_client("SUBSCRIBE", k311, packet(0x82, "00 01 00 01 't' 00"), kProtocol),
      at_client("UNSUBSCRIBE", k311, packet(0xA2, "00 01 00 01 't'"), kProtocol),
      at_client("PINGREQ", k5, packet(0xC0, ""), kProtocol),
  });
}

TEST(Malformed, TellsInWhichVersionARefusedConnectIsAnswered) {
  const auto version_of = [](std::string_view body) {
    Packet packet_out;
    DecodeError error;
    EXPECT_FALSE(decode(packet(0x10, body), Side::server, Version::v3_1_1, DecodeLimits{}, packet_out, error));
    return std::get<Connect>(packet_out).version;
  };
  EXPECT_EQ(version_of("00 04 'MQTT' 02 02 00 00 00 00"), k311);
  EXPECT_EQ(version_of("00 04 'MQTT' 06 02 00 00 00 00 00"), k5);
  EXPECT_EQ(version_of("00 04 'MQTT' 84 02 00 00 00 00"), k311);
  EXPECT_EQ(version_of("00 04 'MQTT' 05 03 00 00 00 00 00"), k5);
  EXPECT_EQ(version_of("00 06 'MQIsdp' 03 02 00 00 00 00"), k31);
}

}  // namespace
}  // namespace sluice::codec::test
