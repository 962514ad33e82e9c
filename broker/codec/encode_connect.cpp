#include "broker/codec/encoders.h"
#include "broker/codec/reasons.h"

namespace sluice::codec {

namespace {

constexpr std::uint16_t kDefaultReceiveMaximum = 65535;

std::uint8_t flags_of(const Connect& connect) {
  std::uint8_t bits = 0;
  if (connect.user_name) bits |= 0x80;
  if (connect.password) bits |= 0x40;
  if (connect.will) {
    bits |= 0x04;
    bits |= static_cast<std::uint8_t>(static_cast<std::uint8_t>(connect.will->qos) << 3);
    if (connect.will->retain) bits |= 0x20;
  }
  if (connect.clean_start) bits |= 0x02;
  return bits;
}

void put_connect_properties(Writer& out, const Connect& connect) {
  if (connect.session_expiry != 0) out.four_bytes(PropertyId::session_expiry_interval, connect.session_expiry);
  if (connect.receive_maximum != kDefaultReceiveMaximum) {
    out.two_bytes(PropertyId::receive_maximum, connect.receive_maximum);
  }
  out.four_bytes(PropertyId::maximum_packet_size, connect.maximum_packet_size);
  if (connect.topic_alias_maximum != 0) out.two_bytes(PropertyId::topic_alias_maximum, connect.topic_alias_maximum);
  if (connect.request_response_information) out.flag(PropertyId::request_response_information, true);
  if (!connect.request_problem_information) out.flag(PropertyId::request_problem_information, false);
  out.text(PropertyId::authentication_method, connect.authentication_method);
  out.binary(PropertyId::authentication_data, connect.authentication_data);
  out.user(connect.user);
}

void put_will(Writer& out, const Will& will, Version version) {
  if (version == Version::v5_0) {
    put_properties(out, [&will](Writer& to) {
      if (will.delay != 0) to.four_bytes(PropertyId::will_delay_interval, will.delay);
      put_application_properties(to, will.properties);
    });
  }
  out.text(will.topic);
  out.binary(will.payload);
}

void put_connack_properties(Writer& out, const Connack& connack) {
  out.four_bytes(PropertyId::session_expiry_interval, connack.session_expiry);
  out.two_bytes(PropertyId::receive_maximum, connack.receive_maximum);
  if (connack.maximum_qos) out.flag(PropertyId::maximum_qos, *connack.maximum_qos == QoS::at_least_once);
  out.flag(PropertyId::retain_available, connack.retain_available);
  out.four_bytes(PropertyId::maximum_packet_size, connack.maximum_packet_size);
  out.text(PropertyId::assigned_client_identifier, connack.assigned_client_id);
  out.two_bytes(PropertyId::topic_alias_maximum, connack.topic_alias_maximum);
  out.text(PropertyId::reason_string, connack.reason_string);
  out.flag(PropertyId::wildcard_subscription_available, connack.wildcard_subscription_available);
  out.flag(PropertyId::subscription_identifier_available, connack.subscription_identifier_available);
  out.flag(PropertyId::shared_subscription_available, connack.shared_subscription_available);
  out.two_bytes(PropertyId::server_keep_alive, connack.server_keep_alive);
  out.text(PropertyId::response_information, connack.response_information);
  out.text(PropertyId::server_reference, connack.server_reference);
  out.text(PropertyId::authentication_method, connack.authentication_method);
  out.binary(PropertyId::authentication_data, connack.authentication_data);
  out.user(connack.user);
}

}  // namespace

void put_body(Writer& out, const Connect& connect, Version version) {
  out.text(version == Version::v3_1 ? "MQIsdp" : "MQTT");
  out.byte(static_cast<std::uint8_t>(version));
  out.byte(flags_of(connect));
  out.two_bytes(connect.keep_alive);
  if (version == Version::v5_0) {
    put_properties(out, [&connect](Writer& to) { put_connect_properties(to, connect); });
  }
  out.text(connect.client_id);
  if (connect.will) put_will(out, *connect.will, version);
  if (connect.user_name) out.text(*connect.user_name);
  if (connect.password) out.binary(*connect.password);
}

void put_body(Writer& out, const Connack& connack, Version version) {
  // 3.1 knows no session present; a refusal never has one [MQTT-3.2.2-6].
  const bool present = connack.session_present && version != Version::v3_1 && !is_failure(connack.reason);
  out.byte(present ? 1 : 0);
  if (version != Version::v5_0) return out.byte(to_return_code(connack.reason));
  out.byte(static_cast<std::uint8_t>(connack.reason));
  put_properties(out, [&connack](Writer& to) { put_connack_properties(to, connack); });
}

}  // namespace sluice::codec
