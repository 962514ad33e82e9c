#include "broker/codec/fixed_header.h"

namespace sluice::codec {

namespace {

Frame bad(Reason reason, std::string_view why) { return {Frame::State::bad, 0, reason, why}; }

constexpr Frame kIncomplete{};

bool only_clients_send(PacketType type) {
  return type == PacketType::connect || type == PacketType::subscribe || type == PacketType::unsubscribe ||
         type == PacketType::pingreq;
}

bool only_servers_send(PacketType type) {
  return type == PacketType::connack || type == PacketType::suback || type == PacketType::unsuback ||
         type == PacketType::pingresp;
}

bool may_arrive(PacketType type, Side reader, Version version) {
  if (reader == Side::server) return !only_servers_send(type);
  if (type == PacketType::disconnect) return version == Version::v5_0;
  return !only_clients_send(type);
}

// Table 2-2. In 3.1 PUBREL, SUBSCRIBE and UNSUBSCRIBE have QoS 1 and may have DUP.
bool flags_are_valid(PacketType type, std::uint8_t flags, Version version) {
  constexpr std::uint8_t kDup = 0x08;
  switch (type) {
    case PacketType::publish: {
      const int qos = flags >> 1 & 3;
      return qos != 3 && (qos != 0 || (flags & kDup) == 0);  // [MQTT-3.3.1-4, MQTT-3.3.1-2]
    }
    case PacketType::pubrel:
    case PacketType::subscribe:
    case PacketType::unsubscribe: return flags == 0x02 || (version == Version::v3_1 && flags == (0x02 | kDup));
    default: return flags == 0;
  }
}

Frame check_first_byte(const FixedHeader& header, Side side, Version version, bool expect_connect) {
  const auto type = header.type;
  const bool reserved = type == PacketType{0} || (type == PacketType::auth && version != Version::v5_0);
  if (side == Side::server) {
    if (expect_connect && type != PacketType::connect)
      return bad(Reason::protocol_error, "first packet is not CONNECT");
    if (!expect_connect && type == PacketType::connect) return bad(Reason::protocol_error, "second CONNECT");
  }
  if (reserved) return bad(Reason::malformed_packet, "reserved packet type");
  if (!may_arrive(type, side, version)) return bad(Reason::protocol_error, "packet that this side never receives");
  if (!flags_are_valid(type, header.flags, version)) return bad(Reason::malformed_packet, "invalid flags");
  return {Frame::State::complete, 0, Reason::success, {}};
}

Frame read_length(ByteView input, FixedHeader& header) {
  header.length = 0;
  for (std::size_t i = 1; i <= 4; ++i) {
    if (i == input.size()) return kIncomplete;
    header.length |= static_cast<std::size_t>(input[i] & 0x7F) << 7 * (i - 1);
    if (input[i] & 0x80) continue;
    if (input[i] == 0 && i > 1) return bad(Reason::malformed_packet, "remaining length not in its shortest form");
    header.size = i + 1;
    return {Frame::State::complete, header.size + header.length, Reason::success, {}};
  }
  return bad(Reason::malformed_packet, "remaining length of more than 4 bytes");
}

}  // namespace

Frame read_fixed_header(ByteView input, Side side, Version version, bool expect_connect, FixedHeader& header) {
  if (input.empty()) return kIncomplete;
  header.type = static_cast<PacketType>(input[0] >> 4);
  header.flags = input[0] & 0x0F;
  const auto first = check_first_byte(header, side, version, expect_connect);
  return first.state == Frame::State::bad ? first : read_length(input, header);
}

Frame find_frame(ByteView input, Side side, Version version, const DecodeLimits& limits, bool expect_connect) {
  FixedHeader header;
  auto frame = read_fixed_header(input, side, version, expect_connect, header);
  if (frame.state != Frame::State::complete) return frame;
  if (frame.size > limits.max_packet) return bad(Reason::packet_too_large, "packet larger than allowed");
  if (frame.size > input.size()) frame.state = Frame::State::incomplete;
  return frame;
}

}  // namespace sluice::codec
