#include "broker/codec/encoder.h"

#include <cassert>

#include "broker/codec/encoders.h"

namespace sluice::codec {

namespace {

template <class T>
std::size_t size_of_body(const T& packet, Version version) {
  Writer count;
  put_body(count, packet, version);
  return count.size();
}

std::uint8_t first_byte(PacketType type, unsigned flags = 0) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4 | flags);
}

std::uint8_t first_byte(const Publish& publish) {
  return first_byte(PacketType::publish,
                    (publish.dup ? 8u : 0u) | static_cast<unsigned>(publish.qos) << 1 | (publish.retain ? 1u : 0u));
}

std::uint8_t first_byte(const Acknowledgement& acknowledgement) {
  return first_byte(acknowledgement.type, acknowledgement.type == PacketType::pubrel ? 2 : 0);
}

std::uint8_t first_byte(const Connect&) { return first_byte(PacketType::connect); }
std::uint8_t first_byte(const Connack&) { return first_byte(PacketType::connack); }
std::uint8_t first_byte(const Subscribe&) { return first_byte(PacketType::subscribe, 2); }
std::uint8_t first_byte(const Suback&) { return first_byte(PacketType::suback); }
std::uint8_t first_byte(const Unsubscribe&) { return first_byte(PacketType::unsubscribe, 2); }
std::uint8_t first_byte(const Unsuback&) { return first_byte(PacketType::unsuback); }
std::uint8_t first_byte(const Pingreq&) { return first_byte(PacketType::pingreq); }
std::uint8_t first_byte(const Pingresp&) { return first_byte(PacketType::pingresp); }
std::uint8_t first_byte(const Disconnect&) { return first_byte(PacketType::disconnect); }
std::uint8_t first_byte(const Auth&) { return first_byte(PacketType::auth); }

std::size_t size_with_header(std::size_t length) {
  Writer count;
  count.byte(0);
  count.variable(length);
  return count.size() + length;
}

// Appends fixed header and body; `payload` bytes are still to follow.
template <class T>
void append(const T& packet, Version version, std::size_t payload, Bytes& out) {
  const auto length = size_of_body(packet, version) + payload;
  const auto before = out.size();
  out.resize(before + size_with_header(length) - payload);
  Writer writer(out.data() + before);
  writer.byte(first_byte(packet));
  writer.variable(length);
  put_body(writer, packet, version);
  assert(before + writer.size() == out.size());
}

}  // namespace

void encode_publish_head(const Publish& publish, Version version, Bytes& out) {
  append(publish, version, publish.payload.size(), out);
}

std::size_t encoded_size(const Publish& publish, Version version) {
  return size_with_header(size_of_body(publish, version) + publish.payload.size());
}

void encode(const Publish& publish, Version version, Bytes& out) {
  encode_publish_head(publish, version, out);
  out.insert(out.end(), publish.payload.begin(), publish.payload.end());
}

void encode(const Acknowledgement& acknowledgement, Version version, Bytes& out) {
  append(acknowledgement, version, 0, out);
}

void encode(const Packet& packet, Version version, Bytes& out) {
  if (const auto* publish = std::get_if<Publish>(&packet)) return encode(*publish, version, out);
  std::visit([&](const auto& held) { append(held, version, 0, out); }, packet);
}

std::size_t encoded_size(const Packet& packet, Version version) {
  if (const auto* publish = std::get_if<Publish>(&packet)) return encoded_size(*publish, version);
  return std::visit([&](const auto& held) { return size_with_header(size_of_body(held, version)); }, packet);
}

}  // namespace sluice::codec
