#include "drivers/modbus/tcp_line.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

namespace sluice::modbus {

namespace {

using driver::Done;
using driver::Error;
using driver::Microseconds;

constexpr Microseconds kMargin{20'000};
/// Unacknowledged bytes break a half-open connection after this time.
constexpr unsigned kUserTimeoutMs = 10'000;

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { ::freeaddrinfo(addresses); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

std::string text_of(const HostAddress& host) { return host.host + ":" + host.service; }

driver::Result<Addresses> resolve(const HostAddress& host) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const auto code = ::getaddrinfo(host.host.c_str(), host.service.c_str(), &wanted, &found);
  if (code != 0) return Error{"host " + host.host + " is unknown: " + ::gai_strerror(code)};
  return Addresses(found);
}

int connect_error(int fd) {
  int code = 0;
  socklen_t size = sizeof code;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0) return errno;
  return code;
}

/// A connected socket, or the errno of the failure in `code`.
Descriptor connect_to(const addrinfo& address, Deadline deadline, int& code) {
  Descriptor made(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  code = errno;
  if (!made.is_open()) return {};
  code = 0;
  if (::connect(made.get(), address.ai_addr, address.ai_addrlen) != 0) {
    code = errno;
    if (code != EINPROGRESS) return {};
    code = wait_for(made.get(), POLLOUT, deadline) == Ready::timeout ? ETIMEDOUT : connect_error(made.get());
  }
  return code == 0 ? std::move(made) : Descriptor();
}

void set_options(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeoutMs, sizeof kUserTimeoutMs);
}

}  // namespace

TcpLine::TcpLine(const BusSettings& settings) : host_(settings.host), timeout_(settings.timeout) {}

Done TcpLine::open() {
  const auto addresses = resolve(host_);
  if (!addresses.ok()) return addresses.error();
  const auto deadline = Clock::now() + timeout_;
  int code = 0;
  for (const auto* address = addresses->get(); address; address = address->ai_next) {
    socket_ = connect_to(*address, deadline, code);
    if (!socket_.is_open()) continue;
    set_options(socket_.get());
    received_.clear();
    opened_ = last_activity_ = Clock::now();
    return driver::done();
  }
  return Error{"no connection to " + text_of(host_) + ": " + std::strerror(code)};
}

void TcpLine::close() { socket_.reset(); }

Microseconds TcpLine::usual_time(const Question& question) const { return question.quiet + Microseconds(5'000); }

/// A lost connection is made anew within the same time.
Microseconds TcpLine::worst_time(const Question& question) const {
  return question.quiet + question.after_connect + std::max(timeout_, question.timeout) + kMargin;
}

/// Some devices close after each answer; whatever else arrived unasked is of no use.
bool TcpLine::is_closed_by_peer() {
  if (!socket_.is_open()) return true;
  while (wait_for(socket_.get(), POLLIN, Clock::now()) == Ready::yes) {
    if (!take_bytes()) return true;
  }
  return false;
}

void TcpLine::wait_until_allowed(const Question& question) const {
  std::this_thread::sleep_until(std::max(last_activity_ + question.quiet, opened_ + question.after_connect));
}

Asked TcpLine::ask(const Question& question) {
  const auto ends = Clock::now() + worst_time(question);
  Asked asked{.reply = Reply::gone, .pdu = {}, .reason = "connection lost"};
  if (is_closed_by_peer()) {
    socket_.reset();
    if (const auto opened = open(); !opened.ok()) return asked;
  }
  wait_until_allowed(question);
  const auto frame = tcp_frame(question.request, ++transaction_);
  const auto sent = ::send(socket_.get(), frame.data(), frame.size(), MSG_NOSIGNAL);
  asked.was_sent = sent > 0;
  if (sent != static_cast<ssize_t>(frame.size())) return asked;
  asked.reply = Reply::none;
  asked.reason = "timeout";
  receive(expected_answer(question.request), std::min(ends, Clock::now() + question.timeout), asked);
  last_activity_ = Clock::now();
  return asked;
}

void TcpLine::receive(const Expected& expected, Deadline deadline, Asked& asked) {
  while (!take_findings(expected, asked)) {
    const auto ready = wait_for(socket_.get(), POLLIN, deadline);
    if (ready == Ready::timeout) return;
    if (ready == Ready::gone || !take_bytes()) {
      asked.reply = Reply::gone;
      asked.reason = "connection lost";
      return;
    }
    // A trickle of bytes must not hold the bus for longer than a silent device.
    if (Clock::now() >= deadline && !take_findings(expected, asked)) return;
  }
}

/// True when nothing more is to be waited for.
bool TcpLine::take_findings(const Expected& expected, Asked& asked) {
  while (true) {
    if (asked.reply != Reply::none) return true;
    auto finding = find_in_tcp(received_, expected, transaction_);
    if (finding.what == Found::nothing) return false;
    if (finding.what == Found::broken) {
      asked.reply = Reply::gone;
      asked.reason = "not modbus";
      return true;
    }
    received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(finding.size));
    if (finding.what == Found::foreign) {
      ++asked.damaged;
      asked.reason = "wrong answer";
      continue;
    }
    asked.reply = finding.what == Found::answer ? Reply::answer : Reply::exception;
    asked.is_alive = true;
    asked.pdu = std::move(finding.pdu);
  }
}

bool TcpLine::take_bytes() {
  std::uint8_t buffer[512];
  const auto count = ::recv(socket_.get(), buffer, sizeof buffer, 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (count <= 0) return false;
  received_.insert(received_.end(), buffer, buffer + count);
  return true;
}

}  // namespace sluice::modbus
