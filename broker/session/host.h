// What a connection asks of the broker around it. Every call comes from the thread that owns both.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/codec/packet.h"
#include "broker/session/session.h"
#include "gateway/base/message.h"
#include "gateway/base/secret.h"

namespace sluice::session {

class Connection;

struct Credentials {
  std::string client_id;  // may be empty
  std::optional<std::string> user;
  std::optional<Secret> password;
};

/// What CONNECT said about the session.
struct Opening {
  std::string client_id;  // empty: the host makes one up
  std::string user;
  bool clean_start = true;
  std::uint32_t expiry = 0;  // seconds
  std::optional<Will> will;
};

struct Opened {
  Session* session = nullptr;  // null: refused with `reason`
  bool present = false;        // the client had it before [MQTT-3.2.2-2]
  codec::Reason reason = codec::Reason::success;
};

/// Streams of the outbox, one bit each.
using StreamSet = std::uint64_t;

/// What became of a message.
struct Verdict {
  enum class Kind : std::uint8_t {
    taken,    // acknowledge once `ticket` is stored
    refused,  // for good
    later,    // storage has no room now: where the client can be told, it is refused with
              // quota_exceeded, else it is offered again
  };

  Kind kind = Kind::taken;
  codec::Reason reason = codec::Reason::success;
  Ticket ticket = 0;
  StreamSet streams = 0;  // of later: those that have the message nevertheless
};

/// What happened, summed up over all connections.
struct Figures {
  std::uint64_t received = 0;  // PUBLISH packets
  std::uint64_t sent = 0;      // PUBLISH packets
  std::uint64_t dropped = 0;   // deliveries that limits of their client did not allow
  std::uint64_t expired = 0;   // deliveries that waited too long
  std::uint64_t refused = 0;   // messages that may not be published, or not now
};

class Host {
 public:
  virtual ~Host() = default;

  /// Answers by Connection::authenticated, during this call or later.
  virtual void authenticate(Connection& connection, const Credentials& credentials, MonotonicTime now) = 0;

  /// Finds or makes the session. Whoever else is connected with its identifier has been closed
  /// with session_taken_over when this returns [MQTT-3.1.4-3].
  virtual Opened open_session(Connection& connection, Opening opening, MonotonicTime now) = 0;

  /// Hands a client's message on, or refuses it. `having` is Verdict::streams of an earlier try.
  virtual Verdict publish(Connection& connection, const MessagePtr& message, StreamSet having, MonotonicTime now) = 0;

  /// All tickets up to this one are stored.
  virtual Ticket stored() const = 0;

  /// Connection::settle is to be called when stored() rises, for as long as the connection owes
  /// acknowledgements.
  virtual void settle_when_stored(Connection& connection) = 0;

  /// In force when it returns [MQTT-3.8.4-1]. A failure reason when it is not allowed.
  virtual codec::Reason subscribe(Connection& connection, const std::string& filter,
                                  const Subscription& subscription) = 0;
  virtual void unsubscribe(Connection& connection, std::string_view filter) = 0;

  /// Delivers the retained messages of a new subscription to the connection.
  virtual void send_retained(Connection& connection, std::string_view filter, const Subscription& subscription,
                             MonotonicTime now) = 0;

  /// The connection has let go of its session; called once for each session that was opened.
  /// Session::will is what is to be published then.
  virtual void closed(Connection& connection, MonotonicTime now) = 0;

  virtual Figures& figures() = 0;
};

}  // namespace sluice::session
