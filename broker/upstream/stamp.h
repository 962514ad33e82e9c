// What is added to a stored message when it is sent. Pure.
#pragma once

#include <string>

#include "broker/store/store.h"
#include "gateway/base/message.h"

namespace sluice::upstream {

// User properties of MQTT 5.0, the last ones of each message. (epoch, sequence) is unique within
// gateway and stream: by it a receiver removes repetitions.
inline constexpr const char* kGatewayProperty = "sluice-gateway";
inline constexpr const char* kStreamProperty = "sluice-stream";
inline constexpr const char* kEpochProperty = "sluice-epoch";   // 16 hexadecimal digits
inline constexpr const char* kSequenceProperty = "sluice-seq";  // decimal

/// The message as it goes out. Its expiry is less by the time that it lay in the store
/// [MQTT-3.3.2-6], at least 1 s: what has expired is left to the receiver. A clock that was set
/// back shortens nothing.
Message stamp(const store::StoredMessage& stored, const std::string& gateway, const std::string& stream, WallTime now);

}  // namespace sluice::upstream
