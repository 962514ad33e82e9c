// Where messages go that are to be kept safe for upstreams, as the hub sees it.
#pragma once

#include "broker/session/host.h"
#include "broker/store/store.h"
#include "gateway/base/message.h"

namespace sluice::broker {

class Outbox {
 public:
  virtual ~Outbox() = default;

  /// Takes the message into every stream that wants it. Verdict::later when one of them has no
  /// room. `streams` counts those that wanted it.
  struct Taken {
    session::Verdict::Kind kind = session::Verdict::Kind::taken;
    session::Ticket ticket = 0;
    std::size_t streams = 0;
  };
  virtual Taken take(const MessagePtr& message, store::Urgency urgency) = 0;

  /// All tickets up to this one are stored.
  virtual session::Ticket stored() const = 0;
};

}  // namespace sluice::broker
