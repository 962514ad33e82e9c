// A cursor over the bytes of one packet. It never reads past their end: the first thing that does
// not fit, or that a decoder refuses, ends the reading, and from then on there is nothing left and
// every value is zero or empty. Decoders therefore read straight on and ask once, at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "broker/codec/decoder.h"
#include "gateway/base/bytes.h"
#include "gateway/base/utf8.h"

namespace sluice::codec {

class Reader {
 public:
  explicit Reader(ByteView input) : rest_(input) {}

  bool ok() const { return ok_; }
  bool done() const { return rest_.empty(); }
  std::size_t left() const { return rest_.size(); }

  /// Of the first refusal.
  const DecodeError& error() const { return error_; }

  void refuse(Reason reason, std::string_view why) {
    if (ok_) error_ = {reason, why};
    ok_ = false;
    rest_ = {};
  }

  std::uint8_t byte() {
    const auto bytes = take(1);
    return bytes.empty() ? 0 : bytes[0];
  }

  std::uint16_t two_bytes() {
    const auto bytes = take(2);
    return bytes.empty() ? 0 : static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
  }

  std::uint32_t four_bytes() {
    const std::uint32_t high = two_bytes();
    return high << 16 | two_bytes();
  }

  /// Variable byte integer (section 1.5.5): seven bits a byte, lowest first, at most four bytes,
  /// in the shortest form [MQTT-1.5.5-1].
  std::uint32_t variable() {
    std::uint32_t value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      const std::uint8_t next = byte();
      value |= static_cast<std::uint32_t>(next & 0x7F) << shift;
      if (next & 0x80) continue;
      if (next == 0 && shift > 0) refuse(Reason::malformed_packet, "variable byte integer not in its shortest form");
      return value;
    }
    refuse(Reason::malformed_packet, "variable byte integer of more than 4 bytes");
    return 0;
  }

  /// Two bytes of length, then so many bytes.
  ByteView binary() { return take(two_bytes()); }

  /// As binary, and UTF-8 as MQTT demands it (section 1.5.4).
  std::string_view text() {
    const auto text = as_text(binary());
    if (is_valid_utf8(text)) return text;
    refuse(Reason::malformed_packet, "text that is not well-formed UTF-8");
    return {};
  }

  ByteView rest() { return take(left()); }

 private:
  ByteView take(std::size_t size) {
    if (size > rest_.size()) {
      refuse(Reason::malformed_packet, "packet ends too early");
      return {};
    }
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  ByteView rest_;
  DecodeError error_;
  bool ok_ = true;
};

}  // namespace sluice::codec
