// What a session owes its client: messages that wait, and those that were sent and not yet
// acknowledged. It outlives network connections; there is no pointer to one in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <vector>

#include "gateway/base/message.h"

namespace sluice::session {

/// One message as one client gets it.
struct Delivery {
  MessagePtr message;
  QoS qos = QoS::at_most_once;  // already the lower one of publisher and subscription
  bool retain = false;
  std::vector<std::uint32_t> subscription_ids;
};

class Outbound {
 public:
  /// A PUBLISH without its PUBACK or PUBREC. The packet identifier stays the same for all
  /// repetitions [MQTT-4.4.0-1].
  struct Sent {
    std::uint16_t packet_id = 0;
    Delivery delivery;
  };

  enum class Stage : std::uint8_t { unknown, awaits_puback, awaits_pubrec, awaits_pubcomp };

  enum class Queued : std::uint8_t { yes, full, still_full };

  /// Appends to the queue of what was not sent yet; QoS 1 and 2 only. Full when that would be more
  /// than `max_messages` or `max_bytes`; still full until half of it has left the queue: a client that is
  /// too slow makes room for one message again and again.
  [[nodiscard]] Queued enqueue(Delivery delivery, std::size_t max_messages, std::size_t max_bytes);

  /// The oldest message of the queue leaves it; nothing when it is empty.
  std::optional<Delivery> take();

  std::size_t queued() const { return queued_.size(); }
  std::size_t queued_bytes() const { return queued_bytes_; }

  /// The delivery becomes the youngest unacknowledged one; its new packet identifier is in use
  /// nowhere else [MQTT-2.2.1-4].
  const Sent& start(Delivery delivery);

  Stage stage(std::uint16_t packet_id) const;

  /// PUBACK, or PUBREC with an error, came: the exchange has ended. Answers its former position in
  /// unacknowledged().
  std::size_t finish(std::uint16_t packet_id);

  /// PUBREC came: the message is the client's, a PUBREL is owed from now on. Answers as finish.
  std::size_t release(std::uint16_t packet_id);

  /// PUBCOMP came.
  void complete(std::uint16_t packet_id);

  /// In the order in which they were sent [MQTT-4.6.0-1].
  const std::deque<Sent>& unacknowledged() const { return unacknowledged_; }

  /// Owed PUBRELs, in the order of their PUBRECs [MQTT-4.6.0-4].
  const std::vector<std::uint16_t>& released() const { return released_; }

 private:
  std::size_t position(std::uint16_t packet_id) const;
  bool is_released(std::uint16_t packet_id) const;
  std::uint16_t unused_id();

  std::list<Delivery> queued_;  // unlike a deque it costs nothing while it is empty, as it mostly is
  std::deque<Sent> unacknowledged_;
  std::vector<std::uint16_t> released_;
  std::size_t queued_bytes_ = 0;
  std::optional<std::size_t> full_until_;  // so few are queued
  std::uint16_t last_id_ = 0;
};

}  // namespace sluice::session
