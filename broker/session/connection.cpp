#include "broker/session/connection.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "broker/codec/encoder.h"

namespace sluice::session {

using codec::Reason;
using codec::Version;

namespace {

// The buffer for the beginning of a packet goes back to the system when it has grown beyond this.
constexpr std::size_t kSmallBuffer = 1024;

}  // namespace

Connection::Connection(Host& host, Sink& sink, const Limits& limits, Peer peer, MonotonicTime now)
    : host_(host), sink_(sink), limits_(limits), peer_(std::move(peer)), last_packet_(now) {}

void Connection::receive(ByteView bytes, MonotonicTime now) {
  if (ended()) return;
  if (partial_.empty()) {
    const auto used = consume(bytes, now);
    partial_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(used), bytes.end());
  } else {
    partial_.insert(partial_.end(), bytes.begin(), bytes.end());
    const auto used = consume(partial_, now);
    partial_.erase(partial_.begin(), partial_.begin() + static_cast<std::ptrdiff_t>(used));
    if (partial_.empty() && partial_.capacity() > kSmallBuffer) partial_ = {};
  }
  if (phase_ == Phase::authenticating && partial_.size() > limits_.packet_before_connect) {
    close(Reason::packet_too_large, "too much was sent before CONNACK", now);
  }
}

// Answers how many bytes were used. While a login is being checked what follows it waits, and so
// does a client that is held back.
std::size_t Connection::consume(ByteView bytes, MonotonicTime now) {
  consuming_ = true;
  std::size_t used = 0;
  while (used < bytes.size() && !ended() && phase_ != Phase::authenticating && !holds_back()) {
    const auto rest = bytes.subspan(used);
    const auto frame =
        codec::find_frame(rest, codec::Side::server, version_, decode_limits(), phase_ == Phase::awaits_connect);
    if (frame.state == codec::Frame::State::incomplete) break;
    if (frame.state == codec::Frame::State::bad) {
      close(frame.reason, frame.why, now);
      break;
    }
    take_packet(rest.first(frame.size), now);
    used += frame.size;
  }
  consuming_ = false;
  if (!ended() && !paused_ && holds_back()) {
    paused_ = true;
    sink_.pause_reading();
  }
  return used;
}

codec::DecodeLimits Connection::decode_limits() const {
  auto limits = limits_.decode;
  if (!established()) limits.max_packet = std::min(limits.max_packet, limits_.packet_before_connect);
  return limits;
}

void Connection::take_packet(ByteView bytes, MonotonicTime now) {
  codec::Packet packet;
  codec::DecodeError error;
  if (codec::decode(bytes, codec::Side::server, version_, limits_.decode, packet, error)) {
    if (established()) last_packet_ = now;
    std::visit([&](const auto& content) { on(content, now); }, packet);
    return;
  }
  if (established()) return close(error.reason, error.why, now);
  refuse_unread(packet, error, now);
}

// A packet that is larger than what the client takes is not sent [MQTT-3.1.2-24].
bool Connection::send(const codec::Packet& packet) {
  if (codec::encoded_size(packet, version_) > max_packet_) return false;
  codec::encode(packet, version_, sink_.output());
  return true;
}

void Connection::send(codec::PacketType type, std::uint16_t packet_id, Reason reason) {
  codec::Acknowledgement acknowledgement;
  acknowledgement.type = type;
  acknowledgement.packet_id = packet_id;
  acknowledgement.reason = reason;
  codec::encode(acknowledgement, version_, sink_.output());
}

// It is not heard while it waits for the storage, whatever it says.
bool Connection::may_fall_silent() const { return silence_ == Duration::zero() || (paused_ && waits_for_storage()); }

MonotonicTime Connection::deadline() const {
  if (ended()) return MonotonicTime::max();
  if (!established()) return last_packet_ + limits_.handshake;
  auto first = may_fall_silent() ? MonotonicTime::max() : last_packet_ + silence_;
  if (owed_.any_held()) first = std::min(first, owed_.held_since() + limits_.held);
  return first;
}

void Connection::check_time(MonotonicTime now) {
  if (now < deadline()) return;
  if (!established()) return close(Reason::not_authorized, "no login within the time allowed", now);
  if (!may_fall_silent() && now >= last_packet_ + silence_) {
    return close(Reason::keep_alive_timeout, "nothing was heard for 1.5 times the keep-alive", now);
  }
  close(Reason::quota_exceeded, "storage has had no room for its messages", now);
}

void Connection::close(Reason reason, std::string_view why, MonotonicTime now) {
  if (ended()) return;
  cause_ = why;
  if (established() && version_ == Version::v5_0) {
    codec::Disconnect disconnect;
    disconnect.reason = reason;
    disconnect.reason_string = why;
    if (!send(disconnect)) {
      disconnect.reason_string = {};
      send(disconnect);
    }
  }
  end(now);
}

void Connection::lost(MonotonicTime now) {
  if (ended()) return;
  cause_ = "the network connection was lost";
  end(now);
}

void Connection::end(MonotonicTime now) {
  phase_ = Phase::ended;
  opening_.reset();
  waiting_.clear();
  sink_.close();
  if (!session_) return;
  host_.closed(*this, now);
  session_ = nullptr;
}

}  // namespace sluice::session
