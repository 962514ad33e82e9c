// PUBACKs and PUBRECs that wait until what they promise has been stored. They leave in the order
// in which their PUBLISHes came [MQTT-4.6.0-2, MQTT-4.6.0-3]. Belongs to one connection: what was
// not acknowledged when it ends is sent again by the client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "broker/codec/packet.h"
#include "broker/session/inbound.h"
#include "gateway/base/message.h"

namespace sluice::session {

struct OwedAcknowledgement {
  codec::PacketType type = codec::PacketType::puback;
  std::uint16_t packet_id = 0;
  codec::Reason reason = codec::Reason::success;
  Ticket ticket = 0;
  MessagePtr held;            // not accepted by the storage yet, to be offered again
  MonotonicTime since;        // of held
  std::uint64_t streams = 0;  // that have it nevertheless
};

class OwedAcknowledgements {
 public:
  void push(OwedAcknowledgement owed) { owed_.push_back(std::move(owed)); }

  bool empty() const { return owed_.empty(); }
  std::size_t size() const { return owed_.size(); }

  bool contains(codec::PacketType type, std::uint16_t packet_id) const {
    for (const auto& owed : owed_) {
      if (owed.type == type && owed.packet_id == packet_id) return true;
    }
    return false;
  }

  /// Once one is held all later ones are, because messages stay in order.
  bool any_held() const { return !owed_.empty() && owed_.back().held != nullptr; }

  std::size_t held() const {
    std::size_t count = 0;
    while (count < owed_.size() && owed_[owed_.size() - 1 - count].held) ++count;
    return count;
  }

  /// Since when the oldest of them is held; there must be one.
  MonotonicTime held_since() const { return owed_[owed_.size() - held()].since; }

  /// Calls `offer` for the held ones, oldest first, for as long as it answers true.
  template <class Offer>
  void offer_held(Offer offer) {
    for (auto& owed : owed_) {
      if (owed.held && !offer(owed)) return;
    }
  }

  /// Calls `settle` for the oldest, then the next, for as long as they are stored, and removes
  /// them.
  template <class Settle>
  void settle_up_to(Ticket stored, Settle settle) {
    std::size_t count = 0;
    while (count < owed_.size() && !owed_[count].held && owed_[count].ticket <= stored) settle(owed_[count++]);
    owed_.erase(owed_.begin(), owed_.begin() + static_cast<std::ptrdiff_t>(count));
  }

 private:
  std::vector<OwedAcknowledgement> owed_;
};

}  // namespace sluice::session
