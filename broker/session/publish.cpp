// PUBLISH from the client and its acknowledgements (sections 3.3 to 3.5).
#include <utility>

#include "broker/session/connection.h"
#include "broker/session/received_message.h"

namespace sluice::session {

using codec::PacketType;
using codec::Reason;
using codec::Version;

namespace {

PacketType acknowledgement_of(QoS qos) { return qos == QoS::exactly_once ? PacketType::pubrec : PacketType::puback; }

QoS acknowledged_by(PacketType type) { return type == PacketType::pubrec ? QoS::exactly_once : QoS::at_least_once; }

}  // namespace

void Connection::on(const codec::Publish& publish, MonotonicTime now) {
  ++host_.figures().received;
  std::string topic;
  if (!resolve_topic(publish, topic, now)) return;
  const bool reliable = publish.qos != QoS::at_most_once;
  if (reliable && repeats_exactly_once(publish)) return;
  if (reliable && !may_open_another(publish.qos)) {
    return close(Reason::receive_maximum_exceeded, "too many unacknowledged messages", now);
  }
  if (reliable) ++open_publishes_;
  auto message = received_message(publish, topic);
  message.origin = {Origin::Kind::client, session_->client_id, session_->user};
  message.received = now;
  const auto shared = std::make_shared<const Message>(std::move(message));
  reliable ? take_reliable(publish.packet_id, shared, now) : static_cast<void>(host_.publish(*this, shared, 0, now));
}

// Sets `topic`; false when the conversation has ended over it.
bool Connection::resolve_topic(const codec::Publish& publish, std::string& topic, MonotonicTime now) {
  topic = publish.topic;
  if (publish.topic_alias) {
    const std::size_t alias = *publish.topic_alias;
    if (alias > limits_.topic_aliases) {
      close(Reason::topic_alias_invalid, "a topic alias outside of what was announced", now);
      return false;
    }
    if (aliases_.size() < alias) aliases_.resize(alias);
    if (topic.empty()) topic = aliases_[alias - 1];
    aliases_[alias - 1] = topic;
  }
  if (!topic.empty()) return true;
  close(Reason::protocol_error, "a topic alias that was never set", now);
  return false;
}

// A message that was accepted already is acknowledged again and not delivered again.
bool Connection::repeats_exactly_once(const codec::Publish& publish) {
  if (publish.qos != QoS::exactly_once) return false;
  if (owed_.contains(PacketType::pubrec, publish.packet_id)) return true;
  const auto ticket = session_->inbound.find(publish.packet_id);
  if (!ticket) return false;
  acknowledge_when_stored({PacketType::pubrec, publish.packet_id, Reason::success, *ticket, nullptr, {}, 0});
  return true;
}

// Before 5.0 nobody has told the client how many messages it may leave unacknowledged, so that only
// the identifiers that it keeps open itself are held against it.
bool Connection::may_open_another(QoS qos) const {
  if (qos == QoS::exactly_once && session_->inbound.size() >= limits_.open_publishes) return false;
  return version_ != Version::v5_0 || open_publishes_ < limits_.receive_maximum;
}

// Clients of 5.0 that keep to their quota never come so far.
bool Connection::waits_for_storage() const { return owed_.size() >= limits_.open_publishes; }

// Whoever does not read the answers gets no further questions in. Messages for the client stop well
// before that, so that what has come so far are answers.
bool Connection::holds_back() const { return waits_for_storage() || sink_.backlog() >= limits_.unread_bytes; }

void Connection::go_on_reading(MonotonicTime now) {
  if (!paused_ || holds_back()) return;
  paused_ = false;
  last_packet_ = now;  // what the client said meanwhile was not read
  sink_.resume_reading();
  receive({}, now);
}

void Connection::take_reliable(std::uint16_t packet_id, const MessagePtr& message, MonotonicTime now) {
  if (owed_.any_held()) return hold(packet_id, message, 0, now);
  const auto verdict = host_.publish(*this, message, 0, now);
  const bool can_be_told = version_ == Version::v5_0;
  if (verdict.kind == Verdict::Kind::later && !can_be_told) return hold(packet_id, message, verdict.streams, now);
  acknowledge_when_stored(answer_to(verdict, message->qos, packet_id));
}

// Older versions have no way to refuse: the message gets no acknowledgement until it is accepted,
// while everything else goes on.
void Connection::hold(std::uint16_t packet_id, const MessagePtr& message, StreamSet streams, MonotonicTime now) {
  if (owed_.held() >= limits_.held_publishes) {
    return close(Reason::quota_exceeded, "too many messages for which storage has no room", now);
  }
  owe({acknowledgement_of(message->qos), packet_id, Reason::success, 0, message, now, streams});
}

OwedAcknowledgement Connection::answer_to(const Verdict& verdict, QoS qos, std::uint16_t packet_id) {
  const bool taken = verdict.kind == Verdict::Kind::taken;
  if (taken && qos == QoS::exactly_once) session_->inbound.open(packet_id, verdict.ticket);
  return {acknowledgement_of(qos), packet_id, verdict.reason, taken ? verdict.ticket : 0, nullptr, {}, 0};
}

void Connection::acknowledge_when_stored(const OwedAcknowledgement& owed) {
  owed_.empty() && owed.ticket <= host_.stored() ? acknowledge(owed) : owe(owed);
}

void Connection::owe(OwedAcknowledgement owed) {
  owed_.push(std::move(owed));
  host_.settle_when_stored(*this);
}

void Connection::acknowledge(const OwedAcknowledgement& owed) {
  send(owed.type, owed.packet_id, owed.reason);
  if (owed.type == PacketType::puback || codec::is_failure(owed.reason)) close_publish();
}

void Connection::settle(MonotonicTime now) {
  if (!established()) return;
  owed_.offer_held([&](OwedAcknowledgement& owed) { return offer_again(owed, now); });
  owed_.settle_up_to(host_.stored(), [&](const OwedAcknowledgement& owed) { acknowledge(owed); });
  go_on_reading(now);
}

bool Connection::offer_again(OwedAcknowledgement& owed, MonotonicTime now) {
  const auto verdict = host_.publish(*this, owed.held, owed.streams, now);
  owed.streams = verdict.streams;
  if (verdict.kind == Verdict::Kind::later) return false;
  owed = answer_to(verdict, acknowledged_by(owed.type), owed.packet_id);
  return true;
}

}  // namespace sluice::session
