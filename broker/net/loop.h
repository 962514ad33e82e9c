// The thread on which all sockets are served, and with them everything that they feed. Whatever is
// done in one pass leaves the connections together: each is written to once per pass.
#pragma once

#include <functional>
#include <memory>

#include "gateway/base/clock.h"

namespace sluice::net {

class LoopCore;

/// Listeners and connections end before their loop. All calls but post and stop are for the thread
/// that runs it, or for any thread before it runs.
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Serves until stop; the calling thread is the loop's thread.
  void run();

  /// Any thread. What has been posted before still runs.
  void stop();

  /// Any thread, never blocks. Runs `function` on the loop's thread, in the order of the calls, and
  /// wakes it once for all that come together. For wake-ups and answers, whose number is bounded
  /// where they are made: that 65,536 wait is a broken invariant.
  void post(std::function<void()> function);

  /// Calls `tick` again and again, `period` apart; a tick that came too late is not made up for.
  void every(Duration period, std::function<void(MonotonicTime)> tick);

  LoopCore& core() { return *core_; }

 private:
  const std::unique_ptr<LoopCore> core_;
};

}  // namespace sluice::net
