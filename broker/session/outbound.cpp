#include "broker/session/outbound.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace sluice::session {

Outbound::Queued Outbound::enqueue(Delivery delivery, std::size_t max_messages, std::size_t max_bytes) {
  assert(delivery.qos != QoS::at_most_once);
  const auto size = size_of(*delivery.message);
  if (queued_.size() >= max_messages || queued_bytes_ + size > max_bytes) {
    if (full_until_) return Queued::still_full;
    full_until_ = queued_.size() / 2;
    return Queued::full;
  }
  queued_bytes_ += size;
  queued_.push_back(std::move(delivery));
  return Queued::yes;
}

std::optional<Delivery> Outbound::take() {
  if (queued_.empty()) return std::nullopt;
  std::optional<Delivery> oldest(std::move(queued_.front()));
  queued_.pop_front();
  queued_bytes_ -= size_of(*oldest->message);
  if (full_until_ && queued_.size() <= *full_until_) full_until_.reset();
  return oldest;
}

const Outbound::Sent& Outbound::start(Delivery delivery) {
  return unacknowledged_.emplace_back(Sent{unused_id(), std::move(delivery)});
}

Outbound::Stage Outbound::stage(std::uint16_t packet_id) const {
  const auto at = position(packet_id);
  if (at < unacknowledged_.size()) {
    const bool once = unacknowledged_[at].delivery.qos == QoS::exactly_once;
    return once ? Stage::awaits_pubrec : Stage::awaits_puback;
  }
  return is_released(packet_id) ? Stage::awaits_pubcomp : Stage::unknown;
}

std::size_t Outbound::finish(std::uint16_t packet_id) {
  const auto at = position(packet_id);
  assert(at < unacknowledged_.size());
  unacknowledged_.erase(unacknowledged_.begin() + static_cast<std::ptrdiff_t>(at));
  return at;
}

std::size_t Outbound::release(std::uint16_t packet_id) {
  released_.push_back(packet_id);
  return finish(packet_id);
}

void Outbound::complete(std::uint16_t packet_id) {
  const auto at = std::find(released_.begin(), released_.end(), packet_id);
  if (at != released_.end()) released_.erase(at);
}

// Clients acknowledge nearly always in order, so the search ends at its first step.
std::size_t Outbound::position(std::uint16_t packet_id) const {
  const auto at = std::find_if(unacknowledged_.begin(), unacknowledged_.end(),
                               [&](const Sent& sent) { return sent.packet_id == packet_id; });
  return static_cast<std::size_t>(at - unacknowledged_.begin());
}

bool Outbound::is_released(std::uint16_t packet_id) const {
  return std::find(released_.begin(), released_.end(), packet_id) != released_.end();
}

std::uint16_t Outbound::unused_id() {
  do {
    if (++last_id_ == 0) last_id_ = 1;
  } while (stage(last_id_) != Stage::unknown);
  return last_id_;
}

}  // namespace sluice::session
