#include "broker/store/row_format.h"

#include <gtest/gtest.h>

#include "broker/store/crc32c.h"

namespace sluice::store {
namespace {

Message full_message() {
  Message message;
  message.topic = "plant7/meter-1/power_total";
  message.payload = std::string("a\0b", 3) + std::string(300, 'x');
  message.qos = QoS::exactly_once;
  message.retain = true;
  message.traffic_class = TrafficClass::trend;
  message.properties.expiry_seconds = 0xFFFFFFFF;
  message.properties.payload_is_utf8 = true;
  message.properties.content_type = "application/json";
  message.properties.response_topic = "answers/here";
  message.properties.correlation_data = "";
  message.properties.user = {{"a", "1"}, {"a", "2"}, {"", ""}};
  message.origin = {Origin::Kind::device, "meter-1", "someone"};
  return message;
}

void expect_same(const Message& is, const Message& was) {
  EXPECT_EQ(is.topic, was.topic);
  EXPECT_EQ(is.payload, was.payload);
  EXPECT_EQ(is.qos, was.qos);
  EXPECT_EQ(is.retain, was.retain);
  EXPECT_EQ(is.traffic_class, was.traffic_class);
  EXPECT_EQ(is.properties, was.properties);
  EXPECT_EQ(is.origin, was.origin);
}

TEST(RowFormat, GivesBackEveryField) {
  Bytes body;
  encode_body(full_message(), body);
  const auto decoded = decode_body(body);
  ASSERT_TRUE(decoded.ok());
  expect_same(*decoded, full_message());
}

TEST(RowFormat, GivesBackAnEmptyMessage) {
  Bytes body;
  encode_body(Message{}, body);
  const auto decoded = decode_body(body);
  ASSERT_TRUE(decoded.ok());
  expect_same(*decoded, Message{});
}

TEST(RowFormat, ForetellsTheSizeOfABody) {
  for (const auto& message : {Message{}, full_message()}) {
    Bytes body;
    encode_body(message, body);
    EXPECT_EQ(body_size(message), body.size());
  }
}

TEST(RowFormat, RefusesEveryBeginningOfABody) {
  Bytes body;
  encode_body(full_message(), body);
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(decode_body(ByteView(body).first(size)).ok()) << size;
  }
}

TEST(RowFormat, RefusesWhatFollowsABody) {
  Bytes body;
  encode_body(full_message(), body);
  body.push_back(0);
  EXPECT_FALSE(decode_body(body).ok());
}

TEST(RowFormat, SurvivesEveryChangedByte) {
  Bytes body;
  encode_body(full_message(), body);
  for (std::size_t at = 0; at < body.size(); ++at) {
    for (const std::uint8_t value : {0x00, 0x7F, 0x80, 0xFF}) {
      auto changed = body;
      changed[at] = value;
      (void)decode_body(changed);  // refused or not, it must not read beyond the bytes
    }
  }
}

TEST(RowFormat, ChecksumSeesEveryFlippedBitOfHeadAndBody) {
  Bytes body;
  encode_body(full_message(), body);
  const RowHead head{7, 8, 9};
  const auto good = row_checksum(head, body);
  for (std::size_t bit = 0; bit < body.size() * 8; ++bit) {
    auto flipped = body;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    EXPECT_NE(row_checksum(head, flipped), good) << bit;
  }
  EXPECT_NE(row_checksum({6, 8, 9}, body), good);
  EXPECT_NE(row_checksum({7, 9, 9}, body), good);
  EXPECT_NE(row_checksum({7, 8, 10}, body), good);
}

// RFC 3720, B.4.
TEST(Crc32c, IsThatOfTheStandard) {
  Bytes rising;
  for (std::uint8_t value = 0; value < 32; ++value) rising.push_back(value);
  EXPECT_EQ(crc32c(Bytes(32, 0x00)), 0x8A9136AAu);
  EXPECT_EQ(crc32c(Bytes(32, 0xFF)), 0x62A8AB43u);
  EXPECT_EQ(crc32c(rising), 0x46DD794Eu);
  EXPECT_EQ(crc32c(as_bytes("123456789")), 0xE3069283u);
}

TEST(Crc32c, CanBeTakenInParts) {
  const auto text = as_bytes("a checksum over two parts, of odd lengths");
  for (std::size_t at = 0; at <= text.size(); ++at) {
    EXPECT_EQ(crc32c(text.subspan(at), crc32c(text.first(at))), crc32c(text));
  }
}

}  // namespace
}  // namespace sluice::store
