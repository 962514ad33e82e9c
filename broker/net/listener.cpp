#include "broker/net/listener.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "broker/net/acceptor.h"
#include "broker/net/stream.h"
#include "broker/net/tls_layer.h"
#include "gateway/base/log.h"

namespace sluice::net {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Connections taken at one event: others want their turn.
constexpr int kAcceptsPerEvent = 32;
constexpr std::chrono::seconds kPause{1};
constexpr std::chrono::minutes kComplaintInterval{1};
// libmodbus waits with select(), which cannot watch descriptors from here on: the low ones are left
// to it.
constexpr int kFirstDescriptor = 1024;

int move_up(int descriptor) {
  const int moved = ::fcntl(descriptor, F_DUPFD_CLOEXEC, kFirstDescriptor);
  if (moved < 0) return descriptor;  // the limit does not allow it
  ::close(descriptor);
  return moved;
}

Peer peer_of(const tcp::endpoint& endpoint) {
  auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return {address.to_string(), endpoint.port()};
}

// Small packets leave at once; a peer that vanished without a word is found out in the end.
void set_options(tcp::socket& socket) {
  LoopCore::ErrorCode ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
}

// Both families for an empty host, IPv4 alone where there is no IPv6.
std::vector<tcp::endpoint> resolve(LoopCore& core, const std::string& host, std::uint16_t port) {
  if (host.empty()) return {{tcp::v6(), port}, {tcp::v4(), port}};
  tcp::resolver resolver(core.io());
  LoopCore::ErrorCode error;
  std::vector<tcp::endpoint> endpoints;
  for (const auto& entry : resolver.resolve(host, std::to_string(port), tcp::resolver::passive, error)) {
    endpoints.push_back(entry.endpoint());
  }
  return endpoints;
}

Error cannot_listen(const std::string& host, std::uint16_t port, const LoopCore::ErrorCode& error) {
  const auto where = fmt::format("{}:{}", host.empty() ? "*" : host, port);
  if (error == asio::error::address_in_use)
    return {fmt::format("cannot listen on {}: another program does already", where)};
  return {fmt::format("cannot listen on {}: {}", where, error ? error.message() : "no such address")};
}

Result<std::shared_ptr<TlsContext>> make_tls(const Transport& transport) {
  if (!transport.tls) return std::shared_ptr<TlsContext>();
  auto context = TlsContext::make(*transport.tls);
  if (!context) return context;
  for (const auto& complaint : (*context)->complaints()) log::warning("broker", "{}", complaint);
  return context;
}

}  // namespace

Acceptor::Acceptor(LoopCore& core, std::shared_ptr<TlsContext> tls)
    : core_(core), tls_(std::move(tls)), socket_(core.io()), retry_(core.io()) {}

LoopCore::ErrorCode Acceptor::listen(const Endpoint& endpoint) {
  ErrorCode error;
  socket_.open(endpoint.protocol(), error);
  if (!error) socket_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && endpoint.protocol() == tcp::v6()) {
    socket_.set_option(asio::ip::v6_only(!endpoint.address().is_unspecified()), error);
  }
  if (!error) socket_.bind(endpoint, error);
  if (!error) socket_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) socket_.non_blocking(true, error);
  if (error) close();
  return error;
}

std::uint16_t Acceptor::port() const {
  ErrorCode ignored;
  return socket_.local_endpoint(ignored).port();
}

void Acceptor::start(Listener::Accept accept) {
  accept_ = std::move(accept);
  wait();
}

void Acceptor::close() {
  ErrorCode ignored;
  socket_.close(ignored);
  retry_.cancel();
}

void Acceptor::wait() {
  socket_.async_wait(tcp::acceptor::wait_read, [self = shared_from_this()](const ErrorCode& error) {
    if (!error && self->socket_.is_open()) self->take_waiting();
  });
}

void Acceptor::take_waiting() {
  for (int i = 0; i < kAcceptsPerEvent && socket_.is_open(); ++i) {
    const int descriptor = ::accept4(socket_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      hand_over(move_up(descriptor));
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) break;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return pause(errno);
    // Anything else is about that one connection, which has gone already (accept(2)).
  }
  if (socket_.is_open()) wait();
}

void Acceptor::hand_over(int descriptor) {
  ErrorCode error;
  tcp::socket socket(core_.io());
  socket.assign(socket_.local_endpoint(error).protocol(), descriptor, error);
  if (error) {
    ::close(descriptor);
    return;
  }
  const auto remote = socket.remote_endpoint(error);
  if (error) return;  // gone already
  socket.non_blocking(true, error);
  set_options(socket);
  accept_(
      std::make_unique<Connection>(std::make_shared<Stream>(core_, std::move(socket), peer_of(remote), make_layer())));
}

std::unique_ptr<Layer> Acceptor::make_layer() const { return tls_ ? std::make_unique<TlsLayer>(tls_) : nullptr; }

void Acceptor::pause(int error) {
  const auto now = monotonic_now();
  if (now >= next_complaint_) {
    next_complaint_ = now + kComplaintInterval;
    log::warning("broker", "no new connection can be taken: {}; trying again every second", std::strerror(error));
  }
  retry_.expires_after(kPause);
  retry_.async_wait([self = shared_from_this()](const ErrorCode& cancelled) {
    if (!cancelled && self->socket_.is_open()) self->take_waiting();
  });
}

Listener::Listener(std::shared_ptr<Acceptor> acceptor) : acceptor_(std::move(acceptor)) {}
Listener::~Listener() { acceptor_->close(); }

Result<std::unique_ptr<Listener>> Listener::open(Loop& loop, const std::string& host, std::uint16_t port,
                                                 const Transport& transport) {
  auto tls = make_tls(transport);
  if (!tls) return tls.error();
  LoopCore::ErrorCode error;
  for (const auto& endpoint : resolve(loop.core(), host, port)) {
    const auto acceptor = std::make_shared<Acceptor>(loop.core(), *tls);
    error = acceptor->listen(endpoint);
    if (!error) return std::unique_ptr<Listener>(new Listener(acceptor));
    if (error == asio::error::address_in_use) break;
  }
  return cannot_listen(host, port, error);
}

std::uint16_t Listener::port() const { return acceptor_->port(); }
void Listener::start(Accept accept) { acceptor_->start(std::move(accept)); }

}  // namespace sluice::net
