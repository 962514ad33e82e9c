// The inside of Connection, for this folder alone. It is kept alive by the events that Asio still
// owes it, so that a connection can be destroyed at any time.
//
//   open --close()--> draining --all sent--> lingering --peer closed, or too late--> ended
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string_view>

#include "broker/net/connection.h"
#include "broker/net/loop_core.h"
#include "broker/net/output_queue.h"

namespace sluice::net {

class Stream : public std::enable_shared_from_this<Stream> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  Stream(LoopCore& core, Socket socket, Peer peer);

  const Peer& peer() const { return peer_; }
  void start(ConnectionEvents& events);
  void pause_reading() { paused_ = true; }
  void resume_reading();
  OutputQueue& output();
  std::size_t backlog() const { return output_.size(); }
  void close();

  /// No events from now on; the socket is closed.
  void abandon();

  /// By the loop, once per pass.
  void flush();

  /// By the loop while closing. True when it has ended.
  bool end_when_overdue(MonotonicTime now);

 private:
  using ErrorCode = LoopCore::ErrorCode;
  enum class State : std::uint8_t { open, draining, lingering, ended };

  void mark();
  void wait_readable();
  void on_readable(const ErrorCode& error);
  void take_bytes();
  void wait_writable();
  void send();
  void send_last();
  void all_sent();
  void tell_low_water(std::size_t backlog_before);
  void end(std::string_view why);

  LoopCore& core_;
  Socket socket_;
  const Peer peer_;
  ConnectionEvents* events_ = nullptr;  // null before start and once it has ended
  OutputQueue output_;
  MonotonicTime ends_at_{};  // while closing
  State state_ = State::open;
  bool paused_ = false;
  bool reading_ = false;  // an event is owed
  bool writing_ = false;  // an event is owed
  bool marked_ = false;
};

}  // namespace sluice::net
