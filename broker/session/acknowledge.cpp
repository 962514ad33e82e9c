// PUBACK, PUBREC, PUBREL and PUBCOMP from the client (sections 3.4 to 3.7, 4.3).
#include "broker/session/connection.h"

namespace sluice::session {

using codec::PacketType;
using codec::Reason;
using Stage = Outbound::Stage;

void Connection::on(const codec::Acknowledgement& acknowledgement, MonotonicTime now) {
  const auto packet_id = acknowledgement.packet_id;
  switch (acknowledgement.type) {
    case PacketType::puback: return on_puback(packet_id, now);
    case PacketType::pubrec: return on_pubrec(packet_id, acknowledgement.reason, now);
    case PacketType::pubrel: return on_pubrel(packet_id, now);
    default: return on_pubcomp(packet_id, now);
  }
}

// A PUBACK with an error ends the exchange as well: nothing is sent again [MQTT-4.4.0-2].
void Connection::on_puback(std::uint16_t packet_id, MonotonicTime now) {
  switch (session_->outbound.stage(packet_id)) {
    case Stage::unknown: return;
    case Stage::awaits_puback: break;
    default: return close(Reason::protocol_error, "PUBACK for a message of QoS 2", now);
  }
  left_unacknowledged(session_->outbound.finish(packet_id));
  pump(now);
}

void Connection::on_pubrec(std::uint16_t packet_id, Reason reason, MonotonicTime now) {
  switch (session_->outbound.stage(packet_id)) {
    case Stage::unknown: return send(PacketType::pubrel, packet_id, Reason::packet_identifier_not_found);
    case Stage::awaits_puback: return close(Reason::protocol_error, "PUBREC for a message of QoS 1", now);
    case Stage::awaits_pubcomp: return send(PacketType::pubrel, packet_id, Reason::success);
    case Stage::awaits_pubrec: break;
  }
  if (codec::is_failure(reason)) {
    left_unacknowledged(session_->outbound.finish(packet_id));
    return pump(now);
  }
  left_unacknowledged(session_->outbound.release(packet_id));
  send(PacketType::pubrel, packet_id, Reason::success);
}

// Answered at once and always [MQTT-4.3.3-11].
void Connection::on_pubrel(std::uint16_t packet_id, MonotonicTime now) {
  if (owed_.contains(PacketType::pubrec, packet_id)) {
    return close(Reason::protocol_error, "PUBREL before PUBREC", now);
  }
  const bool known = session_->inbound.close(packet_id);
  send(PacketType::pubcomp, packet_id, known ? Reason::success : Reason::packet_identifier_not_found);
  close_publish();
}

void Connection::on_pubcomp(std::uint16_t packet_id, MonotonicTime now) {
  if (session_->outbound.stage(packet_id) != Stage::awaits_pubcomp) return;
  session_->outbound.complete(packet_id);
  pump(now);
}

void Connection::left_unacknowledged(std::size_t position) {
  if (position < sent_again_) --sent_again_;
}

// Acknowledgements of what an earlier connection began do not raise the client's quota above its
// start (section 4.9).
void Connection::close_publish() {
  if (open_publishes_ > 0) --open_publishes_;
}

}  // namespace sluice::session
