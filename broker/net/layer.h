// What stands between a socket and the packets: encryption, framing. Bytes in, bytes out; no socket,
// no clock. Loop thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "broker/net/output_queue.h"
#include "gateway/base/bytes.h"
#include "gateway/base/result.h"

namespace sluice::net {

class Layer {
 public:
  /// Takes what is meant for above, and may change it in place.
  using Up = std::function<void(std::span<std::uint8_t>)>;
  enum class Peer : std::uint8_t { there, leaving };

  Layer() = default;
  virtual ~Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  /// Takes all of `bytes`, and may change them in place. An error is what the peer did wrong: it is
  /// sent what wire() holds and nothing else.
  virtual Result<Peer> receive(std::span<std::uint8_t> bytes, const Up& up) = 0;

  /// Whether send may be called: the peer has greeted and was answered.
  virtual bool is_open() const = 0;

  /// Puts `bytes` from above into wire().
  virtual void send(ByteView bytes) = 0;

  /// Says goodbye; nothing is sent after it. Can be called twice, and before is_open.
  virtual void finish() = 0;

  /// What the socket is to be given.
  virtual OutputQueue& wire() = 0;
};

}  // namespace sluice::net
