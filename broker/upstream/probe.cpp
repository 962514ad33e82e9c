#include "broker/upstream/probe.h"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace sluice::upstream {

namespace {

constexpr std::chrono::milliseconds kLookForStop{50};

class Socket {
 public:
  explicit Socket(const addrinfo& address)
      : descriptor_(
            ::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol)) {}
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Result<Addresses> resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failed != 0) return Error{fmt::format("the name {} cannot be resolved: {}", host, ::gai_strerror(failed))};
  return Addresses(found, &::freeaddrinfo);
}

// 0 when connected, else an errno.
int connect(const addrinfo& address, MonotonicTime until, const std::atomic<bool>& stop) {
  const Socket socket(address);
  if (socket.descriptor() < 0) return errno;
  if (::connect(socket.descriptor(), address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  while (!stop && monotonic_now() < until) {
    pollfd waiting{socket.descriptor(), POLLOUT, 0};
    if (::poll(&waiting, 1, static_cast<int>(kLookForStop.count())) <= 0) continue;
    int outcome = 0;
    socklen_t size = sizeof outcome;
    ::getsockopt(socket.descriptor(), SOL_SOCKET, SO_ERROR, &outcome, &size);
    return outcome;
  }
  return stop ? ECANCELED : ETIMEDOUT;
}

std::string explain(const std::string& host, std::uint16_t port, int error) {
  switch (error) {
    case ECONNREFUSED: return fmt::format("{} refuses connections to port {}", host, port);
    case ETIMEDOUT: return fmt::format("{} does not answer on port {}", host, port);
    case ENETUNREACH:
    case EHOSTUNREACH: return fmt::format("there is no route to {}", host);
    default: return fmt::format("no connection to {}:{}: {}", host, port, std::strerror(error));
  }
}

}  // namespace

Result<void> probe(const std::string& host, std::uint16_t port, MonotonicTime until, const std::atomic<bool>& stop) {
  const auto addresses = resolve(host, port);
  if (!addresses) return addresses.error();
  int last = ETIMEDOUT;
  for (const auto* address = addresses->get(); address != nullptr && !stop; address = address->ai_next) {
    last = connect(*address, until, stop);
    if (last == 0) return {};
  }
  return Error{explain(host, port, last)};
}

}  // namespace sluice::upstream
