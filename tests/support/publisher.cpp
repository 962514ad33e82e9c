#include "tests/support/publisher.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::testing {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string two_bytes(std::size_t number) {
  return {static_cast<char>(number >> 8 & 0xff), static_cast<char>(number & 0xff)};
}

std::string text_field(const std::string& text) { return two_bytes(text.size()) + text; }

/// First byte, remaining length (here always below 16,384), rest.
std::string packet(unsigned char first, const std::string& rest) {
  std::string head(1, static_cast<char>(first));
  if (rest.size() < 128) {
    head += static_cast<char>(rest.size());
  } else {
    head += static_cast<char>(0x80 | (rest.size() & 0x7f));
    head += static_cast<char>(rest.size() >> 7);
  }
  return head + rest;
}

int connect_to(std::uint16_t port) {
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(client);
    return -1;
  }
  const int on = 1;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return client;
}

}  // namespace

Publisher::Publisher(std::string client_id) : client_id_(std::move(client_id)) {}

Publisher::~Publisher() { disconnect(); }

void Publisher::disconnect() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
  open_.clear();
  input_.clear();
}

bool Publisher::connect(std::uint16_t port) {
  disconnect();
  socket_ = connect_to(port);
  if (socket_ < 0) return false;
  const std::string clean_session_keep_alive_60("\x04\x02\x00\x3c", 4);
  if (!send_all(packet(0x10, text_field("MQTT") + clean_session_keep_alive_60 + text_field(client_id_)))) return false;
  std::array<char, 4> answer{};
  const std::string accepted("\x20\x02\x00\x00", 4);
  return recv(socket_, answer.data(), answer.size(), MSG_WAITALL) == 4 &&
         std::string(answer.data(), answer.size()) == accepted;
}

bool Publisher::send_all(const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count = send(socket_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

bool Publisher::publish(const std::string& topic, const std::string& payload) {
  const std::uint16_t id = next_id_;
  next_id_ = next_id_ == 0xffff ? 1 : static_cast<std::uint16_t>(next_id_ + 1);
  open_[id] = {topic, payload};
  constexpr unsigned char kPublishQoS1 = 0x32;
  return send_all(packet(kPublishQoS1, text_field(topic) + two_bytes(id) + payload));
}

void Publisher::publish_for(milliseconds duration, int rate, const std::string& prefix, int topics) {
  const auto began = Clock::now();
  const auto period = microseconds(seconds(1)) / rate;
  for (auto due = began; due < began + duration; due += period) {
    if (!receive_until(due)) return;
    const auto number = counter_++;
    const auto topic = prefix + "/" + std::to_string(number % static_cast<std::uint64_t>(topics));
    if (!publish(topic, std::to_string(number))) return;
  }
}

bool Publisher::settle(seconds within) {
  const auto until = Clock::now() + within;
  while (!open_.empty()) {
    if (Clock::now() >= until) return false;
    if (!receive_until(std::min(until, Clock::now() + milliseconds(50)))) return false;
  }
  return true;
}

bool Publisher::receive_until(Clock::time_point until) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
    pollfd source{socket_, POLLIN, 0};
    if (poll(&source, 1, static_cast<int>(std::max<std::int64_t>(left, 0))) <= 0) return true;
    std::array<char, 4096> bytes{};
    const ssize_t count = recv(socket_, bytes.data(), bytes.size(), 0);
    if (count <= 0) return false;
    input_.append(bytes.data(), static_cast<std::size_t>(count));
    if (!take_packets()) return false;
    if (Clock::now() >= until) return true;
  }
}

/// Nothing but PUBACKs may come: 40 02 and the id. False for anything else.
bool Publisher::take_packets() {
  for (; input_.size() >= 4; input_.erase(0, 4)) {
    if (input_[0] != '\x40' || input_[1] != '\x02') return false;
    const auto id = static_cast<std::uint16_t>((input_[2] & 0xff) << 8 | (input_[3] & 0xff));
    const auto message = open_.find(id);
    if (message == open_.end()) return false;
    accepted_.push_back(std::move(message->second));
    open_.erase(message);
  }
  return true;
}

}  // namespace sluice::testing
