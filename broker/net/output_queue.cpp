#include "broker/net/output_queue.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace sluice::net {

namespace {

// A queue that never runs empty gives back what it has sent in steps of this size.
constexpr std::size_t kDropAt = 64 * 1024;
constexpr std::size_t kDropPayloadsAt = 256;

}  // namespace

void OutputQueue::share(MessagePtr message) {
  if (message->payload.empty()) return;
  shared_ += message->payload.size();
  payloads_.push_back({bytes_.size(), std::move(message)});
}

std::size_t OutputQueue::gather(std::span<ByteView> views) const {
  std::size_t count = 0;
  std::size_t at = sent_;
  std::size_t skip = sent_of_first_;
  const auto add = [&](ByteView view) {
    if (!view.empty() && count < views.size()) views[count++] = view;
  };
  for (auto i = first_; i < payloads_.size() && count < views.size(); ++i) {
    const auto& [offset, message] = payloads_[i];
    add(ByteView(bytes_).subspan(at, offset - at));
    add(as_bytes(message->payload).subspan(skip));
    at = offset;
    skip = 0;
  }
  add(ByteView(bytes_).subspan(at));
  return count;
}

// Of the bytes, up to where the next payload comes in.
std::size_t OutputQueue::end_of_bytes() const {
  return first_ < payloads_.size() ? payloads_[first_].offset : bytes_.size();
}

void OutputQueue::consume(std::size_t count) {
  assert(count <= size());
  while (count > 0) {
    const auto bytes = std::min(count, end_of_bytes() - sent_);
    sent_ += bytes;
    count -= bytes;
    if (count == 0) break;
    auto& message = payloads_[first_].message;
    const auto taken = std::min(count, message->payload.size() - sent_of_first_);
    sent_of_first_ += taken;
    shared_ -= taken;
    count -= taken;
    if (sent_of_first_ < message->payload.size()) break;
    message.reset();
    ++first_;
    sent_of_first_ = 0;
  }
  drop_sent();
}

void OutputQueue::drop_sent() {
  if (empty()) {
    bytes_.clear();
    payloads_ = {};
    sent_ = first_ = 0;
    return;
  }
  if (sent_ >= kDropAt && sent_ >= bytes_.size() / 2) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(sent_));
    for (auto i = first_; i < payloads_.size(); ++i) payloads_[i].offset -= sent_;
    sent_ = 0;
  }
  if (first_ >= kDropPayloadsAt && first_ >= payloads_.size() / 2) {
    payloads_.erase(payloads_.begin(), payloads_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

Bytes OutputQueue::release() {
  assert(empty());
  return std::exchange(bytes_, {});
}

void OutputQueue::adopt(Bytes memory) {
  assert(bytes_.empty());
  bytes_ = std::move(memory);
}

}  // namespace sluice::net
