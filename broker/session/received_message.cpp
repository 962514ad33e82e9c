#include "broker/session/received_message.h"

#include "gateway/base/bytes.h"

namespace sluice::session {

namespace {

// Everything that travels to the receivers does so unaltered, user properties in their order
// [MQTT-3.3.2-4, -15 to -20].
MessageProperties copy_of(const codec::ApplicationProperties& from) {
  MessageProperties to;
  to.expiry_seconds = from.message_expiry;
  to.payload_is_utf8 = from.payload_is_utf8;
  to.content_type = from.content_type;
  to.response_topic = from.response_topic;
  if (from.correlation_data) to.correlation_data = std::string(as_text(*from.correlation_data));
  to.user.assign(from.user.begin(), from.user.end());
  return to;
}

}  // namespace

Message received_message(const codec::Publish& publish, std::string_view topic) {
  Message message;
  message.topic = topic;
  message.payload = as_text(publish.payload);
  message.qos = publish.qos;
  message.retain = publish.retain;
  message.properties = copy_of(publish.properties);
  return message;
}

Message received_message(const codec::Will& will) {
  Message message;
  message.topic = will.topic;
  message.payload = as_text(will.payload);
  message.qos = will.qos;
  message.retain = will.retain;
  message.properties = copy_of(will.properties);
  return message;
}

}  // namespace sluice::session
