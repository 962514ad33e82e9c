// The checksum of Modbus serial frames.
#pragma once

#include <cstdint>
#include <span>

namespace sluice::modbus {

/// CRC-16 with polynomial 0xA001 and start value 0xFFFF; sent low byte first (Modbus over serial
/// line V1.02, 6.2.2).
std::uint16_t crc16(std::span<const std::uint8_t> bytes);

}  // namespace sluice::modbus
