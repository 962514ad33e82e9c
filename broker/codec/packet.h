// The control packets of MQTT 3.1, 3.1.1 and 5.0 as plain structs. Texts and payloads are views
// of the bytes from which a packet was decoded, or of memory that outlives its encoding: nothing
// is copied here. Names, sections and numbers are those of the OASIS standards.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/message.h"

namespace sluice::codec {

/// The protocol level on the wire (MQTT-3.1.2.2).
enum class Version : std::uint8_t { v3_1 = 3, v3_1_1 = 4, v5_0 = 5 };

enum class PacketType : std::uint8_t {
  connect = 1,
  connack = 2,
  publish = 3,
  puback = 4,
  pubrec = 5,
  pubrel = 6,
  pubcomp = 7,
  subscribe = 8,
  suback = 9,
  unsubscribe = 10,
  unsuback = 11,
  pingreq = 12,
  pingresp = 13,
  disconnect = 14,
  auth = 15,
};

/// Reason codes of MQTT 5.0, section 2.4. Below 0x80 is success.
enum class Reason : std::uint8_t {
  success = 0x00,
  granted_qos_1 = 0x01,
  granted_qos_2 = 0x02,
  disconnect_with_will = 0x04,
  no_matching_subscribers = 0x10,
  no_subscription_existed = 0x11,
  continue_authentication = 0x18,
  reauthenticate = 0x19,
  unspecified_error = 0x80,
  malformed_packet = 0x81,
  protocol_error = 0x82,
  implementation_specific_error = 0x83,
  unsupported_protocol_version = 0x84,
  client_identifier_not_valid = 0x85,
  bad_user_name_or_password = 0x86,
  not_authorized = 0x87,
  server_unavailable = 0x88,
  server_busy = 0x89,
  banned = 0x8A,
  server_shutting_down = 0x8B,
  bad_authentication_method = 0x8C,
  keep_alive_timeout = 0x8D,
  session_taken_over = 0x8E,
  topic_filter_invalid = 0x8F,
  topic_name_invalid = 0x90,
  packet_identifier_in_use = 0x91,
  packet_identifier_not_found = 0x92,
  receive_maximum_exceeded = 0x93,
  topic_alias_invalid = 0x94,
  packet_too_large = 0x95,
  message_rate_too_high = 0x96,
  quota_exceeded = 0x97,
  administrative_action = 0x98,
  payload_format_invalid = 0x99,
  retain_not_supported = 0x9A,
  qos_not_supported = 0x9B,
  use_another_server = 0x9C,
  server_moved = 0x9D,
  shared_subscriptions_not_supported = 0x9E,
  connection_rate_exceeded = 0x9F,
  maximum_connect_time = 0xA0,
  subscription_identifiers_not_supported = 0xA1,
  wildcard_subscriptions_not_supported = 0xA2,
};

constexpr bool is_failure(Reason reason) { return static_cast<std::uint8_t>(reason) >= 0x80; }

using UserProperties = std::vector<std::pair<std::string_view, std::string_view>>;

/// What a PUBLISH and a will carry to the receivers (section 3.3.2.3, 3.1.3.2).
struct ApplicationProperties {
  std::optional<std::uint32_t> message_expiry;  // seconds
  bool payload_is_utf8 = false;                 // payload format indicator
  std::string_view content_type;
  std::string_view response_topic;
  std::optional<ByteView> correlation_data;
  UserProperties user;
};

struct Will {
  std::string_view topic;
  ByteView payload;
  QoS qos = QoS::at_most_once;
  bool retain = false;
  std::uint32_t delay = 0;  // seconds
  ApplicationProperties properties;
};

struct Connect {
  Version version = Version::v3_1_1;
  bool clean_start = true;       // clean session in 3.1 and 3.1.1
  std::uint16_t keep_alive = 0;  // seconds; 0 is off
  std::string_view client_id;
  std::optional<Will> will;
  std::optional<std::string_view> user_name;
  std::optional<ByteView> password;
  // 5.0 only
  std::uint32_t session_expiry = 0;  // seconds; 0xFFFFFFFF never
  std::uint16_t receive_maximum = 65535;
  std::optional<std::uint32_t> maximum_packet_size;
  std::uint16_t topic_alias_maximum = 0;
  bool request_response_information = false;
  bool request_problem_information = true;
  std::string_view authentication_method;
  std::optional<ByteView> authentication_data;
  UserProperties user;
};

/// In 3.1 and 3.1.1 `reason` is sent as the nearest return code (0x00 to 0x05).
struct Connack {
  bool session_present = false;
  Reason reason = Reason::success;
  // 5.0 only; absent means the default of the standard
  std::optional<std::uint32_t> session_expiry;
  std::optional<std::uint16_t> receive_maximum;
  std::optional<QoS> maximum_qos;
  std::optional<bool> retain_available;
  std::optional<std::uint32_t> maximum_packet_size;
  std::string_view assigned_client_id;
  std::optional<std::uint16_t> topic_alias_maximum;
  std::string_view reason_string;
  std::optional<bool> wildcard_subscription_available;
  std::optional<bool> subscription_identifier_available;
  std::optional<bool> shared_subscription_available;
  std::optional<std::uint16_t> server_keep_alive;
  std::string_view response_information;
  std::string_view server_reference;
  std::string_view authentication_method;
  std::optional<ByteView> authentication_data;
  UserProperties user;
};

struct Publish {
  bool dup = false;
  QoS qos = QoS::at_most_once;
  bool retain = false;
  std::uint16_t packet_id = 0;  // 0 with QoS 0
  std::string_view topic;       // empty only with an alias
  ByteView payload;
  std::optional<std::uint16_t> topic_alias;
  std::vector<std::uint32_t> subscription_ids;  // towards clients only
  ApplicationProperties properties;
};

/// PUBACK, PUBREC, PUBREL and PUBCOMP share one form.
struct Acknowledgement {
  PacketType type = PacketType::puback;
  std::uint16_t packet_id = 0;
  Reason reason = Reason::success;  // 5.0 only
  std::string_view reason_string;
  UserProperties user;
};

enum class RetainHandling : std::uint8_t { send = 0, send_if_new = 1, never = 2 };

struct SubscribeFilter {
  std::string_view filter;
  QoS qos = QoS::at_most_once;
  bool no_local = false;  // 5.0 only, as the next two
  bool retain_as_published = false;
  RetainHandling retain_handling = RetainHandling::send;
};

struct Subscribe {
  std::uint16_t packet_id = 0;
  std::optional<std::uint32_t> subscription_id;
  std::vector<SubscribeFilter> filters;
  UserProperties user;
};

/// In 3.1 and 3.1.1 every failure is sent as 0x80.
struct Suback {
  std::uint16_t packet_id = 0;
  std::vector<Reason> reasons;  // one per filter, in order
  std::string_view reason_string;
  UserProperties user;
};

struct Unsubscribe {
  std::uint16_t packet_id = 0;
  std::vector<std::string_view> filters;
  UserProperties user;
};

/// In 3.1 and 3.1.1 the reasons are not sent.
struct Unsuback {
  std::uint16_t packet_id = 0;
  std::vector<Reason> reasons;
  std::string_view reason_string;
  UserProperties user;
};

struct Pingreq {};
struct Pingresp {};

/// In 3.1 and 3.1.1 only a client sends it, and without content.
struct Disconnect {
  Reason reason = Reason::success;
  std::optional<std::uint32_t> session_expiry;
  std::string_view reason_string;
  std::string_view server_reference;
  UserProperties user;
};

struct Auth {
  Reason reason = Reason::success;
  std::string_view authentication_method;
  std::optional<ByteView> authentication_data;
  std::string_view reason_string;
  UserProperties user;
};

using Packet = std::variant<Connect, Connack, Publish, Acknowledgement, Subscribe, Suback, Unsubscribe, Unsuback,
                            Pingreq, Pingresp, Disconnect, Auth>;

}  // namespace sluice::codec
