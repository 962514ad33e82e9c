// The inside of Connection, for this folder alone. It is kept alive by the events that Asio still
// owes it, so that a connection can be destroyed at any time.
//
//   open --close()--> draining --all sent--> lingering --peer closed, or too late--> ended
//
// Plain TCP has no layer: what is sent goes to the socket as it is. Otherwise what came passes the
// layer on its way up, and what is sent on its way down, shortly before the socket takes it.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string_view>

#include "broker/net/connection.h"
#include "broker/net/layer.h"
#include "broker/net/loop_core.h"
#include "broker/net/output_queue.h"

namespace sluice::net {

class Stream : public std::enable_shared_from_this<Stream> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  /// `layer` is null for plain TCP.
  Stream(LoopCore& core, Socket socket, Peer peer, std::unique_ptr<Layer> layer);

  const Peer& peer() const { return peer_; }
  void start(ConnectionEvents& events);
  void pause_reading() { paused_ = true; }
  void resume_reading();
  OutputQueue& output();
  std::size_t backlog() const { return output_.size() + (layer_ ? layer_->wire().size() : 0); }
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
  bool reads_on() const;
  void take_bytes();
  void take_through_layer(std::span<std::uint8_t> bytes);
  void refuse(std::string_view why);
  bool can_pass_down() const { return layer_ && layer_->is_open() && !output_.empty(); }
  void pass_down();
  OutputQueue& wire() { return layer_ ? layer_->wire() : output_; }
  void wait_writable();
  void send();
  void send_last();
  void all_sent();
  void tell_low_water(std::size_t backlog_before);
  void end(std::string_view why);

  LoopCore& core_;
  Socket socket_;
  const Peer peer_;
  const std::unique_ptr<Layer> layer_;
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
