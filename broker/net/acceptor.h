// The inside of Listener, for this folder alone. Kept alive by the events that Asio still owes it.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "broker/net/layer.h"
#include "broker/net/listener.h"
#include "broker/net/loop_core.h"
#include "broker/net/tls_context.h"

namespace sluice::net {

class Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  using Endpoint = boost::asio::ip::tcp::endpoint;

  /// `tls` is null where none is spoken.
  Acceptor(LoopCore& core, std::shared_ptr<TlsContext> tls);

  LoopCore::ErrorCode listen(const Endpoint& endpoint);
  std::uint16_t port() const;
  void start(Listener::Accept accept);
  void close();

 private:
  using ErrorCode = LoopCore::ErrorCode;

  void wait();
  void take_waiting();
  void hand_over(int descriptor);
  std::unique_ptr<Layer> make_layer() const;
  void pause(int error);

  LoopCore& core_;
  const std::shared_ptr<TlsContext> tls_;
  boost::asio::ip::tcp::acceptor socket_;
  boost::asio::steady_timer retry_;
  Listener::Accept accept_;
  MonotonicTime next_complaint_{};
};

}  // namespace sluice::net
