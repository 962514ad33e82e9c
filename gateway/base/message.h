// A message on its way through the broker. Immutable once it is shared: every receiver, the
// retained store and the outbox hold the same one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/clock.h"

namespace sluice {

/// Quality of service, with the numbers of the MQTT standards.
enum class QoS : std::uint8_t { at_most_once = 0, at_least_once = 1, exactly_once = 2 };

/// How urgently a message is stored and sent upstream. No order is promised between classes.
enum class TrafficClass : std::uint8_t { normal = 0, alarm = 1, trend = 2 };

using UserProperty = std::pair<std::string, std::string>;

/// The properties of MQTT 5.0 that travel with a message to its receivers, unaltered
/// (section 3.3.2.3). Topic alias and subscription identifiers belong to one connection and are
/// therefore not here.
struct MessageProperties {
  std::optional<std::uint32_t> expiry_seconds;  // counted from Message::received
  bool payload_is_utf8 = false;                 // payload format indicator 1
  std::string content_type;
  std::string response_topic;
  std::optional<std::string> correlation_data;  // may be present and empty
  std::vector<UserProperty> user;               // in order, names may repeat

  bool operator==(const MessageProperties&) const = default;
};

/// Where a message came from. Decides loop protection, No Local and who may command.
struct Origin {
  enum class Kind : std::uint8_t { client, device, upstream, gateway };

  Kind kind = Kind::client;
  std::string name;  // client id, device name, upstream name
  std::string user;  // user name of a client; empty for anonymous and for the other kinds

  bool operator==(const Origin&) const = default;
};

struct Message {
  std::string topic;
  std::string payload;  // any bytes
  QoS qos = QoS::at_most_once;
  bool retain = false;
  TrafficClass traffic_class = TrafficClass::normal;
  MessageProperties properties;
  Origin origin;
  MonotonicTime received{};
};

using MessagePtr = std::shared_ptr<const Message>;

/// Bytes of everything in a message that its sender chose: what counts against limits.
inline std::size_t size_of(const Message& message) {
  const auto& properties = message.properties;
  std::size_t size = message.topic.size() + message.payload.size() + properties.content_type.size() +
                     properties.response_topic.size();
  if (properties.correlation_data) size += properties.correlation_data->size();
  for (const auto& [name, value] : properties.user) size += name.size() + value.size();
  return size;
}

/// Whether the message expiry that its publisher set has passed [MQTT-3.3.2-5].
inline bool has_expired(const Message& message, MonotonicTime now) {
  const auto& expiry = message.properties.expiry_seconds;
  return expiry && now - message.received >= std::chrono::seconds(*expiry);
}

}  // namespace sluice
