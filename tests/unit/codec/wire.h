// Bytes as a person writes them down: "10 0C 00 04 'MQTT' 04 02 00 3C 00 00".
#pragma once

#include <string>
#include <string_view>

#include "broker/codec/packet.h"
#include "gateway/base/bytes.h"

namespace sluice::codec::test {

/// Hexadecimal pairs and 'quoted text', separated by blanks.
Bytes wire(std::string_view written);

/// A packet of that first byte with the remaining length put in between.
Bytes packet(std::uint8_t first, const Bytes& body);
Bytes packet(std::uint8_t first, std::string_view body);

/// Two bytes of length, then the text, as written in a packet.
Bytes text(std::string_view value);

Bytes operator+(Bytes left, const Bytes& right);

std::string to_hex(ByteView bytes);

}  // namespace sluice::codec::test
