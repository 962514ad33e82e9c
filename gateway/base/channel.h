// The only way in which threads talk: a bounded queue into which any thread pushes and from which
// its owner drains whole batches.
#pragma once

#include <cassert>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "gateway/base/clock.h"

namespace sluice {

/// A bounded queue. Full means that push answers false and keeps nothing: what happens then is
/// the pusher's rule, to be named where the channel is built. The receiver is woken once per
/// batch, not once per item: `wake` is called on the pushing thread when the first item after a
/// drain arrives. A thread that has nothing else to wait for passes no `wake` and blocks in
/// wait_drain instead.
template <class T>
class Channel {
 public:
  explicit Channel(std::size_t capacity, std::function<void()> wake = {})
      : capacity_(capacity), wake_(std::move(wake)) {
    assert(capacity > 0);
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Any thread. False when the channel is full or closed; `item` is untouched then.
  [[nodiscard]] bool push(T&& item) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || items_.size() >= capacity_) return false;
      items_.push_back(std::move(item));
      if (items_.size() > 1) return true;
    }
    announce();
    return true;
  }

  /// Owner thread. All that is there, oldest first; empty when there is nothing.
  std::vector<T> drain() {
    const std::lock_guard lock(mutex_);
    return std::exchange(items_, {});
  }

  /// Owner thread. Waits until something is there, the channel is closed or `until` has come,
  /// then drains.
  std::vector<T> wait_drain(MonotonicTime until) {
    std::unique_lock lock(mutex_);
    // wait_until with the greatest time point overflows inside the library.
    const auto ready = [this] { return !items_.empty() || closed_; };
    if (until == MonotonicTime::max()) {
      filled_.wait(lock, ready);
    } else {
      filled_.wait_until(lock, until, ready);
    }
    return std::exchange(items_, {});
  }

  /// Any thread. Nothing is accepted any more; what is there can still be drained.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    announce();
  }

  bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  void announce() {
    filled_.notify_one();
    if (wake_) wake_();
  }

  const std::size_t capacity_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::vector<T> items_;
  bool closed_ = false;
};

}  // namespace sluice
