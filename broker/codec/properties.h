// The properties of MQTT 5.0 (section 2.2.2): which exist, what form each has, in which packet each
// may stand.
//
//   length (variable)   { identifier (variable)   value (form of the identifier) } ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "broker/codec/reader.h"
#include "gateway/base/bytes.h"

namespace sluice::codec {

enum class PropertyId : std::uint8_t {
  payload_format_indicator = 0x01,
  message_expiry_interval = 0x02,
  content_type = 0x03,
  response_topic = 0x08,
  correlation_data = 0x09,
  subscription_identifier = 0x0B,
  session_expiry_interval = 0x11,
  assigned_client_identifier = 0x12,
  server_keep_alive = 0x13,
  authentication_method = 0x15,
  authentication_data = 0x16,
  request_problem_information = 0x17,
  will_delay_interval = 0x18,
  request_response_information = 0x19,
  response_information = 0x1A,
  server_reference = 0x1C,
  reason_string = 0x1F,
  receive_maximum = 0x21,
  topic_alias_maximum = 0x22,
  topic_alias = 0x23,
  maximum_qos = 0x24,
  retain_available = 0x25,
  user_property = 0x26,
  maximum_packet_size = 0x27,
  wildcard_subscription_available = 0x28,
  subscription_identifier_available = 0x29,
  shared_subscription_available = 0x2A,
};

/// Where a set of properties stands. PUBACK, PUBREC, PUBREL and PUBCOMP are one.
enum class Section : std::uint16_t {
  connect = 1 << 0,
  will = 1 << 1,
  connack = 1 << 2,
  publish = 1 << 3,
  acknowledgement = 1 << 4,
  subscribe = 1 << 5,
  suback = 1 << 6,
  unsubscribe = 1 << 7,
  unsuback = 1 << 8,
  disconnect = 1 << 9,
  auth = 1 << 10,
};

enum class PropertyForm : std::uint8_t;

/// One property as read; which members count follows from the identifier.
struct Property {
  PropertyId id{};
  std::uint32_t number = 0;
  std::string_view text;  // of a user property: its value
  std::string_view name;  // of a user property
  ByteView bytes;
};

/// Walks one set of properties at the front of `in` and refuses what the standard refuses: unknown
/// and misplaced identifiers (0x81), repeated ones and values out of range (0x82).
class PropertyReader {
 public:
  PropertyReader(Reader& in, Section section);

  /// False at the end of the set and on a refusal, which then stands in `in`.
  bool next(Property& property);

 private:
  bool read_value(Property& property, PropertyForm form);
  bool is_first(PropertyId id);

  Reader& in_;
  const Section section_;
  std::size_t left_after_ = 0;  // what `in` holds behind the set
  std::uint64_t seen_ = 0;      // one bit for each identifier
};

/// Keeps a user property; more than `limit` of them are refused with 0x97.
void keep_user_property(Reader& in, const Property& property, std::size_t limit, UserProperties& user);

}  // namespace sluice::codec
