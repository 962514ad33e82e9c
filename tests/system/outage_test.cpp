// The main promise: what was accepted arrives, in order, whatever happens between here and the cloud.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <thread>

#include "tests/system/bench_site.h"

namespace sluice::testing {
namespace {

constexpr int kRate = 200;
constexpr int kTopics = 4;

/// What the ledger and the cloud's subscriber say of one run.
struct Verdict {
  std::size_t lost = 0;        // accepted and never received
  std::size_t duplicates = 0;  // receptions beyond the first
  std::size_t disordered = 0;  // first receptions behind a later message of their topic
};

Verdict judge(const std::vector<Accepted>& accepted, const std::vector<Received>& received) {
  Verdict verdict;
  std::set<std::pair<std::string, std::string>> seen;
  std::map<std::string, long> highest;
  for (const auto& message : received) {
    if (!seen.emplace(message.topic, message.payload).second) {
      ++verdict.duplicates;
      continue;
    }
    const long number = std::stol(message.payload);
    const auto [last, first_of_topic] = highest.emplace(message.topic, number);
    if (first_of_topic) continue;
    if (number < last->second) ++verdict.disordered;
    last->second = std::max(last->second, number);
  }
  for (const auto& message : accepted) verdict.lost += seen.contains({message.topic, message.payload}) ? 0 : 1;
  return verdict;
}

/// Everything that was accepted is upstream when this marker is: a stream keeps its order. The
/// subscriber has come back by itself, to the session it had.
void wait_for_the_end(std::uint16_t edge, const Subscriber& above, const std::string& log) {
  publish_once(edge, "local/end", "0");
  ASSERT_TRUE(above.wait_for(on_topic("local/end"), seconds(60)).has_value()) << log;
}

TEST(Judge, CountsWhatIsMissingTwiceOrLate) {
  const std::vector<Accepted> accepted{{"t", "0"}, {"t", "1"}, {"t", "2"}, {"t", "3"}};
  std::vector<Received> received(4);
  for (auto& message : received) message.topic = "t";
  received[0].payload = "0";
  received[1].payload = "2";
  received[2].payload = "1";
  received[3].payload = "2";
  const auto verdict = judge(accepted, received);
  EXPECT_EQ(verdict.lost, 1U);
  EXPECT_EQ(verdict.duplicates, 1U);
  EXPECT_EQ(verdict.disordered, 1U);
}

TEST(Outage, OfTheCloudLosesNothingAndKeepsTheOrder) {
  TempDir folder;
  Cloud cloud(folder);
  Subscriber above(cloud.port(), "above", "local/#");
  GatewayUnderTest gateway(folder, site_text("", cloud_text(cloud.port())));
  gateway.start();
  Publisher publisher("publisher");
  ASSERT_TRUE(publisher.connect(gateway.port()));

  publisher.publish_for(seconds(2), kRate, "local", kTopics);
  cloud.stop();
  publisher.publish_for(seconds(20), kRate, "local", kTopics);
  cloud.start();
  publisher.publish_for(seconds(2), kRate, "local", kTopics);
  ASSERT_TRUE(publisher.settle()) << gateway.log();
  ASSERT_EQ(publisher.accepted().size(), publisher.published());
  ASSERT_EQ(publisher.published(), 24U * kRate);
  ASSERT_NO_FATAL_FAILURE(wait_for_the_end(gateway.port(), above, gateway.log()));

  const auto verdict = judge(publisher.accepted(), above.all());
  EXPECT_EQ(verdict.lost, 0U) << gateway.log();
  EXPECT_EQ(verdict.disordered, 0U);
  RecordProperty("duplicates", static_cast<int>(verdict.duplicates));
}

TEST(Outage, OfTheCloudAndAKillInTheMiddleLoseNothing) {
  constexpr std::size_t kWindow = 64;
  TempDir folder;
  Cloud cloud(folder);
  Subscriber above(cloud.port(), "above", "local/#");
  GatewayUnderTest gateway(folder, site_text("", cloud_text(cloud.port())));
  gateway.start();
  Publisher publisher("publisher");
  ASSERT_TRUE(publisher.connect(gateway.port()));

  publisher.publish_for(seconds(2), kRate, "local", kTopics);
  cloud.stop();
  // The gateway dies while messages are on their way to it: on a thread, so that they are.
  std::thread traffic([&] { publisher.publish_for(seconds(30), kRate, "local", kTopics); });
  const auto half_time = monotonic_now() + seconds(5);
  EXPECT_FALSE(gateway.process().wait_until(half_time).has_value()) << gateway.log();
  gateway.kill();
  traffic.join();
  gateway.start();
  ASSERT_TRUE(publisher.connect(gateway.port()));
  publisher.publish_for(seconds(5), kRate, "local", kTopics);
  cloud.start();
  publisher.publish_for(seconds(2), kRate, "local", kTopics);
  ASSERT_TRUE(publisher.settle()) << gateway.log();
  ASSERT_GT(publisher.accepted().size(), 10U * kRate);
  ASSERT_NO_FATAL_FAILURE(wait_for_the_end(gateway.port(), above, gateway.log()));

  const auto verdict = judge(publisher.accepted(), above.all());
  EXPECT_EQ(verdict.lost, 0U) << gateway.log();
  EXPECT_EQ(verdict.disordered, 0U);
  EXPECT_LE(verdict.duplicates, kWindow + 100);
  RecordProperty("duplicates", static_cast<int>(verdict.duplicates));
}

}  // namespace
}  // namespace sluice::testing
