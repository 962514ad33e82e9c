#include "broker/net/output_queue.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

namespace sluice::net {
namespace {

MessagePtr message(std::string payload) {
  auto made = std::make_shared<Message>();
  made->payload = std::move(payload);
  return made;
}

void append(OutputQueue& queue, std::string_view text) {
  const auto bytes = as_bytes(text);
  queue.tail().insert(queue.tail().end(), bytes.begin(), bytes.end());
}

std::string gathered(const OutputQueue& queue, std::size_t max_views) {
  std::array<ByteView, 64> views;
  const auto count = queue.gather(std::span(views).first(max_views));
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += as_text(views[i]);
  return all;
}

TEST(OutputQueue, KeepsBytesAndPayloadsInOrder) {
  OutputQueue queue;
  append(queue, "one ");
  queue.share(message("two "));
  queue.share(message("three "));
  append(queue, "four");
  EXPECT_EQ(queue.size(), 18u);
  EXPECT_EQ(gathered(queue, 64), "one two three four");
  EXPECT_EQ(gathered(queue, 2), "one two ");
}

TEST(OutputQueue, SharesPayloadsAndLetsThemGoOnceSent) {
  OutputQueue queue;
  const auto payload = message("payload");
  queue.share(payload);
  queue.share(message(""));
  std::array<ByteView, 2> views;
  ASSERT_EQ(queue.gather(views), 1u);
  EXPECT_EQ(as_text(views[0]).data(), payload->payload.data());
  queue.consume(3);
  EXPECT_EQ(payload.use_count(), 2);
  EXPECT_EQ(gathered(queue, 64), "load");
  queue.consume(4);
  EXPECT_EQ(payload.use_count(), 1);
  EXPECT_TRUE(queue.empty());
}

TEST(OutputQueue, GivesBackWhatItHasSentThoughItNeverRunsEmpty) {
  OutputQueue queue;
  const std::string chunk(1000, 'x');
  append(queue, chunk);
  for (int i = 0; i < 10'000; ++i) {
    append(queue, chunk);
    queue.share(message("p"));
    queue.consume(1001);
  }
  EXPECT_EQ(queue.size(), 1000u);
  EXPECT_LT(queue.tail().capacity(), 1u << 20);
}

TEST(OutputQueue, AgreesWithAPlainTextWhateverHappensToIt) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    OutputQueue queue;
    std::string expected;
    for (int step = 0; step < 400; ++step) {
      const std::string text(random() % 2000, static_cast<char>('a' + random() % 26));
      switch (random() % 3) {
        case 0:
          append(queue, text);
          expected += text;
          break;
        case 1:
          queue.share(message(text));
          expected += text;
          break;
        default: {
          const auto count = expected.empty() ? 0 : random() % (expected.size() + 1);
          queue.consume(count);
          expected.erase(0, count);
        }
      }
      ASSERT_EQ(queue.size(), expected.size());
      const auto front = gathered(queue, 8);
      ASSERT_EQ(front, expected.substr(0, front.size()));
      ASSERT_EQ(front.empty(), expected.empty());
    }
  }
}

}  // namespace
}  // namespace sluice::net
