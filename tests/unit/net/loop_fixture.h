// A loop on its own thread, a listener, and clients that are plain blocking sockets.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "broker/net/connection.h"
#include "broker/net/listener.h"
#include "broker/net/loop.h"
#include "gateway/base/channel.h"
#include "gateway/base/worker.h"

namespace sluice::net::test {

/// The peer's end. Every call gives up after 30 s.
class Client {
 public:
  /// Connects to the loopback address of that family.
  explicit Client(std::uint16_t port, int family = AF_INET);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(std::string_view text);
  /// So many bytes, fewer when the peer ends the connection before.
  std::string receive(std::size_t size);
  /// Everything up to the end of the connection; fails the test on a reset.
  std::string receive_all();
  void shut_down_sending();
  void reset();
  void close();
  int descriptor() const { return socket_; }

 private:
  int socket_ = -1;
};

/// What the loop said, as seen by the test's thread.
struct Event {
  enum class Kind { bytes, refused, writable, closed };
  Kind kind = Kind::bytes;
  std::string text;
};

/// The server's end of one connection; used on the loop's thread but for `events`.
struct Served : ConnectionEvents {
  explicit Served(std::unique_ptr<Connection> made);
  void on_bytes(ByteView bytes, MonotonicTime now) override;
  void on_refused(std::string_view why, MonotonicTime now) override;
  void on_writable(MonotonicTime now) override;
  void on_closed(std::string_view why, MonotonicTime now) override;

  /// Waits for the next event.
  Event next();
  /// Waits until so many bytes have come.
  std::string receive(std::size_t size);

  const std::string address;  // of the peer
  std::unique_ptr<Connection> connection;
  std::function<void(std::string_view)> answer;  // to bytes
  Channel<Event> events{100'000};
  std::vector<Event> read_ahead;
};

class LoopTest : public ::testing::Test {
 protected:
  void TearDown() override;

  void listen(const std::string& host = "127.0.0.1", const Transport& transport = {});
  void start_accepting();

  /// Runs on the loop's thread and waits for it.
  void on_loop(const std::function<void()>& function);

  /// The next connection that is accepted.
  Served& accepted();

  Loop loop_;
  Worker thread_{"loop", [this] { loop_.run(); }};
  std::unique_ptr<Listener> listener_;
  Channel<Served*> accepted_{1000};
  std::vector<Served*> accepted_ahead_;
  std::vector<std::unique_ptr<Served>> served_;  // loop's thread
};

MonotonicTime deadline();

}  // namespace sluice::net::test
