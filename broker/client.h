// One network connection with the conversation on it.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "broker/net/connection.h"
#include "broker/session/connection.h"

namespace sluice::broker {

class Clients;

class Client : public net::ConnectionEvents {
 public:
  Client(Clients& clients, std::unique_ptr<net::Connection> socket, session::Host& host, const session::Limits& limits,
         std::uint64_t number, MonotonicTime now);

  void on_bytes(ByteView bytes, MonotonicTime now) override;
  void on_refused(std::string_view why, MonotonicTime now) override;
  void on_writable(MonotonicTime now) override;
  /// The client does not exist any more when this returns.
  void on_closed(std::string_view why, MonotonicTime now) override;

  session::Connection& talk() { return talk_; }

 private:
  friend class Clients;

  Clients& clients_;
  std::unique_ptr<net::Connection> socket_;
  session::Connection talk_;
  MonotonicTime due_ = MonotonicTime::max();  // its place among the deadlines of all
};

}  // namespace sluice::broker
