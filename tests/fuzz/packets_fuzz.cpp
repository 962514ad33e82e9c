// Any bytes, as packets: the decoder neither crashes nor reads too far, and what it understood is
// understood again, and in the same way, after it was encoded.
#include <algorithm>
#include <cassert>
#include <memory>

#include "broker/codec/decoder.h"
#include "broker/codec/encoder.h"
#include "tests/fuzz/packet_input.h"

namespace sluice::fuzz {
namespace {

using codec::Frame;
using codec::Packet;

// In memory of exactly its size, so that a sanitizer sees one byte read too many.
struct Exact {
  explicit Exact(ByteView bytes) : memory(new std::uint8_t[bytes.size()]), size(bytes.size()) {
    std::ranges::copy(bytes, memory.get());
  }
  ByteView view() const { return {memory.get(), size}; }
  std::unique_ptr<std::uint8_t[]> memory;
  std::size_t size;
};

Bytes encoded(const Packet& packet, codec::Version version) {
  Bytes bytes;
  codec::encode(packet, version, bytes);
  assert(bytes.size() == codec::encoded_size(packet, version));
  return bytes;
}

void check_packet(ByteView bytes, const PacketInput& input) {
  const Exact exact(bytes);
  Packet packet;
  codec::DecodeError error;
  if (!codec::decode(exact.view(), input.side, input.version, {}, packet, error)) {
    assert(codec::is_failure(error.reason));
    assert(!error.why.empty());
    return;
  }
  const auto* connect = std::get_if<codec::Connect>(&packet);
  const auto version = connect != nullptr ? connect->version : input.version;
  const auto once = encoded(packet, version);
  assert(once.size() <= bytes.size());
  const bool understood = codec::decode(once, input.side, version, {}, packet, error);
  assert(understood);
  assert(encoded(packet, version) == once);
}

void check_stream(ByteView bytes, PacketInput input) {
  while (!bytes.empty()) {
    const Exact exact(bytes);
    const auto frame = codec::find_frame(exact.view(), input.side, input.version, {}, input.expect_connect);
    if (frame.state != Frame::State::complete) return;
    assert(frame.size >= 2 && frame.size <= bytes.size());
    check_packet(bytes.first(frame.size), input);
    bytes = bytes.subspan(frame.size);
    input.expect_connect = false;
  }
}

}  // namespace
}  // namespace sluice::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  sluice::fuzz::check_stream({data + 1, size - 1}, sluice::fuzz::read_first_byte(data[0]));
  return 0;
}
