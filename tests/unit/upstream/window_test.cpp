#include "broker/upstream/window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace sluice::upstream {
namespace {

store::StoredMessage stored(std::uint64_t sequence) {
  return {1, sequence, WallTime{}, std::make_shared<const Message>()};
}

/// A window with `count` messages from sequence 1 on, all sent; the token of each is 100 + its sequence.
Window sent(std::size_t count) {
  Window window(count);
  for (std::uint64_t n = 1; n <= count; ++n) {
    window.add(stored(n));
    window.mark_sent(100 + n);
  }
  return window;
}

TEST(Window, SendsInOrder) {
  Window window(3);
  for (std::uint64_t n = 1; n <= 3; ++n) window.add(stored(n));
  for (std::uint64_t n = 1; n <= 3; ++n) {
    ASSERT_NE(window.next_unsent(), nullptr);
    EXPECT_EQ(window.next_unsent()->sequence, n);
    window.mark_sent(n);
  }
  EXPECT_EQ(window.next_unsent(), nullptr);
  EXPECT_EQ(window.in_flight(), 3u);
  EXPECT_EQ(window.room(), 0u);
}

TEST(Window, ReleasesWhatIsAcknowledgedFromTheFrontOn) {
  auto window = sent(4);
  EXPECT_TRUE(window.acknowledge(102));
  EXPECT_TRUE(window.acknowledge(103));
  EXPECT_EQ(window.release(), std::nullopt) << "the first is still open";
  EXPECT_EQ(window.room(), 0u);
  EXPECT_TRUE(window.acknowledge(101));
  EXPECT_EQ(window.release(), 3u);
  EXPECT_EQ(window.room(), 3u);
  EXPECT_TRUE(window.acknowledge(104));
  EXPECT_EQ(window.release(), 4u);
  EXPECT_TRUE(window.empty());
}

TEST(Window, ReleasesNothingTwice) {
  auto window = sent(2);
  EXPECT_TRUE(window.acknowledge(101));
  EXPECT_EQ(window.release(), 1u);
  EXPECT_EQ(window.release(), std::nullopt);
  EXPECT_FALSE(window.acknowledge(101));
}

TEST(Window, IgnoresRepeatedAndUnknownAcknowledgements) {
  auto window = sent(2);
  EXPECT_TRUE(window.acknowledge(102));
  EXPECT_FALSE(window.acknowledge(102));
  EXPECT_FALSE(window.acknowledge(0));
  EXPECT_FALSE(window.acknowledge(99));
  EXPECT_EQ(window.in_flight(), 1u);
  EXPECT_EQ(window.release(), std::nullopt);
}

TEST(Window, IgnoresAcknowledgementsFromBeforeARewind) {
  auto window = sent(2);
  window.rewind();
  EXPECT_EQ(window.in_flight(), 0u);
  EXPECT_FALSE(window.acknowledge(101));
  window.mark_sent(201);
  EXPECT_FALSE(window.acknowledge(101)) << "the token of the transmission before";
  EXPECT_EQ(window.release(), std::nullopt);
  EXPECT_TRUE(window.acknowledge(201));
  EXPECT_EQ(window.release(), 1u);
}

TEST(Window, SendsAllAgainAfterARewindWithoutAHole) {
  auto window = sent(4);
  EXPECT_TRUE(window.acknowledge(101));
  EXPECT_TRUE(window.acknowledge(103));
  EXPECT_EQ(window.release(), 1u);
  window.rewind();
  std::vector<std::uint64_t> again;
  for (Token token = 500; const auto* next = window.next_unsent(); ++token) {
    again.push_back(next->sequence);
    window.mark_sent(token);
  }
  EXPECT_EQ(again, (std::vector<std::uint64_t>{2, 3, 4}));
}

TEST(Window, KeepsWhatWasRefused) {
  auto window = sent(3);
  EXPECT_EQ(window.refuse(101), 1u);
  EXPECT_EQ(window.refuse(101), std::nullopt);
  EXPECT_FALSE(window.acknowledge(101));
  EXPECT_TRUE(window.acknowledge(102));
  EXPECT_EQ(window.in_flight(), 1u);
  EXPECT_EQ(window.release(), std::nullopt);
  window.rewind();
  EXPECT_EQ(window.next_unsent()->sequence, 1u);
}

// Every order in which five answers can come.
TEST(Window, ReleasesExactlyTheContiguousFrontInEveryOrderOfAnswers) {
  std::vector<std::uint64_t> order(5);
  std::iota(order.begin(), order.end(), 1);
  do {
    auto window = sent(order.size());
    std::vector<bool> answered(order.size() + 2, false);
    std::uint64_t released = 0;
    for (const auto sequence : order) {
      ASSERT_TRUE(window.acknowledge(100 + sequence));
      answered[sequence] = true;
      released = window.release().value_or(released);
      std::uint64_t expected = 0;
      while (answered[expected + 1]) ++expected;
      ASSERT_EQ(released, expected);
    }
    ASSERT_TRUE(window.empty());
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace
}  // namespace sluice::upstream
