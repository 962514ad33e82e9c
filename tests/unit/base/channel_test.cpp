#include "gateway/base/channel.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace sluice {
namespace {

TEST(Channel, WakesOncePerBatch) {
  int wakes = 0;
  Channel<int> channel(8, [&] { ++wakes; });
  EXPECT_TRUE(channel.push(1));
  EXPECT_TRUE(channel.push(2));
  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(channel.drain(), (std::vector{1, 2}));
  EXPECT_TRUE(channel.push(3));
  EXPECT_EQ(wakes, 2);
}

TEST(Channel, RefusesWhenFullAndKeepsTheItemWithThePusher) {
  Channel<std::string> channel(1);
  EXPECT_TRUE(channel.push("first"));
  std::string second = "second";
  EXPECT_FALSE(channel.push(std::move(second)));
  EXPECT_EQ(second, "second");
}

TEST(Channel, GivesOutWhatItHeldWhenItWasClosed) {
  Channel<int> channel(4);
  EXPECT_TRUE(channel.push(1));
  channel.close();
  EXPECT_FALSE(channel.push(2));
  EXPECT_EQ(channel.wait_drain(MonotonicTime::max()), std::vector{1});
  EXPECT_TRUE(channel.wait_drain(MonotonicTime::max()).empty());
}

TEST(Channel, HandsOverEverythingBetweenThreads) {
  constexpr int kItems = 20000;
  Channel<int> channel(64);
  std::thread pusher([&] {
    for (int i = 0; i < kItems;) {
      if (channel.push(int{i}))
        ++i;
      else
        std::this_thread::yield();
    }
    channel.close();
  });
  int next = 0;
  for (auto batch = channel.wait_drain(MonotonicTime::max()); !batch.empty();
       batch = channel.wait_drain(MonotonicTime::max())) {
    for (const int item : batch) EXPECT_EQ(item, next++);
  }
  pusher.join();
  EXPECT_EQ(next, kItems);
}

}  // namespace
}  // namespace sluice
