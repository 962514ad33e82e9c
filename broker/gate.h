// Who may come in and what they may do, as the hub asks it.
#pragma once

#include <string_view>

#include "broker/session/connection.h"

namespace sluice::broker {

class Gate {
 public:
  virtual ~Gate() = default;

  /// Answers by Connection::authenticated, now or later, on the broker thread.
  virtual void authenticate(session::Connection& connection, const session::Credentials& credentials,
                            MonotonicTime now) = 0;

  virtual bool may_publish(const session::Session& who, std::string_view topic) const = 0;
  virtual bool may_subscribe(const session::Session& who, std::string_view filter) const = 0;
};

}  // namespace sluice::broker
