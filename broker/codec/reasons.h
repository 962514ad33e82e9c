// Which reason codes may stand in which packet, and their counterparts in 3.1 and 3.1.1. Pure.
#pragma once

#include <cstdint>

#include "broker/codec/decoder.h"

namespace sluice::codec {

/// Whether `reason` may arrive at `reader` in a packet of that type (sections 3.2.2.2, 3.4.2.1,
/// 3.5.2.1, 3.6.2.1, 3.7.2.1, 3.9.3, 3.11.3, 3.14.2.1, 3.15.2.1).
bool may_carry(PacketType type, Side reader, Reason reason);

/// The CONNACK return code of 3.1.1 (section 3.2.2.3) that comes nearest.
std::uint8_t to_return_code(Reason reason);

/// The way back; unspecified_error for a code that does not exist.
Reason from_return_code(std::uint8_t code);

}  // namespace sluice::codec
