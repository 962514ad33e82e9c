// How a message lies in a row of the outbox. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gateway/base/bytes.h"
#include "gateway/base/message.h"
#include "gateway/base/result.h"

namespace sluice::store {

/// What is known of a row beside its message; the checksum covers it, too.
struct RowHead {
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::int64_t stored_at_us = 0;  // microseconds since 1970
};

/// The body of a row; `into` is overwritten. MonotonicTime means nothing in another process, so
/// `received` is not kept.
void encode_body(const Message& message, Bytes& into);

/// Exactly the size that encode_body gives.
std::size_t body_size(const Message& message);

/// Fails when the bytes end early, do not end where they should, or are of an unknown kind.
Result<Message> decode_body(ByteView body);

/// CRC-32C over head and body. SQLite itself does not notice a flipped bit in a payload.
std::uint32_t row_checksum(const RowHead& head, ByteView body);

}  // namespace sluice::store
