#include "gateway/status/status_message.h"

#include <utility>

namespace sluice::status {

Message make_status(std::string topic, bool online, std::string_view reason) {
  Message message;
  message.topic = std::move(topic);
  message.payload = online ? kOnline : kOffline;
  message.qos = QoS::at_least_once;
  message.retain = true;
  message.origin.kind = Origin::Kind::gateway;
  message.received = monotonic_now();
  if (!reason.empty()) message.properties.user.emplace_back("reason", reason);
  return message;
}

}  // namespace sluice::status
