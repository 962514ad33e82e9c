// The inside of Loop, for this folder alone: Asio, and what the connections of a thread share.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/channel.h"
#include "gateway/base/clock.h"

namespace sluice::net {

class Stream;

class LoopCore {
 public:
  using ErrorCode = boost::system::error_code;

  LoopCore();

  boost::asio::io_context& io() { return io_; }

  void run();
  void stop();
  void post(std::function<void()> function);
  void every(Duration period, std::function<void(MonotonicTime)> tick);

  /// `stream` has something to send: it is flushed at the end of the pass.
  void mark(std::shared_ptr<Stream> stream) { marked_.push_back(std::move(stream)); }

  /// `stream` has been told to close and must not take for ever.
  void watch(const std::shared_ptr<Stream>& stream);

  /// One for all connections of the thread.
  std::span<std::uint8_t> read_buffer() { return read_buffer_; }

  /// Memory for output, used again and again.
  Bytes take_memory();
  void give_memory(Bytes memory);

 private:
  struct Ticker {
    boost::asio::steady_timer timer;
    Duration period;
    std::function<void(MonotonicTime)> tick;
  };

  void run_pass();
  void run_posted();
  void flush();
  void check_closing(MonotonicTime now);
  static void schedule(const std::shared_ptr<Ticker>& ticker);

  boost::asio::io_context io_;
  Channel<std::function<void()>> posted_;
  std::vector<std::shared_ptr<Stream>> marked_;
  std::vector<std::weak_ptr<Stream>> closing_;
  std::vector<Bytes> memory_;
  std::array<std::uint8_t, 64 * 1024> read_buffer_;
};

}  // namespace sluice::net
