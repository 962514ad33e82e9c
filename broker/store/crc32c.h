// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78; RFC 3720, B.4). Pure.
#pragma once

#include <cstdint>

#include "gateway/base/bytes.h"

namespace sluice::store {

/// The checksum of `bytes`, or of what `before` is the checksum of with `bytes` behind it.
std::uint32_t crc32c(ByteView bytes, std::uint32_t before = 0);

}  // namespace sluice::store
