#include "drivers/dlt645/frame.h"

#include <algorithm>
#include <numeric>

namespace sluice::dlt645 {

namespace {

constexpr std::uint8_t kWake = 0xFE;
constexpr std::uint8_t kStart = 0x68;
constexpr std::uint8_t kEnd = 0x16;
constexpr std::uint8_t kRaisedBy = 0x33;
/// What a meter may put into one answer (DL/T 645-2007, length of the data field when reading).
constexpr std::size_t kLongestBody = 200;

//   FE FE FE FE   68   A0 A1 A2 A3 A4 A5   68    C    L   BODY (+33H)    CS    16
//   wakes up      0    1               6   7     8    9   10 … 9+L      10+L  11+L
//
// C: bit 7 from the meter, bit 6 an error, bit 5 more frames follow, bits 4-0 the function.
// CS: the sum of all bytes from the first 68 to the last of the body, without carry.
constexpr std::size_t kSecondStart = 7;
constexpr std::size_t kControl = 8;
constexpr std::size_t kLength = 9;
constexpr std::size_t kBody = 10;

std::uint8_t sum_of(ByteView bytes) {
  return static_cast<std::uint8_t>(std::accumulate(bytes.begin(), bytes.end(), 0u));
}

enum class Shape : std::uint8_t { impossible, incomplete, whole };

/// What the bytes look like, which begin with a start byte.
Shape shape_of(ByteView bytes) {
  if (bytes.size() > kSecondStart && bytes[kSecondStart] != kStart) return Shape::impossible;
  if (bytes.size() <= kLength) return Shape::incomplete;
  if (bytes[kLength] > kLongestBody) return Shape::impossible;
  const auto size = frame_size(bytes[kLength]);
  if (bytes.size() < size) return Shape::incomplete;
  return bytes[size - 1] == kEnd ? Shape::whole : Shape::impossible;
}

Frame frame_in(ByteView bytes) {
  Frame frame;
  std::copy_n(bytes.begin() + 1, frame.address.size(), frame.address.begin());
  frame.control = bytes[kControl];
  for (const auto byte : bytes.subspan(kBody, bytes[kLength])) {
    frame.body.push_back(static_cast<std::uint8_t>(byte - kRaisedBy));
  }
  return frame;
}

}  // namespace

Bytes to_bytes(const Frame& frame, std::size_t preamble) {
  Bytes bytes(preamble, kWake);
  bytes.push_back(kStart);
  bytes.insert(bytes.end(), frame.address.begin(), frame.address.end());
  bytes.push_back(kStart);
  bytes.push_back(frame.control);
  bytes.push_back(static_cast<std::uint8_t>(frame.body.size()));
  for (const auto byte : frame.body) bytes.push_back(static_cast<std::uint8_t>(byte + kRaisedBy));
  bytes.push_back(sum_of(ByteView(bytes).subspan(preamble)));
  bytes.push_back(kEnd);
  return bytes;
}

Finding find_frame(ByteView received) {
  Finding finding;
  for (; finding.lead < received.size(); ++finding.lead) {
    const auto rest = received.subspan(finding.lead);
    const auto shape = rest[0] == kStart ? shape_of(rest) : Shape::impossible;
    if (shape == Shape::incomplete) return finding;
    if (shape == Shape::whole) {
      finding.size = frame_size(rest[kLength]);
      const auto summed = rest.first(finding.size - 2);
      finding.what = sum_of(summed) == rest[finding.size - 2] ? Found::frame : Found::broken;
      finding.frame = frame_in(rest);
      return finding;
    }
    if (rest[0] != kWake) ++finding.noise;
  }
  return finding;
}

}  // namespace sluice::dlt645
