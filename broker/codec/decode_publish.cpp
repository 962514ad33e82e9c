#include "broker/codec/decoders.h"
#include "broker/codec/properties.h"
#include "broker/codec/reasons.h"
#include "gateway/base/topic.h"

namespace sluice::codec {

namespace {

void keep_property(Reader& in, const Context& context, const Property& property, Publish& publish) {
  switch (property.id) {
    case PropertyId::topic_alias:
      if (property.number == 0) in.refuse(Reason::topic_alias_invalid, "topic alias 0");  // [MQTT-3.3.2-8]
      publish.topic_alias = static_cast<std::uint16_t>(property.number);
      break;
    case PropertyId::subscription_identifier:
      if (context.side == Side::server) {
        return in.refuse(Reason::protocol_error, "subscription identifier from a client");  // [MQTT-3.3.4-6]
      }
      publish.subscription_ids.push_back(property.number);
      break;
    default: keep_application_property(in, context, property, publish.properties);
  }
}

// An empty name stands for an alias; whether that alias is known is the session's to say.
void check_topic(Reader& in, const Publish& publish) {
  if (!publish.topic.empty()) return check_topic_name(in, publish.topic);
  if (!publish.topic_alias) in.refuse(Reason::protocol_error, "neither topic nor alias");
}

}  // namespace

// PUBLISH (section 3.3); the flags of the fixed header are  3 dup  2,1 QoS  0 retain:
//
//   topic (text)  [packet identifier (2)]  [properties]  payload
void decode_publish(Reader& in, const Context& context, Publish& publish) {
  const auto flags = context.header.flags;
  publish.dup = (flags & 0x08) != 0;
  publish.qos = static_cast<QoS>(flags >> 1 & 3);
  publish.retain = (flags & 0x01) != 0;
  publish.topic = in.text();
  if (publish.qos != QoS::at_most_once) publish.packet_id = read_packet_id(in);
  if (context.is_v5()) {
    PropertyReader properties(in, Section::publish);
    for (Property property; properties.next(property);) keep_property(in, context, property, publish);
  }
  if (!in.ok()) return;
  publish.payload = in.rest();
  check_topic(in, publish);
  check_payload_format(in, publish.properties, publish.payload);
}

// PUBACK, PUBREC, PUBREL, PUBCOMP (sections 3.4 to 3.7); a reason that is left out is success:
//
//   packet identifier (2)  [reason (1)  [properties]]
void decode_acknowledgement(Reader& in, const Context& context, Acknowledgement& acknowledgement) {
  acknowledgement.type = context.header.type;
  acknowledgement.packet_id = read_packet_id(in);
  if (!context.is_v5() || in.done()) return;
  acknowledgement.reason = read_reason(in, context);
  if (in.done()) return;
  PropertyReader properties(in, Section::acknowledgement);
  for (Property property; properties.next(property);) {
    if (property.id == PropertyId::reason_string) {
      acknowledgement.reason_string = property.text;
    } else {
      keep_user_property(in, property, context.limits.max_user_properties, acknowledgement.user);
    }
  }
}

void keep_application_property(Reader& in, const Context& context, const Property& property,
                               ApplicationProperties& kept) {
  switch (property.id) {
    case PropertyId::payload_format_indicator: kept.payload_is_utf8 = property.number == 1; break;
    case PropertyId::message_expiry_interval: kept.message_expiry = property.number; break;
    case PropertyId::content_type: kept.content_type = property.text; break;
    case PropertyId::response_topic:
      kept.response_topic = property.text;
      if (!topic::is_valid_name(property.text)) {
        in.refuse(Reason::protocol_error, "response topic that cannot be published to");  // [MQTT-3.3.2-14]
      }
      break;
    case PropertyId::correlation_data: kept.correlation_data = property.bytes; break;
    default: keep_user_property(in, property, context.limits.max_user_properties, kept.user);
  }
}

void check_payload_format(Reader& in, const ApplicationProperties& properties, ByteView payload) {
  if (!properties.payload_is_utf8 || is_valid_utf8(as_text(payload))) return;
  in.refuse(Reason::payload_format_invalid, "payload is not the UTF-8 it is said to be");
}

void check_topic_name(Reader& in, std::string_view name) {
  if (!in.ok()) return;
  if (!topic::is_valid_name(name)) in.refuse(Reason::topic_name_invalid, "topic name that is empty or has a wildcard");
  if (!topic::is_within_limits(name)) in.refuse(Reason::topic_name_invalid, "topic name with too many levels or bytes");
}

std::uint16_t read_packet_id(Reader& in) {
  const auto id = in.two_bytes();
  if (id == 0) in.refuse(Reason::protocol_error, "packet identifier 0");
  return id;
}

Reason read_reason(Reader& in, const Context& context) {
  const auto reason = static_cast<Reason>(in.byte());
  if (in.ok() && !may_carry(context.header.type, context.side, reason)) {
    in.refuse(Reason::protocol_error, "reason code that may not stand in this packet");
  }
  return reason;
}

}  // namespace sluice::codec
