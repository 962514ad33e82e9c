#include "broker/codec/decoder.h"

#include "broker/codec/decoders.h"
#include "broker/codec/fixed_header.h"
#include "broker/codec/reader.h"

namespace sluice::codec {

namespace {

void decode_body(Reader& in, const Context& context, Packet& packet) {
  switch (context.header.type) {
    case PacketType::connect: return decode_connect(in, context, packet.emplace<Connect>());
    case PacketType::connack: return decode_connack(in, context, packet.emplace<Connack>());
    case PacketType::publish: return decode_publish(in, context, packet.emplace<Publish>());
    case PacketType::puback:
    case PacketType::pubrec:
    case PacketType::pubrel:
    case PacketType::pubcomp: return decode_acknowledgement(in, context, packet.emplace<Acknowledgement>());
    case PacketType::subscribe: return decode_subscribe(in, context, packet.emplace<Subscribe>());
    case PacketType::suback: return decode_suback(in, context, packet.emplace<Suback>());
    case PacketType::unsubscribe: return decode_unsubscribe(in, context, packet.emplace<Unsubscribe>());
    case PacketType::unsuback: return decode_unsuback(in, context, packet.emplace<Unsuback>());
    case PacketType::pingreq: packet.emplace<Pingreq>(); return;
    case PacketType::pingresp: packet.emplace<Pingresp>(); return;
    case PacketType::disconnect: return decode_disconnect(in, context, packet.emplace<Disconnect>());
    case PacketType::auth: return decode_auth(in, context, packet.emplace<Auth>());
  }
}

}  // namespace

bool decode(ByteView input, Side side, Version version, const DecodeLimits& limits, Packet& packet,
            DecodeError& error) {
  const bool is_connect = !input.empty() && static_cast<PacketType>(input[0] >> 4) == PacketType::connect;
  FixedHeader header;
  const auto frame = read_fixed_header(input, side, version, is_connect, header);
  if (frame.state == Frame::State::bad) {
    error = {frame.reason, frame.why};
    return false;
  }
  if (frame.state == Frame::State::incomplete || frame.size != input.size()) {
    error = {Reason::malformed_packet, "not one whole packet"};
    return false;
  }
  Reader in(input.subspan(header.size));
  decode_body(in, {header, side, version, limits}, packet);
  if (in.ok() && !in.done()) in.refuse(Reason::malformed_packet, "surplus bytes at the end");
  if (!in.ok()) error = in.error();
  return in.ok();
}

}  // namespace sluice::codec
