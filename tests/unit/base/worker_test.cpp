#include "gateway/base/worker.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <csignal>
#include <future>
#include <string>

namespace sluice {
namespace {

using namespace std::chrono_literals;

TEST(Worker, SaysWhetherItEndedInTime) {
  std::promise<void> may_end;
  Worker worker("slow", [&] { may_end.get_future().wait(); });
  EXPECT_FALSE(worker.join_until(monotonic_now() + 10ms));
  may_end.set_value();
  EXPECT_TRUE(worker.join_until(monotonic_now() + 10s));
  EXPECT_TRUE(worker.join_until(monotonic_now()));
}

TEST(Worker, LeavesSignalsToTheMainThread) {
  sigset_t blocked;
  sigemptyset(&blocked);
  Worker worker("quiet", [&] { pthread_sigmask(SIG_SETMASK, nullptr, &blocked); });
  ASSERT_TRUE(worker.join_until(monotonic_now() + 10s));
  EXPECT_EQ(sigismember(&blocked, SIGTERM), 1);
  sigset_t ours;
  pthread_sigmask(SIG_SETMASK, nullptr, &ours);
  EXPECT_EQ(sigismember(&ours, SIGTERM), 0);
}

}  // namespace
}  // namespace sluice
