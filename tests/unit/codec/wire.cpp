#include "tests/unit/codec/wire.h"

#include <fmt/format.h>

#include <cassert>
#include <charconv>

namespace sluice::codec::test {

Bytes wire(std::string_view written) {
  Bytes bytes;
  while (!written.empty()) {
    if (written.front() == ' ') {
      written.remove_prefix(1);
    } else if (written.front() == '\'') {
      const auto end = written.find('\'', 1);
      assert(end != std::string_view::npos);
      bytes.insert(bytes.end(), written.begin() + 1, written.begin() + static_cast<std::ptrdiff_t>(end));
      written.remove_prefix(end + 1);
    } else {
      assert(written.size() >= 2);
      std::uint8_t byte = 0;
      const auto parsed = std::from_chars(written.data(), written.data() + 2, byte, 16);
      assert(parsed.ptr == written.data() + 2);
      bytes.push_back(byte);
      written.remove_prefix(2);
    }
  }
  return bytes;
}

Bytes packet(std::uint8_t first, const Bytes& body) {
  Bytes bytes{first};
  auto length = body.size();
  for (; length > 0x7F; length >>= 7) bytes.push_back(static_cast<std::uint8_t>(length | 0x80));
  bytes.push_back(static_cast<std::uint8_t>(length));
  return std::move(bytes) + body;
}

Bytes packet(std::uint8_t first, std::string_view body) { return packet(first, wire(body)); }

Bytes text(std::string_view value) {
  Bytes bytes{static_cast<std::uint8_t>(value.size() >> 8), static_cast<std::uint8_t>(value.size())};
  bytes.insert(bytes.end(), value.begin(), value.end());
  return bytes;
}

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

std::string to_hex(ByteView bytes) {
  std::string text;
  for (const auto byte : bytes) text += fmt::format("{:02X} ", byte);
  return text;
}

}  // namespace sluice::codec::test
