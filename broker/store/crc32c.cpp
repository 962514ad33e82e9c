#include "broker/store/crc32c.h"

#include <array>
#include <cstddef>

namespace sluice::store {

namespace {

using Table = std::array<std::uint32_t, 256>;

// Table n gives the effect of a byte that has n further bytes behind it, so that eight bytes are
// taken in one step.
constexpr std::array<Table, 8> make_tables() {
  std::array<Table, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0x82F63B78u : 0u);
    tables[0][byte] = value;
  }
  for (std::size_t n = 1; n < 8; ++n) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const auto shorter = tables[n - 1][byte];
      tables[n][byte] = (shorter >> 8) ^ tables[0][shorter & 0xFF];
    }
  }
  return tables;
}

constexpr auto kTables = make_tables();

std::uint32_t take_eight(std::uint32_t crc, const std::uint8_t* at) {
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    const auto mixed = i < 4 ? static_cast<std::uint8_t>(at[i] ^ (crc >> (8 * i))) : at[i];
    next ^= kTables[7 - i][mixed];
  }
  return next;
}

}  // namespace

std::uint32_t crc32c(ByteView bytes, std::uint32_t before) {
  std::uint32_t crc = ~before;
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) crc = take_eight(crc, bytes.data() + at);
  for (; at < bytes.size(); ++at) crc = (crc >> 8) ^ kTables[0][(crc ^ bytes[at]) & 0xFF];
  return ~crc;
}

}  // namespace sluice::store
