// One connection, by TCP and what may lie above it: bytes that arrive are handed over as they come, bytes to send are
// collected and written once per pass of the loop. Loop thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "broker/session/sink.h"
#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/message.h"

namespace sluice::net {

class Stream;

/// Told from the loop, never from within a call to the connection. The connection may be destroyed
/// in any of them.
class ConnectionEvents {
 public:
  virtual ~ConnectionEvents() = default;

  /// The view ends with the call.
  virtual void on_bytes(ByteView bytes, MonotonicTime now) = 0;

  /// The peer does not speak what this port speaks, `why` is for the log. It is closed, and
  /// on_closed follows.
  virtual void on_refused(std::string_view why, MonotonicTime now) = 0;

  /// The backlog was above kLowWater and has come down to it.
  virtual void on_writable(MonotonicTime now) = 0;

  /// The last event: the peer has gone, the network failed, or what close() began is done. `why` is
  /// for the log.
  virtual void on_closed(std::string_view why, MonotonicTime now) = 0;
};

struct Peer {
  std::string address;  // as text; IPv4 as such even on an IPv6 socket
  std::uint16_t port = 0;
};

/// Destroying it closes the socket at once, without an event.
class Connection final : public session::Sink {
 public:
  static constexpr std::size_t kLowWater = 64 * 1024;

  explicit Connection(std::shared_ptr<Stream> stream);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const Peer& peer() const;

  /// From here on there are events; `events` outlives the connection.
  void start(ConnectionEvents& events);

  /// Nothing is read until the latter is called: the peer is held back by TCP. That a peer has
  /// gone is then found out by writing only.
  void pause_reading() override;
  void resume_reading() override;

  Bytes& output() override;
  void append_payload(const MessagePtr& message) override;
  std::size_t backlog() const override;

  /// Nothing is read any more. What has been appended is sent, the peer is told that no more comes,
  /// and gets two seconds to take it and to close; it has five for all of it.
  void close() override;

 private:
  const std::shared_ptr<Stream> stream_;
};

}  // namespace sluice::net
