// Bytes to packets. Pure: no state, no socket; what is allocated never exceeds what arrived.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "broker/codec/packet.h"

namespace sluice::codec {

/// Which end reads: a server refuses packets that only servers send, and the other way round.
enum class Side : std::uint8_t { server, client };

struct DecodeLimits {
  std::uint32_t max_packet = 256 * 1024;  // bytes, fixed header included
  std::size_t max_filters = 64;           // per SUBSCRIBE and UNSUBSCRIBE
  std::size_t max_user_properties = 32;
};

/// What stands at the front of the buffer, known as soon as its fixed header is there. A packet
/// that is too large, of a reserved type, with wrong flags, or that only the other side may send
/// is found out here, before its body is waited for.
struct Frame {
  enum class State : std::uint8_t { incomplete, complete, bad };

  State state = State::incomplete;
  std::size_t size = 0;             // of the whole packet, once its length is known; else 0
  Reason reason = Reason::success;  // of bad
  std::string_view why;             // of bad, for the log
};

/// Looks at the first packet in `input`. `version` is what CONNECT agreed upon; before CONNECT any
/// version does, and a server accepts CONNECT and nothing else when `expect_connect`
/// [MQTT-3.1.0-1], and everything but CONNECT afterwards [MQTT-3.1.0-2].
Frame find_frame(ByteView input, Side side, Version version, const DecodeLimits& limits, bool expect_connect);

/// Why a packet was not decoded: the reason code of 5.0 and a sentence for the log.
struct DecodeError {
  Reason reason = Reason::malformed_packet;
  std::string_view why;
};

/// Decodes one whole packet (exactly Frame::size bytes) into `packet`, whose views then point into
/// `input`. For CONNECT `version` is ignored. False with `error` set on a malformed packet
/// (0x81), a protocol error visible in the packet alone (0x82), an unsupported protocol level
/// (0x84), an empty client id where it is not allowed (0x85), a topic name that breaks the rules
/// or limits (0x90), alias 0 (0x94), too many filters or user properties (0x97), or a payload that
/// is not the text it is said to be (0x99). A bad filter in SUBSCRIBE is not an error here,
/// because it is answered per filter.
///
/// Of a CONNECT that was refused, `packet` holds a Connect whose `version` is the one to answer in.
bool decode(ByteView input, Side side, Version version, const DecodeLimits& limits, Packet& packet, DecodeError& error);

}  // namespace sluice::codec
