// Where messages go that are to be kept safe for upstreams, as the hub sees it.
#pragma once

#include "broker/session/host.h"
#include "broker/store/store.h"
#include "gateway/base/message.h"

namespace sluice::broker {

class Outbox {
 public:
  virtual ~Outbox() = default;

  struct Taken {
    session::Verdict::Kind kind = session::Verdict::Kind::taken;
    session::Ticket ticket = 0;
    session::StreamSet streams = 0;  // those that have it
  };

  /// Takes the message into every stream that wants it and is not among `having`, which have it
  /// from an earlier try. Verdict::later when one of them has no room.
  virtual Taken take(const MessagePtr& message, store::Urgency urgency, session::StreamSet having) = 0;

  /// All tickets up to this one are stored.
  virtual session::Ticket stored() const = 0;
};

}  // namespace sluice::broker
