// The cloud broker as the forwarder sees it: a few requests, and events that answer them. What is
// behind it may be a client library or a test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "broker/store/store.h"
#include "broker/upstream/window.h"
#include "gateway/base/message.h"
#include "gateway/base/result.h"

namespace sluice::upstream {

/// Numbers the attempts to connect, so that an event of an earlier one is not mistaken.
using ConnectionId = std::uint64_t;

struct Connected {
  ConnectionId connection = 0;
  std::size_t receive_maximum = 65535;  // what the server takes without an acknowledgement
};

/// The connection has ended, or did not come about.
struct Disconnected {
  ConnectionId connection = 0;
  std::string cause;
};

/// The answer to a publish() or heartbeat(); a reason of 0x80 and above refuses.
struct Acknowledged {
  Token token = 0;
  std::uint8_t reason = 0;
};

/// The answer of the store to a fetch().
struct Fetched {
  std::vector<store::StoredMessage> messages;
};

/// There is something new: rows in the store, messages of the cloud, or the wish to end.
struct Woken {};

using Event = std::variant<Connected, Disconnected, Acknowledged, Fetched, Woken>;

/// Belongs to the upstream's thread. Calls may take as long as their stated time-outs; answers
/// come as events.
class Remote {
 public:
  virtual ~Remote() = default;

  /// Begins a connection in place of any earlier one; Connected or Disconnected follows.
  virtual void connect(ConnectionId connection) = 0;

  /// Asks for what the receive rules name; once after each Connected.
  virtual Result<void> subscribe() = 0;

  /// Acknowledged follows, or Disconnected. After an error the connection is of no use any more.
  virtual Result<void> publish(Token token, const Message& message) = 0;

  /// A round trip without a message, to find out whether somebody is there.
  virtual Result<void> heartbeat(Token token) = 0;

  /// Drops the connection without a word.
  virtual void abandon() = 0;

  /// Says DISCONNECT, waits a moment for it to leave, and closes. No event follows.
  virtual void disconnect() = 0;
};

}  // namespace sluice::upstream
