// A named thread whose end can be waited for with a deadline.
#pragma once

#include <functional>
#include <future>
#include <string>
#include <thread>

#include "gateway/base/clock.h"

namespace sluice {

/// Runs `body` on a thread of its own, named `name` (the kernel shows the first 15 bytes), with
/// all signals blocked: signals belong to the main thread. The destructor joins.
class Worker {
 public:
  Worker() = default;
  Worker(std::string name, std::function<void()> body);
  Worker(Worker&&) = default;
  Worker& operator=(Worker&&) = delete;
  ~Worker();

  /// Waits for `body` to return. False when it has not by `until`; the thread then goes on, and
  /// the caller decides what its stay means.
  [[nodiscard]] bool join_until(MonotonicTime until);

 private:
  std::future<void> done_;
  std::thread thread_;
};

}  // namespace sluice
