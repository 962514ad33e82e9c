#include "broker/session/publish_forms.h"

#include <gtest/gtest.h>

#include "broker/codec/encoder.h"

namespace sluice::session {
namespace {

using codec::Version;

Bytes expected(const Message& message, const Delivery& delivery, Version version, std::uint16_t packet_id) {
  codec::Publish publish;
  publish.topic = message.topic;
  publish.payload = as_bytes(message.payload);
  publish.qos = delivery.qos;
  publish.retain = delivery.retain;
  publish.packet_id = packet_id;
  publish.subscription_ids = delivery.subscription_ids;
  Bytes bytes;
  codec::encode(publish, version, bytes);
  return bytes;
}

// What is encoded once and copied is what the codec would have made, for every receiver.
TEST(PublishForms, AreThePacketsThatTheCodecMakes) {
  for (const std::size_t size : {0u, 10u, 120u, 130u, 20'000u}) {
    auto message = std::make_shared<Message>();
    message->topic = "some/topic";
    message->payload = std::string(size, 'x');
    PublishForms forms(*message, {});
    for (const auto version : {Version::v3_1, Version::v3_1_1, Version::v5_0}) {
      for (const auto qos : {QoS::at_most_once, QoS::at_least_once, QoS::exactly_once}) {
        for (const bool retain : {false, true}) {
          for (const std::vector<std::uint32_t>& ids : {std::vector<std::uint32_t>{}, {1, 200'000}}) {
            const Delivery delivery{message, qos, retain, ids};
            const std::uint16_t packet_id = qos == QoS::at_most_once ? 0 : 0xABCD;
            Bytes bytes;
            forms.append_head(delivery, version, packet_id, bytes);
            bytes.insert(bytes.end(), message->payload.begin(), message->payload.end());
            EXPECT_EQ(bytes, expected(*message, delivery, version, packet_id));
            EXPECT_EQ(forms.size(delivery, version), bytes.size());
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace sluice::session
