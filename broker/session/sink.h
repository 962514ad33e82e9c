// Where a connection writes what its client is to receive.
#pragma once

#include <cstddef>

#include "gateway/base/bytes.h"
#include "gateway/base/message.h"

namespace sluice::session {

/// The output of one network connection. Nothing here blocks and nothing calls back into the
/// session: bytes are sent, and the connection closed, once the current event has been handled.
class Sink {
 public:
  virtual ~Sink() = default;

  /// Packets are appended here. The reference is good until the next call.
  virtual Bytes& output() = 0;

  /// The payload of `message` follows what has been appended so far, without being copied.
  virtual void append_payload(const MessagePtr& message) = 0;

  /// Bytes that have been appended and not yet been taken by the network. When this was above
  /// Limits::output_bytes and has come down, Connection::writable is called.
  virtual std::size_t backlog() const = 0;

  /// Nothing more is to be read until the latter is called; a little may still come.
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;

  /// Closes the network connection after what has been appended. Can be called twice.
  virtual void close() = 0;
};

}  // namespace sluice::session
