#include "broker/codec/encoders.h"

namespace sluice::codec {

namespace {

void put_publish_properties(Writer& out, const Publish& publish) {
  out.two_bytes(PropertyId::topic_alias, publish.topic_alias);
  for (const auto id : publish.subscription_ids) out.variable(PropertyId::subscription_identifier, id);
  put_application_properties(out, publish.properties);
}

}  // namespace

void put_application_properties(Writer& out, const ApplicationProperties& properties) {
  if (properties.payload_is_utf8) out.flag(PropertyId::payload_format_indicator, true);
  out.four_bytes(PropertyId::message_expiry_interval, properties.message_expiry);
  out.text(PropertyId::content_type, properties.content_type);
  out.text(PropertyId::response_topic, properties.response_topic);
  out.binary(PropertyId::correlation_data, properties.correlation_data);
  out.user(properties.user);
}

void put_body(Writer& out, const Publish& publish, Version version) {
  out.text(publish.topic);
  if (publish.qos != QoS::at_most_once) out.two_bytes(publish.packet_id);
  if (version != Version::v5_0) return;
  put_properties(out, [&publish](Writer& to) { put_publish_properties(to, publish); });
}

void put_body(Writer& out, const Acknowledgement& acknowledgement, Version version) {
  out.two_bytes(acknowledgement.packet_id);
  const bool has_properties = !acknowledgement.reason_string.empty() || !acknowledgement.user.empty();
  if (version != Version::v5_0 || (acknowledgement.reason == Reason::success && !has_properties)) return;
  out.byte(static_cast<std::uint8_t>(acknowledgement.reason));
  if (!has_properties) return;
  put_properties(out, [&acknowledgement](Writer& to) {
    to.text(PropertyId::reason_string, acknowledgement.reason_string);
    to.user(acknowledgement.user);
  });
}

}  // namespace sluice::codec
