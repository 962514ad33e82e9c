// Damaged packets. Each input lies in a buffer of exactly its size, so that a sanitizer sees one byte
// read too many.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

#include "broker/codec/decoder.h"
#include "broker/codec/encoder.h"
#include "tests/unit/codec/samples.h"
#include "tests/unit/codec/wire.h"

namespace {
std::size_t allocations = 0;
}

// NOLINTBEGIN: counts, and otherwise does what the originals do.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
// NOLINTEND

namespace sluice::codec::test {
namespace {

class ExactCopy {
 public:
  explicit ExactCopy(ByteView bytes) : memory_(new std::uint8_t[bytes.size()]), size_(bytes.size()) {
    std::ranges::copy(bytes, memory_.get());
  }
  ByteView view() const { return {memory_.get(), size_}; }

 private:
  std::unique_ptr<std::uint8_t[]> memory_;
  std::size_t size_;
};

bool is_connect(ByteView bytes) { return !bytes.empty() && bytes[0] >> 4 == 1; }

// The bytes with the remaining length that they really have; what follows a header is shorter
// than 128 in every sample when this is asked for.
Bytes with_true_length(ByteView bytes, std::size_t size) {
  Bytes shortened(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
  if (size >= 2) shortened[1] = static_cast<std::uint8_t>(size - 2);
  return shortened;
}

TEST(Damage, APacketCutAnywhereIsIncomplete) {
  for (const auto& sample : samples()) {
    SCOPED_TRACE(sample.name);
    for (std::size_t size = 0; size < sample.bytes.size(); ++size) {
      const ExactCopy cut(ByteView(sample.bytes).first(size));
      const auto frame =
          find_frame(cut.view(), sample.reader, sample.version, DecodeLimits{}, is_connect(sample.bytes));
      EXPECT_EQ(frame.state, Frame::State::incomplete) << size;
      Packet packet;
      DecodeError error;
      EXPECT_FALSE(decode(cut.view(), sample.reader, sample.version, DecodeLimits{}, packet, error));
    }
  }
}

// A cut packet whose length was set right can still be a whole one (a shorter payload); what it
// must not do is to read on behind its end.
TEST(Damage, APacketThatEndsTooEarlyIsReadToItsEndAtMost) {
  for (const auto& sample : samples()) {
    ASSERT_LT(sample.bytes.size(), 129u);
    for (std::size_t size = 2; size < sample.bytes.size(); ++size) {
      const ExactCopy cut(with_true_length(sample.bytes, size));
      Packet packet;
      DecodeError error;
      if (decode(cut.view(), sample.reader, sample.version, DecodeLimits{}, packet, error)) continue;
      EXPECT_NE(error.reason, Reason::success) << sample.name << " at " << size;
    }
  }
}

TEST(Damage, NoFlippedBitBreaksTheDecoder) {
  for (const auto& sample : samples()) {
    for (std::size_t bit = 0; bit < sample.bytes.size() * 8; ++bit) {
      auto flipped = sample.bytes;
      flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ 1 << bit % 8);
      const ExactCopy exact(flipped);
      Packet packet;
      DecodeError error;
      if (!decode(exact.view(), sample.reader, sample.version, DecodeLimits{}, packet, error)) continue;
      Bytes encoded;
      const auto* connect = std::get_if<Connect>(&packet);
      encode(packet, connect ? connect->version : sample.version, encoded);
      EXPECT_FALSE(encoded.empty());
    }
  }
}

TEST(HotPath, DecodesAndEncodesAPublishWithoutAllocating) {
  const auto bytes = wire("32 11 00 03 'a/b' 00 01 05 02 00 00 00 3C '22.5'");
  Packet packet;
  DecodeError error;
  Bytes out;
  out.reserve(256);
  const auto before = allocations;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(decode(bytes, Side::server, Version::v5_0, DecodeLimits{}, packet, error));
    encode(*std::get_if<Publish>(&packet), Version::v5_0, out);
    encode(Acknowledgement{.packet_id = 1}, Version::v5_0, out);
  }
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(out.size(), 3 * (bytes.size() + 4));
}

}  // namespace
}  // namespace sluice::codec::test
