// The life of sessions: opened, taken over, left, expired.
#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "broker/hub.h"
#include "gateway/base/log.h"

namespace sluice::broker {

using codec::Reason;
using session::Connection;
using session::Opened;
using session::Opening;

namespace {

MonotonicTime after(MonotonicTime now, std::uint32_t seconds) {
  return seconds == session::kNeverExpires ? MonotonicTime::max() : now + std::chrono::seconds(seconds);
}

}  // namespace

Hub::Slot& Hub::slot_of(const Connection& connection) { return static_cast<Slot&>(*connection.session()); }

Hub::Slot* Hub::find(std::string_view client_id) {
  const auto at = by_client_id_.find(client_id);
  return at == by_client_id_.end() ? nullptr : at->second;
}

Opened Hub::open_session(Connection& connection, Opening opening, MonotonicTime now) {
  auto* slot = find_to_resume(opening, now);
  const bool present = slot != nullptr;
  if (!slot) slot = make(opening.client_id.empty() ? new_client_id() : opening.client_id);
  if (!slot) return {nullptr, false, Reason::quota_exceeded};
  cancel(*slot);
  slot->user = opening.user;
  slot->expiry = opening.expiry;
  slot->will = std::move(opening.will);
  slot->connection = &connection;
  ++connected_;
  log::debug("broker", "{} connected from {}", slot->client_id, connection.peer().address);
  return {slot, present, Reason::success};
}

// The session that the client goes on with, if it has one and wants it. A session belongs to one
// user: another one with the same client identifier begins anew and sees nothing of it.
Hub::Slot* Hub::find_to_resume(const Opening& opening, MonotonicTime now) {
  auto* slot = find(opening.client_id);
  if (slot && slot->connection) {
    slot->connection->close(Reason::session_taken_over, "another connection has the same client identifier", now);
    slot = find(opening.client_id);  // it may have ended with its connection
  }
  if (!slot || (!opening.clean_start && slot->user == opening.user)) return slot;
  publish_will(*slot, now);  // the end of a session is the latest time for it [MQTT-3.1.2-8]
  remove(*slot);
  return nullptr;
}

Hub::Slot* Hub::make(std::string client_id) {
  if (by_client_id_.size() >= limits_.sessions) return nullptr;
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<routing::Receiver>(slots_.size()));
    slots_.emplace_back();
  }
  const auto receiver = free_slots_.back();
  free_slots_.pop_back();
  auto& slot = slots_[receiver];
  slot = std::make_unique<Slot>();
  slot->client_id = std::move(client_id);
  slot->receiver = receiver;
  by_client_id_.emplace(slot->client_id, slot.get());
  return slot.get();
}

void Hub::remove(Slot& slot) {
  cancel(slot);
  for (const auto& [filter, subscription] : slot.subscriptions) subscriptions_.remove(slot.receiver, filter);
  by_client_id_.erase(slot.client_id);
  const auto receiver = slot.receiver;
  free_slots_.push_back(receiver);
  slots_[receiver].reset();
}

std::string Hub::new_client_id() {
  std::string id;
  do {
    id = fmt::format("sluice-{:016x}", random_());
  } while (find(id));
  return id;
}

void Hub::closed(Connection& connection, MonotonicTime now) {
  auto& slot = slot_of(connection);
  awaiting_storage_.erase(&connection);
  slot.connection = nullptr;
  --connected_;
  slot.ends_at = after(now, slot.expiry);
  slot.will_at = slot.will ? std::min(after(now, slot.will->delay), slot.ends_at) : MonotonicTime::max();
  fall_due(slot, now);
}

// The session may be gone afterwards.
void Hub::fall_due(Slot& slot, MonotonicTime now) {
  cancel(slot);
  if (slot.will_at <= now) publish_will(slot, now);
  slot.ends_at <= now ? remove(slot) : schedule(slot);
}

void Hub::schedule(Slot& slot) {
  slot.due = std::min(slot.ends_at, slot.will_at);
  if (slot.due != MonotonicTime::max()) due_.emplace(slot.due, slot.receiver);
}

void Hub::cancel(Slot& slot) {
  if (slot.due != MonotonicTime::max()) due_.erase({slot.due, slot.receiver});
  slot.due = MonotonicTime::max();
}

// Rights are asked at this time, not when the client connected.
void Hub::publish_will(Slot& slot, MonotonicTime now) {
  slot.will_at = MonotonicTime::max();
  const auto will = std::exchange(slot.will, std::nullopt);
  if (!will) return;
  if (!gate_.may_publish(slot, will->message->topic)) {
    ++figures_.refused;
    return log::warning("broker", "the will of {} may not be published to {}", slot.client_id, will->message->topic);
  }
  auto message = *will->message;
  message.origin = {Origin::Kind::client, slot.client_id, slot.user};
  message.received = now;
  const auto shared = std::make_shared<const Message>(std::move(message));
  if (take(shared).kind != session::Verdict::Kind::taken) {
    ++figures_.refused;
    log::warning("broker", "storage had no room for the will of {}", slot.client_id);
  }
  route(shared, &slot, now);
}

}  // namespace sluice::broker
