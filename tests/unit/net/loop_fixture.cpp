#include "tests/unit/net/loop_fixture.h"

#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace sluice::net::test {

namespace {

constexpr std::chrono::seconds kPatience{30};

}  // namespace

MonotonicTime deadline() { return monotonic_now() + kPatience; }

Client::Client(std::uint16_t port, int family) : socket_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{kPatience.count(), 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  // Small and fixed, so that a server soon feels that nobody reads.
  const int buffer = 64 * 1024;
  setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  int connected = -1;
  if (family == AF_INET) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } else {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    address.sin6_addr = in6addr_loopback;
    connected = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  EXPECT_EQ(connected, 0) << std::strerror(errno);
}

Client::~Client() { close(); }

void Client::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

void Client::send(std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    ASSERT_GT(sent, 0) << std::strerror(errno);
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string Client::receive(std::size_t size) {
  std::string text(size, '\0');
  const auto got = ::recv(socket_, text.data(), size, MSG_WAITALL);
  EXPECT_GE(got, 0) << std::strerror(errno);
  text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return text;
}

std::string Client::receive_all() {
  std::string text;
  std::array<char, 65536> buffer;
  for (;;) {
    const auto got = ::recv(socket_, buffer.data(), buffer.size(), 0);
    EXPECT_GE(got, 0) << std::strerror(errno);
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

void Client::shut_down_sending() { ::shutdown(socket_, SHUT_WR); }

void Client::reset() {
  const linger at_once{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

Served::Served(std::unique_ptr<Connection> made) : address(made->peer().address), connection(std::move(made)) {}

void Served::on_bytes(ByteView bytes, MonotonicTime) {
  EXPECT_TRUE(events.push({Event::Kind::bytes, std::string(as_text(bytes))}));
  if (answer) answer(as_text(bytes));
}

void Served::on_refused(std::string_view why, MonotonicTime) {
  EXPECT_TRUE(events.push({Event::Kind::refused, std::string(why)}));
}

void Served::on_writable(MonotonicTime) { EXPECT_TRUE(events.push({Event::Kind::writable, {}})); }

void Served::on_closed(std::string_view why, MonotonicTime) {
  connection.reset();
  EXPECT_TRUE(events.push({Event::Kind::closed, std::string(why)}));
}

Event Served::next() {
  if (read_ahead.empty()) read_ahead = events.wait_drain(deadline());
  if (read_ahead.empty()) {
    ADD_FAILURE() << "no event came";
    return {Event::Kind::closed, "no event came"};
  }
  auto event = std::move(read_ahead.front());
  read_ahead.erase(read_ahead.begin());
  return event;
}

std::string Served::receive(std::size_t size) {
  std::string text;
  while (text.size() < size) {
    const auto event = next();
    if (event.kind == Event::Kind::closed) {
      ADD_FAILURE() << "closed: " << event.text;
      return text;
    }
    text += event.text;
  }
  return text;
}

void LoopTest::TearDown() {
  on_loop([this] {
    served_.clear();
    listener_.reset();
  });
  loop_.stop();
  EXPECT_TRUE(thread_.join_until(deadline()));
}

void LoopTest::listen(const std::string& host, const Transport& transport) {
  on_loop([&] {
    auto opened = Listener::open(loop_, host, 0, transport);
    ASSERT_TRUE(opened) << opened.error().text;
    listener_ = std::move(*opened);
  });
}

void LoopTest::start_accepting() {
  on_loop([this] {
    listener_->start([this](std::unique_ptr<Connection> connection) {
      auto& served = *served_.emplace_back(std::make_unique<Served>(std::move(connection)));
      served.connection->start(served);
      EXPECT_TRUE(accepted_.push(&served));
    });
  });
}

void LoopTest::on_loop(const std::function<void()>& function) {
  std::promise<void> done;
  loop_.post([&] {
    function();
    done.set_value();
  });
  ASSERT_EQ(done.get_future().wait_until(deadline()), std::future_status::ready);
}

Served& LoopTest::accepted() {
  if (accepted_ahead_.empty()) accepted_ahead_ = accepted_.wait_drain(deadline());
  if (accepted_ahead_.empty()) {
    ADD_FAILURE() << "no connection was accepted";
    std::abort();
  }
  auto* first = accepted_ahead_.front();
  accepted_ahead_.erase(accepted_ahead_.begin());
  return *first;
}

}  // namespace sluice::net::test
