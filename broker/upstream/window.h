// The messages between the outbox and the cloud: taken from the store and not yet released. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "broker/store/store.h"

namespace sluice::upstream {

/// One transmission of one message; a repetition is another one. Never 0, never used twice, so an
/// acknowledgement that comes late can release nothing that was sent again.
using Token = std::uint64_t;

/// Holds at most `size` messages in sequence order. They are sent from the front on and released
/// from the front on: one that was acknowledged out of turn waits for those before it.
class Window {
 public:
  explicit Window(std::size_t size) : size_(size) {}

  std::size_t size() const { return size_; }
  std::size_t room() const { return size_ - entries_.size(); }
  bool empty() const { return entries_.empty(); }

  /// Sent, and neither acknowledged nor refused.
  std::size_t in_flight() const { return in_flight_; }

  /// Behind the others; there must be room.
  void add(store::StoredMessage message);

  /// The next to be sent; null when all are.
  const store::StoredMessage* next_unsent() const;
  void mark_sent(Token token);

  /// False when the token is unknown, or has had its answer: nothing changes then.
  bool acknowledge(Token token);

  /// As acknowledge(), and gives the sequence number; the message stays.
  std::optional<std::uint64_t> refuse(Token token);

  /// Takes away the acknowledged messages at the front and gives the number of the last one.
  std::optional<std::uint64_t> release();

  /// Everything is to be sent again, in order and without a hole; tokens given out become unknown.
  void rewind();

 private:
  enum class State : std::uint8_t { unsent, in_flight, acknowledged, refused };
  struct Entry {
    store::StoredMessage message;
    Token token = 0;
    State state = State::unsent;
  };

  Entry* find_in_flight(Token token);

  const std::size_t size_;
  std::deque<Entry> entries_;
  std::size_t next_ = 0;  // position of the first unsent one
  std::size_t in_flight_ = 0;
};

}  // namespace sluice::upstream
