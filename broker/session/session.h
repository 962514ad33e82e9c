// The state that a server keeps for a client identifier, whether or not the client is connected
// (MQTT 5.0, section 4.1). Plain values without a pointer to a connection, so that it can be kept
// on disk.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "broker/session/inbound.h"
#include "broker/session/outbound.h"
#include "gateway/base/message.h"

namespace sluice::session {

/// Session Expiry Interval of a session without an end; seconds.
inline constexpr std::uint32_t kNeverExpires = 0xFFFFFFFF;

struct Subscription {
  QoS qos = QoS::at_most_once;
  bool no_local = false;
  bool retain_as_published = false;
  std::uint32_t id = 0;  // subscription identifier; 0: none
};

struct Will {
  MessagePtr message;
  std::uint32_t delay = 0;  // seconds
};

struct Session {
  std::string client_id;
  std::string user;                                                // who it belongs to; empty for anonymous
  std::uint32_t expiry = 0;                                        // seconds that it outlives its connection
  std::map<std::string, Subscription, std::less<>> subscriptions;  // by filter
  Outbound outbound;
  Inbound inbound;
  std::optional<Will> will;  // what is still to be published for the last connection
};

struct Limits;
struct Figures;

/// The delivery waits in the session. One that goes beyond the limits is dropped: counted each
/// time, and logged when it begins.
void enqueue(Session& session, const Delivery& delivery, const Limits& limits, Figures& figures);

}  // namespace sluice::session
