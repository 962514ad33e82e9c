// Every packet type in every version: what was written by hand is understood, and encoding gives
// the same bytes.
#include <gtest/gtest.h>

#include "broker/codec/decoder.h"
#include "broker/codec/encoder.h"
#include "tests/unit/codec/samples.h"
#include "tests/unit/codec/wire.h"

namespace sluice::codec::test {
namespace {

bool is_connect(const Sample& sample) { return sample.bytes[0] == 0x10; }

TEST(Codec, GivesEverySamplePacketBackAsItWas) {
  for (const auto& sample : samples()) {
    SCOPED_TRACE(sample.name);
    const auto frame = find_frame(sample.bytes, sample.reader, sample.version, DecodeLimits{}, is_connect(sample));
    EXPECT_EQ(frame.state, Frame::State::complete) << frame.why;
    EXPECT_EQ(frame.size, sample.bytes.size());

    Packet packet;
    DecodeError error;
    ASSERT_TRUE(decode(sample.bytes, sample.reader, sample.version, DecodeLimits{}, packet, error)) << error.why;
    Bytes encoded;
    encode(packet, sample.version, encoded);
    EXPECT_EQ(to_hex(encoded), to_hex(sample.bytes));
    EXPECT_EQ(encoded_size(packet, sample.version), sample.bytes.size());
  }
}

TEST(Codec, AppendsToWhatTheBufferHolds) {
  Bytes out{0xAA};
  encode(Packet(Pingresp{}), Version::v5_0, out);
  encode(Acknowledgement{.type = PacketType::pubrel, .packet_id = 258}, Version::v3_1_1, out);
  EXPECT_EQ(to_hex(out), to_hex(wire("AA D0 00 62 02 01 02")));
}

TEST(Codec, SendsThePayloadOfAPublishApartFromItsHead) {
  const std::string payload(300, 'x');
  Publish publish;
  publish.topic = "t";
  publish.payload = as_bytes(payload);
  publish.qos = QoS::at_least_once;
  publish.packet_id = 7;
  Bytes head;
  encode_publish_head(publish, Version::v5_0, head);
  EXPECT_EQ(to_hex(head), to_hex(wire("32 B2 02 00 01 't' 00 07 00")));
  EXPECT_EQ(encoded_size(publish, Version::v5_0), head.size() + payload.size());
}

TEST(Codec, LeavesOutWhatAnOlderVersionCannotCarry) {
  struct Row {
    Packet packet;
    std::string_view expected;
  };
  const UserProperties user{{"a", "b"}};
  Publish publish;
  publish.topic = "t";
  publish.topic_alias = 3;
  publish.subscription_ids = {1};
  publish.properties = {.message_expiry = 5, .content_type = "text", .user = user};
  const Row rows[] = {
      {publish, "30 03 00 01 't'"},
      {Connack{.session_present = true, .reason = Reason::not_authorized, .user = user}, "20 02 00 05"},
      {Suback{.packet_id = 1, .reasons = {Reason::granted_qos_1, Reason::quota_exceeded}}, "90 04 00 01 01 80"},
      {Unsuback{.packet_id = 1, .reasons = {Reason::success}}, "B0 02 00 01"},
      {Acknowledgement{.packet_id = 1, .reason = Reason::quota_exceeded}, "40 02 00 01"},
      {Disconnect{.reason = Reason::server_shutting_down}, "E0 00"},
      {Subscribe{.packet_id = 1, .filters = {{.filter = "t", .no_local = true}}}, "82 06 00 01 00 01 't' 00"},
  };
  for (const auto& row : rows) {
    Bytes encoded;
    encode(row.packet, Version::v3_1_1, encoded);
    EXPECT_EQ(to_hex(encoded), to_hex(wire(row.expected)));
  }
}

TEST(Codec, SendsTheNearestReturnCodeOfTheOldVersions) {
  struct Row {
    Reason reason;
    std::uint8_t code;
  };
  const Row rows[] = {{Reason::success, 0},
                      {Reason::unsupported_protocol_version, 1},
                      {Reason::client_identifier_not_valid, 2},
                      {Reason::server_unavailable, 3},
                      {Reason::server_busy, 3},
                      {Reason::quota_exceeded, 3},
                      {Reason::bad_user_name_or_password, 4},
                      {Reason::not_authorized, 5},
                      {Reason::banned, 5}};
  for (const auto& row : rows) {
    Bytes encoded;
    encode(Packet(Connack{.reason = row.reason}), Version::v3_1, encoded);
    EXPECT_EQ(encoded.back(), row.code);
  }
}

TEST(Codec, SaysNoSessionPresentInTheOldestVersionAndInRefusals) {
  Bytes encoded;
  encode(Packet(Connack{.session_present = true}), Version::v3_1, encoded);
  encode(Packet(Connack{.session_present = true, .reason = Reason::server_busy}), Version::v5_0, encoded);
  EXPECT_EQ(to_hex(encoded), to_hex(wire("20 02 00 00 20 03 00 89 00")));
}

}  // namespace
}  // namespace sluice::codec::test
