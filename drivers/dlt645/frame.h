// Frames of DL/T 645 as bytes, and bytes as frames. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sluice::dlt645 {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// A meter's address as it travels: twelve BCD digits, the lowest two first.
using Address = std::array<std::uint8_t, 6>;

/// Any meter may answer this one; the answer names its own.
inline constexpr Address kAnyMeter{0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA};

/// What a frame is about; `body` is without the 33H that each of its bytes is raised by on the wire.
struct Frame {
  Address address{};
  std::uint8_t control = 0;
  Bytes body;

  bool operator==(const Frame&) const = default;
};

/// Bytes of a frame with a body of `size`, the bytes that wake the meter not counted.
constexpr std::size_t frame_size(std::size_t body_size) { return 12 + body_size; }

/// With `preamble` bytes FE in front.
Bytes to_bytes(const Frame& frame, std::size_t preamble);

enum class Found : std::uint8_t {
  nothing,  // no frame, or not all of it yet
  frame,
  broken,  // the shape of a frame, but the checksum is wrong
};

struct Finding {
  Found what = Found::nothing;
  std::size_t lead = 0;   // bytes in front that belong to no frame, and can be dropped
  std::size_t noise = 0;  // how many of these are no FE
  std::size_t size = 0;   // of the frame behind them
  Frame frame;
};

/// The first frame in what was received. While bytes may still become a frame, nothing inside them is
/// considered, so that content is never read as a frame.
Finding find_frame(ByteView received);

}  // namespace sluice::dlt645
