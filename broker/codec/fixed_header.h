// The first bytes of every packet (section 2.1):
//
//   type (4 bits)  flags (4 bits) | remaining length (variable byte integer, 1 to 4 bytes)
#pragma once

#include <cstddef>
#include <cstdint>

#include "broker/codec/decoder.h"

namespace sluice::codec {

struct FixedHeader {
  PacketType type{};
  std::uint8_t flags = 0;
  std::size_t size = 0;    // of the header itself
  std::size_t length = 0;  // of what follows it
};

/// The longest remaining length there is.
inline constexpr std::size_t kMaxRemainingLength = 268'435'455;

/// Fills `header` when `input` begins with a whole and valid one; the answer says what else is
/// the matter. Frame::State::complete here means the header, not the packet.
Frame read_fixed_header(ByteView input, Side side, Version version, bool expect_connect, FixedHeader& header);

}  // namespace sluice::codec
