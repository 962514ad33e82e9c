// PUBLISH towards the client: quotas, repetition, and what waits (sections 3.3, 4.3, 4.4, 4.9).
#include <utility>

#include "broker/session/connection.h"

namespace sluice::session {

using codec::PacketType;
using codec::Reason;

namespace {

// In memory: of messages without content there would be millions otherwise before a limit is met.
std::size_t cost_of(const Delivery& delivery) {
  const auto& message = *delivery.message;
  return size_of(message) + message.properties.user.size() * sizeof(UserProperty) + sizeof(Message) + sizeof(Delivery);
}

}  // namespace

bool Connection::congested() const { return sink_.backlog() >= limits_.output_bytes; }

// The identifier of a message whose PUBCOMP has not come is in use, also when an earlier connection
// sent it: without counting those, they would add up until there is none left.
bool Connection::has_quota() const { return sent_again_ + session_->outbound.released().size() < quota_; }

bool Connection::may_send_reliable() const {
  return has_quota() && sent_again_ == session_->outbound.unacknowledged().size() && !congested();
}

void Connection::deliver(const Delivery& delivery, PublishForms& forms, MonotonicTime) {
  if (!established()) return;
  if (delivery.qos == QoS::at_most_once) return deliver_unreliable(delivery, forms);
  auto& outbound = session_->outbound;
  if (outbound.queued() == 0 && may_send_reliable()) return send_reliable(delivery, forms);
  enqueue(*session_, delivery, limits_, host_.figures());
}

// Only what the network does not take holds QoS 0 up; quotas do not.
void Connection::deliver_unreliable(const Delivery& delivery, PublishForms& forms) {
  if (waiting_.empty() && !congested()) {
    if (fits(delivery, forms)) write_publish(delivery, 0, Repetition::first, forms);
    return;
  }
  const auto size = cost_of(delivery);
  if (waiting_bytes_ + size > limits_.waiting_bytes) {
    ++host_.figures().dropped;
    return;
  }
  waiting_bytes_ += size;
  waiting_.push_back(delivery);
}

void Connection::send_reliable(const Delivery& delivery, PublishForms& forms) {
  if (!fits(delivery, forms)) return;
  const auto& sent = session_->outbound.start(delivery);
  ++sent_again_;
  write_publish(sent.delivery, sent.packet_id, Repetition::first, forms);
}

// What is too large for the client counts as delivered [MQTT-3.1.2-25].
bool Connection::fits(const Delivery& delivery, PublishForms& forms) {
  if (forms.size(delivery, version_) <= max_packet_) return true;
  ++host_.figures().dropped;
  return false;
}

void Connection::write_publish(const Delivery& delivery, std::uint16_t packet_id, Repetition repetition,
                               PublishForms& forms) {
  ++host_.figures().sent;
  auto& output = sink_.output();
  const auto start = output.size();
  forms.append_head(delivery, version_, packet_id, output);
  if (repetition == Repetition::repeated) mark_as_duplicate(output[start]);
  const auto payload = as_bytes(delivery.message->payload);
  if (payload.size() > limits_.copied_payload) return sink_.append_payload(delivery.message);
  output.insert(output.end(), payload.begin(), payload.end());
}

void Connection::writable(MonotonicTime now) {
  if (!established()) return;
  pump(now);
  go_on_reading(now);
}

// Everything that the former connection left open, with its packet identifiers [MQTT-4.4.0-1].
void Connection::resume(MonotonicTime now) {
  for (const auto packet_id : session_->outbound.released()) send(PacketType::pubrel, packet_id, Reason::success);
  pump(now);
}

void Connection::pump(MonotonicTime now) {
  repeat_unacknowledged(now);
  send_queued(now);
  send_waiting(now);
}

void Connection::repeat_unacknowledged(MonotonicTime now) {
  auto& outbound = session_->outbound;
  while (sent_again_ < outbound.unacknowledged().size() && has_quota() && !congested()) {
    const auto& [packet_id, delivery] = outbound.unacknowledged()[sent_again_];
    PublishForms forms(*delivery.message, now);
    if (!fits(delivery, forms)) {
      outbound.finish(packet_id);
      continue;
    }
    ++sent_again_;
    write_publish(delivery, packet_id, Repetition::repeated, forms);
  }
}

void Connection::send_queued(MonotonicTime now) {
  while (may_send_reliable()) {
    const auto delivery = session_->outbound.take();
    if (!delivery) return;
    if (has_expired(*delivery->message, now)) {
      ++host_.figures().expired;
      continue;
    }
    PublishForms forms(*delivery->message, now);
    send_reliable(*delivery, forms);
  }
}

void Connection::send_waiting(MonotonicTime now) {
  while (!waiting_.empty() && !congested()) {
    const auto delivery = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= cost_of(delivery);
    if (has_expired(*delivery.message, now)) {
      ++host_.figures().expired;
      continue;
    }
    PublishForms forms(*delivery.message, now);
    if (fits(delivery, forms)) write_publish(delivery, 0, Repetition::first, forms);
  }
}

}  // namespace sluice::session
