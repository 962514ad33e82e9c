// The first byte of an input to fuzz_packets says who reads what follows, and in which version.
#pragma once

#include <cstdint>

#include "broker/codec/decoder.h"

namespace sluice::fuzz {

struct PacketInput {
  codec::Version version;
  codec::Side side;
  bool expect_connect;
};

inline PacketInput read_first_byte(std::uint8_t byte) {
  constexpr codec::Version kVersions[] = {codec::Version::v3_1, codec::Version::v3_1_1, codec::Version::v5_0,
                                          codec::Version::v5_0};
  return {kVersions[byte & 3], (byte & 4) != 0 ? codec::Side::client : codec::Side::server, (byte & 8) != 0};
}

inline std::uint8_t to_first_byte(const PacketInput& input) {
  const int version = static_cast<int>(input.version) - 3;
  return static_cast<std::uint8_t>(version | (input.side == codec::Side::client ? 4 : 0) |
                                   (input.expect_connect ? 8 : 0));
}

}  // namespace sluice::fuzz
