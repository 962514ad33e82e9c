#include "broker/hub.h"

#include <algorithm>
#include <cassert>

#include "gateway/base/log.h"
#include "gateway/base/topic.h"

namespace sluice::broker {

using codec::Reason;
using codec::Version;
using session::Connection;
using session::Delivery;
using session::Opened;
using session::Opening;
using session::PublishForms;
using session::Subscription;
using session::Verdict;

namespace {

constexpr routing::Receiver kInside = 0x8000'0000;

std::vector<std::uint32_t> identifiers_of(const Subscription& subscription) {
  return subscription.id == 0 ? std::vector<std::uint32_t>{} : std::vector{subscription.id};
}

bool is_urgent(const Message& message) {
  if (message.origin.kind == Origin::Kind::client) return message.qos != QoS::at_most_once;
  return message.traffic_class == TrafficClass::alarm;
}

bool came_from(const Message& message, const session::Session& session) {
  return message.origin.kind == Origin::Kind::client && message.origin.name == session.client_id;
}

}  // namespace

Hub::Hub(const HubLimits& limits, Gate& gate, Outbox& outbox)
    : limits_(limits), gate_(gate), outbox_(outbox), retained_(limits.retained), random_(std::random_device{}()) {}

Hub::~Hub() = default;

void Hub::subscribe_inside(std::string_view filter, Receive receive) {
  const auto receiver = kInside + static_cast<routing::Receiver>(inside_.size());
  inside_.push_back(std::move(receive));
  subscriptions_.add(receiver, filter, {QoS::exactly_once, false, true, 0});
}

// What the outbox does not take is delivered here all the same: nobody would send it again.
Verdict::Kind Hub::publish_inside(const MessagePtr& message, MonotonicTime now) {
  const auto taken = take(message);
  route(message, nullptr, now);
  return taken.kind;
}

void Hub::authenticate(Connection& connection, const session::Credentials& credentials, MonotonicTime now) {
  gate_.authenticate(connection, credentials, now);
}

Verdict Hub::publish(Connection& connection, const MessagePtr& message, session::StreamSet having, MonotonicTime now) {
  const auto& publisher = slot_of(connection);
  if (message->topic.starts_with('$') || !gate_.may_publish(publisher, message->topic)) {
    log::debug("broker", "{} may not publish to {}", publisher.client_id, message->topic);
    return refuse(Reason::not_authorized);
  }
  if (!has_room_to_retain(connection, *message)) return refuse(Reason::quota_exceeded);
  const auto taken = take(message, having);
  const bool later = taken.kind == Verdict::Kind::later;
  if (later) ++figures_.refused;
  if (later && message->qos != QoS::at_most_once) return {taken.kind, Reason::quota_exceeded, 0, taken.streams};
  const auto receivers = route(message, &publisher, now);
  const bool nobody = receivers == 0 && taken.streams == 0;
  return {Verdict::Kind::taken, nobody ? Reason::no_matching_subscribers : Reason::success, taken.ticket, 0};
}

// Whoever cannot be told that a message is not retained has it delivered all the same.
bool Hub::has_room_to_retain(const Connection& connection, const Message& message) const {
  const bool can_be_told = connection.version() == Version::v5_0 && message.qos != QoS::at_most_once;
  return !message.retain || !can_be_told || retained_.has_room_for(message);
}

Verdict Hub::refuse(Reason reason) {
  ++figures_.refused;
  return {Verdict::Kind::refused, reason, 0, 0};
}

Outbox::Taken Hub::take(const MessagePtr& message, session::StreamSet having) {
  return outbox_.take(message, is_urgent(*message) ? store::Urgency::awaited : store::Urgency::telemetry, having);
}

// Answers how many get it here.
std::size_t Hub::route(const MessagePtr& message, const Slot* publisher, MonotonicTime now) {
  if (message->retain && !retained_.put(message)) ++figures_.dropped;
  const auto receiver = publisher ? std::optional(publisher->receiver) : std::nullopt;
  subscriptions_.match(message->topic, receiver, matches_);
  spread(message, now);
  return matches_.size();
}

void Hub::spread(const MessagePtr& message, MonotonicTime now) {
  if (matches_.empty()) return;
  PublishForms forms(*message, now);
  Delivery delivery{message, {}, {}, {}};
  for (auto& match : matches_) {
    if (match.receiver >= kInside) {
      inside_[match.receiver - kInside](message);
      continue;
    }
    delivery.qos = std::min(message->qos, match.qos);
    delivery.retain = message->retain && match.retain_as_published;  // [MQTT-3.3.1-12, -13]
    delivery.subscription_ids = std::move(match.ids);
    deliver(delivery, match.receiver, forms, now);
  }
}

// Who is away gets QoS 1 and 2 later [MQTT-4.5.0-1].
void Hub::deliver(const Delivery& delivery, routing::Receiver receiver, PublishForms& forms, MonotonicTime now) {
  auto& slot = *slots_[receiver];
  if (slot.connection) return slot.connection->deliver(delivery, forms, now);
  if (delivery.qos != QoS::at_most_once) session::enqueue(slot, delivery, limits_.client, figures_);
}

Reason Hub::subscribe(Connection& connection, const std::string& filter, const Subscription& subscription) {
  const auto& slot = slot_of(connection);
  if (!gate_.may_subscribe(slot, filter)) return Reason::not_authorized;
  subscriptions_.add(slot.receiver, filter,
                     {subscription.qos, subscription.no_local, subscription.retain_as_published, subscription.id});
  return Reason::success;
}

void Hub::unsubscribe(Connection& connection, std::string_view filter) {
  subscriptions_.remove(slot_of(connection).receiver, filter);
}

void Hub::send_retained(Connection& connection, std::string_view filter, const Subscription& subscription,
                        MonotonicTime now) {
  for (const auto& message : retained_.match(filter, now)) {
    if (subscription.no_local && came_from(*message, slot_of(connection))) continue;
    PublishForms forms(*message, now);
    const Delivery delivery{message, std::min(message->qos, subscription.qos), true, identifiers_of(subscription)};
    connection.deliver(delivery, forms, now);
  }
}

void Hub::storage_advanced(MonotonicTime now) {
  const std::vector<Connection*> waiting(awaiting_storage_.begin(), awaiting_storage_.end());
  for (auto* connection : waiting) {
    connection->settle(now);
    if (!connection->owes_acknowledgements()) awaiting_storage_.erase(connection);
  }
}

void Hub::pass_time(MonotonicTime now) {
  while (!due_.empty() && due_.begin()->first <= now) fall_due(*slots_[due_.begin()->second], now);
  retained_.expire(now);
  storage_advanced(now);  // what is held may find room now
}

}  // namespace sluice::broker
