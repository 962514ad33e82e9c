#include "drivers/modbus/twin.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sluice::modbus {

namespace {

using driver::Done;
using driver::Error;

constexpr std::size_t kMostConnections = 32;

/// All of it, or false.
bool write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    if (wait_for(fd, POLLOUT, Clock::now() + std::chrono::seconds(1)) != Ready::yes) return false;
    const auto count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

driver::Result<std::unique_ptr<driver::Twin>> Twin::create(const driver::Settings& settings, int fd) {
  auto parsed = parse_bus_settings(settings, fd >= 0 ? Wire::handed_over : Wire::named);
  if (!parsed.ok()) return parsed.error();
  auto twin = std::make_unique<Twin>(std::move(*parsed));
  if (const auto opened = twin->open(fd); !opened.ok()) return opened.error();
  return std::unique_ptr<driver::Twin>(std::move(twin));
}

Done Twin::open(int fd) {
  if (settings_.transport == Transport::tcp) {
    listening_ = fd;
    return fd >= 0 ? driver::done() : listen();
  }
  if (fd < 0) {
    port_ = std::make_unique<SerialPort>(settings_.port, settings_.serial, settings_.rs485);
    if (auto opened = port_->open(); !opened.ok()) return opened;
    fd = port_->fd();
  }
  sources_.push_back({{}, fd, {}});
  return driver::done();
}

Done Twin::listen() {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICSERV | AI_PASSIVE;
  addrinfo* found = nullptr;
  const auto& [host, service] = settings_.host;
  if (::getaddrinfo(host.c_str(), service.c_str(), &wanted, &found) != 0) return Error{"host " + host + " is unknown"};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);
  listener_ = Descriptor(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  listening_ = listener_.get();
  const int on = 1;
  ::setsockopt(listening_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(listening_, found->ai_addr, found->ai_addrlen) == 0 && ::listen(listening_, SOMAXCONN) == 0) {
    return driver::done();
  }
  return Error{"cannot listen at " + host + ":" + service + ": " + std::strerror(errno)};
}

Done Twin::add_device(const driver::Device& declared) {
  auto device = Device::create(settings_, declared);
  if (!device.ok()) return device.error();
  const auto has_unit = [&](const Member& member) { return member.memory.unit() == device->unit(); };
  if (std::ranges::any_of(members_, has_unit)) {
    return Error{"unit " + std::to_string(device->unit()) + " is there already"};
  }
  members_.push_back({TwinMemory(std::move(*device))});
  return driver::done();
}

Done Twin::set(std::uint32_t device, const driver::PointValue& value) {
  if (device >= members_.size()) return Error{"there is no such device"};
  return members_[device].memory.set(value);
}

bool Twin::mute(std::uint32_t device, bool is_mute) {
  if (device >= members_.size()) return false;
  members_[device].is_mute = is_mute;
  return true;
}

std::optional<Twin::Written> Twin::next_written() {
  for (std::uint32_t device = 0; device < members_.size(); ++device) {
    if (auto value = members_[device].memory.next_written()) return Written{device, std::move(*value)};
  }
  return std::nullopt;
}

bool Twin::serve(int wake_fd, std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  while (true) {
    std::vector<pollfd> waiting{{wake_fd, POLLIN, 0}, {listening_, POLLIN, 0}};
    for (const auto& source : sources_) waiting.push_back({source.fd, POLLIN, 0});
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    const auto count = ::poll(waiting.data(), waiting.size(), static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (count == 0) return true;
    if (count < 0 && errno != EINTR) return false;
    if (count < 0) continue;
    if (waiting[0].revents != 0) return true;
    for (auto i = sources_.size(); i-- > 0;) {
      if (waiting[i + 2].revents == 0 || take_bytes(sources_[i]) == State::open) continue;
      if (listening_ < 0) return false;
      sources_.erase(sources_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (waiting[1].revents != 0) accept();
  }
}

void Twin::accept() {
  Descriptor connection(::accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!connection.is_open() || sources_.size() >= kMostConnections) return;
  const auto fd = connection.get();
  sources_.push_back({std::move(connection), fd, {}});
}

Twin::State Twin::take_bytes(Source& source) {
  std::uint8_t buffer[512];
  const auto count = ::read(source.fd, buffer, sizeof buffer);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return State::open;
  if (count <= 0) return State::gone;
  source.received.insert(source.received.end(), buffer, buffer + count);
  return answer_requests(source);
}

Twin::State Twin::answer_requests(Source& source) {
  const auto is_tcp = settings_.transport == Transport::tcp;
  while (true) {
    const auto heard = is_tcp ? hear_tcp(source.received) : hear_rtu(source.received);
    if (heard.what == Found::nothing) return State::open;
    if (heard.what == Found::broken && is_tcp) return State::gone;
    const auto size = heard.what == Found::broken ? 1 : heard.size;
    source.received.erase(source.received.begin(), source.received.begin() + static_cast<std::ptrdiff_t>(size));
    if (heard.what == Found::answer) answer(source, heard);
  }
}

void Twin::answer(Source& source, const Heard& heard) {
  const auto& request = heard.request;
  const auto member =
      std::ranges::find_if(members_, [&](const Member& one) { return one.memory.unit() == request.unit; });
  if (member == members_.end() || member->is_mute || request.pdu.empty()) return;
  const auto pdu = member->memory.answer(request.pdu);
  const auto is_tcp = settings_.transport == Transport::tcp;
  write_all(source.fd, is_tcp ? tcp_answer(heard.transaction, request.unit, pdu) : rtu_frame({request.unit, pdu}));
}

}  // namespace sluice::modbus
