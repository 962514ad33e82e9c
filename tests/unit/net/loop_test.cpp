#include "broker/net/loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/unit/net/loop_fixture.h"

namespace sluice::net::test {
namespace {

using LoopThread = LoopTest;

TEST_F(LoopThread, RunsWhatOthersPostInTheirOrderAndNothingElsewhere) {
  std::vector<int> order;
  std::thread::id runner;
  on_loop([&] { runner = std::this_thread::get_id(); });
  for (int i = 0; i < 1000; ++i) {
    loop_.post([&order, &runner, i] {
      EXPECT_EQ(std::this_thread::get_id(), runner);
      order.push_back(i);
    });
  }
  on_loop([] {});
  ASSERT_EQ(order.size(), 1000u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_F(LoopThread, RunsWhatIsPostedFromWithin) {
  std::promise<void> done;
  loop_.post([&] { loop_.post([&] { done.set_value(); }); });
  EXPECT_EQ(done.get_future().wait_until(deadline()), std::future_status::ready);
}

TEST_F(LoopThread, LosesNothingOfManyPosters) {
  std::atomic<int> ran = 0;
  std::vector<std::thread> posters;
  for (int poster = 0; poster < 4; ++poster) {
    posters.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) loop_.post([&ran] { ++ran; });
    });
  }
  for (auto& poster : posters) poster.join();
  on_loop([] {});
  EXPECT_EQ(ran, 20'000);
}

TEST_F(LoopThread, TicksAgainAndAgain) {
  std::promise<void> third;
  const auto begin = monotonic_now();
  on_loop([&] {
    loop_.every(std::chrono::milliseconds(20), [&, ticks = 0](MonotonicTime) mutable {
      if (++ticks == 3) third.set_value();
    });
  });
  ASSERT_EQ(third.get_future().wait_until(deadline()), std::future_status::ready);
  EXPECT_GE(monotonic_now() - begin, std::chrono::milliseconds(60));
}

TEST(Loop, CanBeToldToStopBeforeItRuns) {
  Loop loop;
  bool ran = false;
  loop.post([&ran] { ran = true; });
  loop.stop();
  loop.run();
  EXPECT_TRUE(ran);
}

}  // namespace
}  // namespace sluice::net::test
