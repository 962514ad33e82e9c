#include "broker/codec/decoders.h"
#include "broker/codec/properties.h"
#include "broker/codec/reasons.h"

namespace sluice::codec {

namespace {

// CONNECT (section 3.1):
//
//   name (text)  level (1)  flags (1)  keep alive (2)  [properties]
//   client id  [will properties  will topic  will payload]  [user name]  [password]
//
//   flags:  7 user name  6 password  5 will retain  4,3 will QoS  2 will  1 clean start  0 reserved
struct Flags {
  bool user_name;
  bool password;
  bool will_retain;
  std::uint8_t will_qos;
  bool will;
  bool clean_start;
};

Flags read_flags(Reader& in, Version version) {
  const auto bits = in.byte();
  const Flags flags{(bits & 0x80) != 0, (bits & 0x40) != 0,
                    (bits & 0x20) != 0, static_cast<std::uint8_t>(bits >> 3 & 3),
                    (bits & 0x04) != 0, (bits & 0x02) != 0};
  if (bits & 0x01) in.refuse(Reason::malformed_packet, "reserved connect flag is set");
  if (flags.will_qos == 3) in.refuse(Reason::malformed_packet, "will of QoS 3");
  if (!flags.will && (flags.will_qos != 0 || flags.will_retain)) {
    in.refuse(Reason::malformed_packet, "will QoS or will retain without a will");
  }
  if (version != Version::v5_0 && flags.password && !flags.user_name) {
    in.refuse(Reason::malformed_packet, "password without a user name");  // [MQTT-3.1.2-22] of 3.1.1
  }
  return flags;
}

// What an answer to a level that does not exist is written in. Bit 7 marks a bridge of the 3.x
// family, which expects a return code of that family.
Version nearest_version(std::uint8_t level) {
  const bool newer = level >= 5 && (level & 0x7F) != 3 && (level & 0x7F) != 4;
  return newer ? Version::v5_0 : Version::v3_1_1;
}

void read_version(Reader& in, Connect& connect) {
  const auto name = in.text();
  const auto level = in.byte();
  if (!in.ok()) return;
  if (name != "MQTT" && name != "MQIsdp") return in.refuse(Reason::malformed_packet, "unknown protocol name");
  if (name == "MQIsdp" ? level == 3 : level == 4 || level == 5) {
    connect.version = static_cast<Version>(level);
    return;
  }
  connect.version = nearest_version(level);
  in.refuse(Reason::unsupported_protocol_version, "unsupported protocol level");
}

void keep_property(Reader& in, const Context& context, const Property& property, Connect& connect) {
  switch (property.id) {
    case PropertyId::session_expiry_interval: connect.session_expiry = property.number; break;
    case PropertyId::receive_maximum: connect.receive_maximum = static_cast<std::uint16_t>(property.number); break;
    case PropertyId::maximum_packet_size: connect.maximum_packet_size = property.number; break;
    case PropertyId::topic_alias_maximum:
      connect.topic_alias_maximum = static_cast<std::uint16_t>(property.number);
      break;
    case PropertyId::request_response_information: connect.request_response_information = property.number == 1; break;
    case PropertyId::request_problem_information: connect.request_problem_information = property.number == 1; break;
    case PropertyId::authentication_method: connect.authentication_method = property.text; break;
    case PropertyId::authentication_data: connect.authentication_data = property.bytes; break;
    default: keep_user_property(in, property, context.limits.max_user_properties, connect.user);
  }
}

void read_properties(Reader& in, const Context& context, Connect& connect) {
  PropertyReader properties(in, Section::connect);
  for (Property property; properties.next(property);) keep_property(in, context, property, connect);
  if (connect.authentication_data && connect.authentication_method.empty()) {
    in.refuse(Reason::protocol_error, "authentication data without a method");
  }
}

void read_will_properties(Reader& in, const Context& context, Will& will) {
  PropertyReader properties(in, Section::will);
  for (Property property; properties.next(property);) {
    if (property.id == PropertyId::will_delay_interval) {
      will.delay = property.number;
    } else {
      keep_application_property(in, context, property, will.properties);
    }
  }
}

void read_will(Reader& in, const Context& context, const Flags& flags, Will& will) {
  will.qos = static_cast<QoS>(flags.will_qos);
  will.retain = flags.will_retain;
  if (context.is_v5()) read_will_properties(in, context, will);
  will.topic = in.text();
  will.payload = in.binary();
  check_topic_name(in, will.topic);
  check_payload_format(in, will.properties, will.payload);
}

void check_client_id(Reader& in, const Connect& connect) {
  if (!connect.client_id.empty() || connect.version == Version::v5_0) return;
  if (connect.clean_start && connect.version == Version::v3_1_1) return;  // [MQTT-3.1.3-7] of 3.1.1
  in.refuse(Reason::client_identifier_not_valid, "empty client id");
}

void keep_property(Reader& in, const Context& context, const Property& property, Connack& connack) {
  const auto number = property.number;
  switch (property.id) {
    case PropertyId::session_expiry_interval: connack.session_expiry = number; break;
    case PropertyId::receive_maximum: connack.receive_maximum = static_cast<std::uint16_t>(number); break;
    case PropertyId::maximum_qos: connack.maximum_qos = static_cast<QoS>(number); break;
    case PropertyId::retain_available: connack.retain_available = number == 1; break;
    case PropertyId::maximum_packet_size: connack.maximum_packet_size = number; break;
    case PropertyId::assigned_client_identifier: connack.assigned_client_id = property.text; break;
    case PropertyId::topic_alias_maximum: connack.topic_alias_maximum = static_cast<std::uint16_t>(number); break;
    case PropertyId::reason_string: connack.reason_string = property.text; break;
    case PropertyId::wildcard_subscription_available: connack.wildcard_subscription_available = number == 1; break;
    case PropertyId::subscription_identifier_available: connack.subscription_identifier_available = number == 1; break;
    case PropertyId::shared_subscription_available: connack.shared_subscription_available = number == 1; break;
    case PropertyId::server_keep_alive: connack.server_keep_alive = static_cast<std::uint16_t>(number); break;
    case PropertyId::response_information: connack.response_information = property.text; break;
    case PropertyId::server_reference: connack.server_reference = property.text; break;
    case PropertyId::authentication_method: connack.authentication_method = property.text; break;
    case PropertyId::authentication_data: connack.authentication_data = property.bytes; break;
    default: keep_user_property(in, property, context.limits.max_user_properties, connack.user);
  }
}

Reason read_return_code(Reader& in) {
  const auto reason = from_return_code(in.byte());
  if (reason == Reason::unspecified_error) in.refuse(Reason::protocol_error, "unknown return code");
  return reason;
}

}  // namespace

void decode_connect(Reader& in, const Context& outer, Connect& connect) {
  read_version(in, connect);
  const Context context{outer.header, outer.side, connect.version, outer.limits};
  const auto flags = read_flags(in, connect.version);
  connect.clean_start = flags.clean_start;
  connect.keep_alive = in.two_bytes();
  if (context.is_v5()) read_properties(in, context, connect);
  connect.client_id = in.text();
  if (flags.will) read_will(in, context, flags, connect.will.emplace());
  // In 3.1 the length of the packet counts for more than these flags: the fields may be missing.
  const bool may_be_missing = connect.version == Version::v3_1;
  if (flags.user_name && !(may_be_missing && in.done())) connect.user_name = in.text();
  if (flags.password && !(may_be_missing && in.done())) connect.password = in.binary();
  check_client_id(in, connect);
}

// CONNACK (section 3.2):  session present (1)  reason or return code (1)  [properties]
void decode_connack(Reader& in, const Context& context, Connack& connack) {
  const auto flags = in.byte();
  if (flags > 1) in.refuse(Reason::malformed_packet, "reserved CONNACK flags are set");
  connack.session_present = flags == 1;
  connack.reason = context.is_v5() ? read_reason(in, context) : read_return_code(in);
  if (connack.session_present && is_failure(connack.reason)) {
    in.refuse(Reason::protocol_error, "session present although refused");  // [MQTT-3.2.2-6]
  }
  if (!context.is_v5()) return;
  PropertyReader properties(in, Section::connack);
  for (Property property; properties.next(property);) keep_property(in, context, property, connack);
}

}  // namespace sluice::codec
