#include "broker/upstream/window.h"

#include <cassert>
#include <utility>

namespace sluice::upstream {

void Window::add(store::StoredMessage message) {
  assert(room() > 0);
  assert(entries_.empty() || message.sequence > entries_.back().message.sequence);
  entries_.push_back({std::move(message), 0, State::unsent});
}

const store::StoredMessage* Window::next_unsent() const {
  return next_ < entries_.size() ? &entries_[next_].message : nullptr;
}

void Window::mark_sent(Token token) {
  assert(next_ < entries_.size() && token != 0);
  entries_[next_].token = token;
  entries_[next_].state = State::in_flight;
  ++next_;
  ++in_flight_;
}

Window::Entry* Window::find_in_flight(Token token) {
  for (auto& entry : entries_) {
    if (entry.token == token && entry.state == State::in_flight) return &entry;
  }
  return nullptr;
}

bool Window::acknowledge(Token token) {
  auto* entry = find_in_flight(token);
  if (entry == nullptr) return false;
  entry->state = State::acknowledged;
  --in_flight_;
  return true;
}

std::optional<std::uint64_t> Window::refuse(Token token) {
  auto* entry = find_in_flight(token);
  if (entry == nullptr) return std::nullopt;
  entry->state = State::refused;
  --in_flight_;
  return entry->message.sequence;
}

std::optional<std::uint64_t> Window::release() {
  std::optional<std::uint64_t> last;
  while (!entries_.empty() && entries_.front().state == State::acknowledged) {
    last = entries_.front().message.sequence;
    entries_.pop_front();
    --next_;
  }
  return last;
}

void Window::rewind() {
  for (auto& entry : entries_) {
    entry.token = 0;
    entry.state = State::unsent;
  }
  next_ = 0;
  in_flight_ = 0;
}

}  // namespace sluice::upstream
