// What one connection has still to send: bytes of its own, and between them payloads that it shares
// with others. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/message.h"

namespace sluice::net {

class OutputQueue {
 public:
  /// Bytes are appended here, never taken away. Good until the next call.
  Bytes& tail() { return bytes_; }

  /// The payload comes next.
  void share(MessagePtr message);

  bool empty() const { return size() == 0; }
  std::size_t size() const { return bytes_.size() - sent_ + shared_; }

  /// Fills `views` from the front; answers how many were filled.
  std::size_t gather(std::span<ByteView> views) const;

  /// So many bytes from the front have been sent.
  void consume(std::size_t count);

  /// Gives the memory of the bytes away; the queue must be empty.
  Bytes release();
  void adopt(Bytes memory);

 private:
  // A payload that comes after the bytes up to `offset`.
  struct Shared {
    std::size_t offset;
    MessagePtr message;
  };

  std::size_t end_of_bytes() const;
  void drop_sent();

  Bytes bytes_;
  std::size_t sent_ = 0;  // of bytes_
  std::vector<Shared> payloads_;
  std::size_t first_ = 0;  // of payloads_ that is not yet sent
  std::size_t sent_of_first_ = 0;
  std::size_t shared_ = 0;  // bytes of payloads that are not yet sent
};

}  // namespace sluice::net
