// DISCONNECT, AUTH and PINGREQ from the client (sections 3.12 to 3.15).
#include "broker/session/connection.h"

namespace sluice::session {

using codec::Reason;

void Connection::on(const codec::Disconnect& disconnect, MonotonicTime now) {
  if (const auto expiry = disconnect.session_expiry) {
    if (session_->expiry == 0 && *expiry != 0) {
      return close(Reason::protocol_error, "DISCONNECT sets an expiry for a session that had none", now);
    }
    session_->expiry = *expiry;
  }
  // Only a normal end takes the will back [MQTT-3.14.4-3].
  if (disconnect.reason == Reason::success) session_->will.reset();
  end(now);
}

void Connection::on(const codec::Auth&, MonotonicTime now) {
  close(Reason::protocol_error, "AUTH without an authentication method", now);
}

void Connection::on(const codec::Pingreq&, MonotonicTime) { send(codec::Pingresp{}); }

}  // namespace sluice::session
