#include "broker/session/session.h"

#include "broker/session/host.h"
#include "broker/session/limits.h"
#include "gateway/base/log.h"

namespace sluice::session {

void enqueue(Session& session, const Delivery& delivery, const Limits& limits, Figures& figures) {
  const auto queued = session.outbound.enqueue(delivery, limits.queued_messages, limits.queued_bytes);
  if (queued == Outbound::Queued::yes) return;
  ++figures.dropped;
  if (queued == Outbound::Queued::still_full) return;
  log::warning("broker", "the queue of {} is full with {} messages: what comes is dropped", session.client_id,
               session.outbound.queued());
}

}  // namespace sluice::session
