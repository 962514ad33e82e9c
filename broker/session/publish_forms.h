// The PUBLISH packets of one message in the few forms in which its receivers want it. Each form is
// encoded once, however many receivers there are; only the packet identifier differs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "broker/codec/packet.h"
#include "broker/session/outbound.h"
#include "gateway/base/bytes.h"
#include "gateway/base/message.h"

namespace sluice::session {

class PublishForms {
 public:
  /// `now` decides which message expiry is sent: what remains of it [MQTT-3.3.2-6]. The message
  /// must outlive this.
  PublishForms(const Message& message, MonotonicTime now);

  /// Bytes of the whole packet, payload included.
  std::size_t size(const Delivery& delivery, codec::Version version);

  /// Appends everything but the payload. `packet_id` counts with QoS 1 and 2 only.
  void append_head(const Delivery& delivery, codec::Version version, std::uint16_t packet_id, Bytes& out);

 private:
  const Bytes& form(const Delivery& delivery, codec::Version version);
  codec::Publish& describe(const Delivery& delivery);

  codec::Publish publish_;
  std::array<Bytes, 12> forms_;  // by version, QoS and retain flag
};

/// Sets the DUP flag of the PUBLISH whose encoding begins at `head` [MQTT-3.3.1-1].
inline void mark_as_duplicate(std::uint8_t& head) { head |= 0x08; }

}  // namespace sluice::session
