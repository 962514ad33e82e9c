// The QoS 2 messages of a client that were accepted and not yet released: their packet
// identifiers keep a repetition from being delivered a second time [MQTT-4.3.3-10]. It outlives
// network connections.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

namespace sluice::session {

/// Counts what is being stored; what has ticket n is safe once the host says "stored up to n".
/// 0 is what needs no storing.
using Ticket = std::uint64_t;

class Inbound {
 public:
  void open(std::uint16_t packet_id, Ticket ticket) { ids_.insert_or_assign(packet_id, ticket); }

  /// When the message of that identifier is safe, if there is one.
  std::optional<Ticket> find(std::uint16_t packet_id) const {
    const auto at = ids_.find(packet_id);
    return at == ids_.end() ? std::nullopt : std::optional(at->second);
  }

  /// PUBREL came. False when the identifier is unknown.
  bool close(std::uint16_t packet_id) { return ids_.erase(packet_id) > 0; }

  std::size_t size() const { return ids_.size(); }

 private:
  std::map<std::uint16_t, Ticket> ids_;
};

}  // namespace sluice::session
