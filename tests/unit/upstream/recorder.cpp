#include "tests/unit/upstream/recorder.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace sluice::upstream {

namespace {

/// Reads the fields of a packet from the left.
class Fields {
 public:
  explicit Fields(std::string bytes) : bytes_(std::move(bytes)) {}
  std::uint8_t byte() { return static_cast<std::uint8_t>(bytes_.at(at_++)); }
  std::size_t word() {
    const std::size_t high = byte();
    return high << 8 | byte();
  }
  std::string raw(std::size_t size) {
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }
  std::string text() { return raw(word()); }
  std::size_t number() {
    std::size_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto next = byte();
      value |= static_cast<std::size_t>(next & 0x7F) << shift;
      if ((next & 0x80) == 0) return value;
    }
  }
  bool done() const { return at_ >= bytes_.size(); }
  std::string rest() { return raw(bytes_.size() - at_); }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

std::map<std::string, std::string> user_properties(const std::string& bytes) {
  std::map<std::string, std::string> found;
  for (Fields fields(bytes); !fields.done();) {
    switch (fields.byte()) {
      case 0x26: {
        auto name = fields.text();
        found[name] = fields.text();
        break;
      }
      case 0x01: fields.byte(); break;
      case 0x02: fields.raw(4); break;
      default: fields.text(); break;  // content type, response topic, correlation data
    }
  }
  return found;
}

std::string packet(std::initializer_list<int> bytes) {
  std::string made;
  for (const int byte : bytes) made.push_back(static_cast<char>(byte));
  return made;
}

}  // namespace

Recorder::Recorder(Answer answer, std::uint8_t connack_reason, std::uint16_t receive_maximum)
    : answer_(std::move(answer)), connack_reason_(connack_reason), receive_maximum_(receive_maximum) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
                     ::listen(listener_, 8) == 0;
  assert(bound);
  port_ = bound ? ntohs(address.sin_port) : 0;
  thread_ = std::thread([this] { run(); });
}

Recorder::~Recorder() {
  stop_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  if (const int client = client_; client >= 0) ::shutdown(client, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::vector<Recorder::Publish> Recorder::published() const {
  const std::lock_guard lock(mutex_);
  return published_;
}

void Recorder::run() {
  while (!stop_) {
    client_ = ::accept(listener_, nullptr, nullptr);
    if (client_ < 0) continue;
    serve();
    ::close(client_.exchange(-1));
  }
}

void Recorder::serve() {
  open_ = 0;
  std::uint8_t header = 0;
  std::string body;
  while (!stop_ && read_packet(header, body) && handle(header, body)) {
  }
}

bool Recorder::read_exactly(std::string& into, std::size_t size) {
  into.resize(size);
  for (std::size_t got = 0; got < size;) {
    const auto n = ::recv(client_, into.data() + got, size - got, 0);
    if (n <= 0) return false;
    got += static_cast<std::size_t>(n);
  }
  return true;
}

bool Recorder::read_packet(std::uint8_t& header, std::string& body) {
  std::string byte;
  if (!read_exactly(byte, 1)) return false;
  header = static_cast<std::uint8_t>(byte[0]);
  std::size_t size = 0;
  for (int shift = 0;; shift += 7) {
    if (!read_exactly(byte, 1)) return false;
    size |= static_cast<std::size_t>(byte[0] & 0x7F) << shift;
    if ((byte[0] & 0x80) == 0) break;
  }
  return read_exactly(body, size);
}

bool Recorder::handle(std::uint8_t header, const std::string& body) {
  switch (header >> 4) {
    case 1:
      ++connects_;
      if (receive_maximum_ > 0) {
        send(packet({0x20, 6, 0, connack_reason_, 3, 0x21, receive_maximum_ >> 8, receive_maximum_ & 0xFF}));
      } else {
        send(packet({0x20, 3, 0, connack_reason_, 0}));
      }
      return connack_reason_ < 0x80;
    case 3: return on_publish(header, body);
    case 8: send(packet({0x90, 4, body[0], body[1], 0, 1})); return true;
    case 10:
      ++heartbeats_;
      send(packet({0xB0, 4, body[0], body[1], 0, 0x11}));
      return true;
    case 12: send(packet({0xD0, 0})); return true;
    default: return false;  // DISCONNECT, or what has no business here
  }
}

bool Recorder::on_publish(std::uint8_t header, const std::string& body) {
  Publish publish;
  Fields fields(body);
  publish.qos = (header >> 1) & 3;
  publish.retain = (header & 1) != 0;
  publish.topic = fields.text();
  const auto id = publish.qos > 0 ? fields.word() : 0;
  publish.user = user_properties(fields.raw(fields.number()));
  publish.payload = fields.rest();
  std::size_t count = 0;
  {
    const std::lock_guard lock(mutex_);
    published_.push_back(std::move(publish));
    count = published_.size();
  }
  most_open_ = std::max(most_open_.load(), ++open_);
  const int answer = answer_(count);
  if (answer == kCut) return false;
  if (answer == kDisconnect) return end_with_disconnect();
  if (answer == kWithhold || id == 0) return true;
  --open_;
  const int high = static_cast<int>(id >> 8);
  const int low = static_cast<int>(id & 0xFF);
  send(answer == 0 ? packet({0x40, 2, high, low}) : packet({0x40, 4, high, low, answer, 0}));
  return true;
}

// What lies unread when a socket is closed makes a reset of it, which may overtake the DISCONNECT.
bool Recorder::end_with_disconnect() {
  send(packet({0xE0, 2, 0x8B, 0}));
  ::shutdown(client_, SHUT_WR);
  std::string ignored;
  while (read_exactly(ignored, 1)) {
  }
  return false;
}

void Recorder::send(const std::string& bytes) { (void)::send(client_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

}  // namespace sluice::upstream
