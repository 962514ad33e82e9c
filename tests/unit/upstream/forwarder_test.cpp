// The forwarder against a real store and a cloud that does as it is told, in virtual time.
#include "broker/upstream/forwarder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <random>
#include <set>

#include "broker/upstream/stamp.h"
#include "tests/unit/store/store_fixture.h"

namespace sluice::upstream {
namespace {

using namespace std::chrono_literals;
using store::append;
using store::eventually;
using store::message;
using store::wait_until_stored;

constexpr std::size_t kWindow = 8;

/// Records what it is asked to do; the test gives the answers.
class FakeRemote final : public Remote {
 public:
  struct Sent {
    Token token;
    std::uint64_t sequence;
  };

  void connect(ConnectionId connection) override {
    last_connection = connection;
    alive = true;
    open.clear();
  }
  Result<void> subscribe() override {
    ++subscribes;
    return {};
  }
  Result<void> publish(Token token, const Message& published) override {
    if (!alive || fails_to_publish) return Error{"not connected"};
    const auto& [name, value] = published.properties.user.back();
    EXPECT_EQ(name, kSequenceProperty);
    open.push_back({token, std::stoull(value)});
    all.push_back(open.back().sequence);
    return {};
  }
  Result<void> heartbeat(Token token) override {
    heartbeats.push_back(token);
    return {};
  }
  void abandon() override {
    alive = false;
    ++abandoned;
  }
  void disconnect() override { alive = false; }

  ConnectionId last_connection = 0;
  bool alive = false;
  bool fails_to_publish = false;
  int subscribes = 0;
  int abandoned = 0;
  std::vector<Sent> open;          // published on this connection and not yet answered
  std::vector<std::uint64_t> all;  // sequence numbers as they arrived, repetitions included
  std::vector<Token> heartbeats;
};

class ForwarderTest : public ::testing::Test {
 protected:
  ForwarderTest() {
    auto settings = store::settings_in(directory_.path() / "store");
    store_ = store::open_store(settings);
    start();
  }

  static Settings settings() {
    Settings made;
    made.name = "cloud";
    made.gateway = "plant7";
    made.window = kWindow;
    return made;
  }

  void start() {
    forwarder_.emplace(settings(), remote_, *store_, 0, events_, [this] { return chance_; });
    tick();
  }

  void store_messages(int count) {
    store::Ticket last = 0;
    for (int n = 0; n < count; ++n) last = append(*store_, message("t", std::to_string(n)));
    ASSERT_TRUE(wait_until_stored(*store_, last));
    forwarder_->handle(Woken{}, now());
    settle();
  }

  Now now() const { return {time_, WallTime{} + (time_ - MonotonicTime{})}; }

  void tick() { forwarder_->tick(now()); }

  /// Hands over what the store has answered, until it has nothing under way any more. A question
  /// of our own comes behind those of the forwarder: the store answers in order.
  void settle() {
    for (int round = 0; round < 3; ++round) {
      tick();
      store::fetch(*store_, UINT64_MAX >> 1, 1);
      for (auto& event : events_->drain()) {
        std::visit([&](auto& one) { forwarder_->handle(std::move(one), now()); }, event);
      }
    }
    tick();
  }

  void pass(Duration time) {
    time_ += time;
    settle();
  }

  void connect() {
    tick();
    ASSERT_EQ(forwarder_->status().state, LinkState::connecting);
    forwarder_->handle(Connected{remote_.last_connection, 65535}, now());
    settle();
  }

  void answer(std::size_t position, std::uint8_t reason = 0) {
    const auto token = remote_.open.at(position).token;
    remote_.open.erase(remote_.open.begin() + static_cast<std::ptrdiff_t>(position));
    forwarder_->handle(Acknowledged{token, reason}, now());
    settle();
  }

  void cut() {
    forwarder_->handle(Disconnected{remote_.last_connection, "cut"}, now());
    settle();
  }

  void acknowledge_all() {
    while (!remote_.open.empty()) answer(0);
  }

  /// First arrivals, in the order in which they came.
  std::vector<std::uint64_t> first_arrivals() const {
    std::vector<std::uint64_t> first;
    std::set<std::uint64_t> seen;
    for (const auto sequence : remote_.all) {
      if (seen.insert(sequence).second) first.push_back(sequence);
    }
    return first;
  }

  static std::vector<std::uint64_t> up_to(std::uint64_t last) {
    std::vector<std::uint64_t> all(last);
    std::iota(all.begin(), all.end(), 1);
    return all;
  }

  store::TempDir directory_;
  std::unique_ptr<store::Store> store_;
  FakeRemote remote_;
  std::shared_ptr<Events> events_ = std::make_shared<Events>(events_capacity(kWindow));
  double chance_ = 0.5;
  MonotonicTime time_ = monotonic_now();
  std::optional<Forwarder> forwarder_;
};

TEST_F(ForwarderTest, SendsNoMoreThanTheWindow) {
  store_messages(30);
  connect();
  EXPECT_EQ(remote_.all, up_to(kWindow));
  answer(0);
  answer(0);
  EXPECT_LE(remote_.open.size(), kWindow);
  acknowledge_all();
  EXPECT_EQ(remote_.all, up_to(30));
  EXPECT_EQ(store_->delivered_up_to(0), 30u);
  EXPECT_EQ(forwarder_->status().acknowledged, 30u);
}

TEST_F(ForwarderTest, SendsNoMoreThanTheServerTakes) {
  store_messages(10);
  tick();
  forwarder_->handle(Connected{remote_.last_connection, 3}, now());
  settle();
  EXPECT_EQ(remote_.open.size(), 3u);
  acknowledge_all();
  EXPECT_EQ(remote_.all, up_to(10));
}

TEST_F(ForwarderTest, KeepsWhatTheRemoteDidNotAcknowledge) {
  store_messages(5);
  connect();
  answer(0);
  answer(0);
  EXPECT_EQ(store_->delivered_up_to(0), 2u);
  answer(2);  // the last of the three that are open
  EXPECT_EQ(store_->delivered_up_to(0), 2u);
  answer(0);
  EXPECT_EQ(store_->delivered_up_to(0), 3u);
  answer(0);
  EXPECT_EQ(store_->delivered_up_to(0), 5u);
}

TEST_F(ForwarderTest, SendsAgainInOrderWhatWasOpenWhenTheConnectionWasCut) {
  store_messages(20);
  connect();
  answer(0);
  answer(3);  // sequence 5, out of turn
  remote_.all.clear();
  cut();
  pass(1s);
  connect();
  ASSERT_GE(remote_.all.size(), kWindow - 1);
  EXPECT_EQ(remote_.all.front(), 2u) << "the first that was not released";
  for (std::size_t n = 1; n < remote_.all.size(); ++n) EXPECT_EQ(remote_.all[n], remote_.all[n - 1] + 1);
  acknowledge_all();
  EXPECT_EQ(store_->delivered_up_to(0), 20u);
}

TEST_F(ForwarderTest, LateAcknowledgementsOfAnEarlierConnectionReleaseNothing) {
  store_messages(3);
  connect();
  const auto old = remote_.open;
  cut();
  pass(1s);
  connect();
  for (const auto& sent : old) forwarder_->handle(Acknowledged{sent.token, 0}, now());
  EXPECT_EQ(store_->delivered_up_to(0), 0u);
  acknowledge_all();
  EXPECT_EQ(store_->delivered_up_to(0), 3u);
}

TEST_F(ForwarderTest, EventsOfAnEarlierConnectionChangeNothing) {
  connect();
  const auto first = remote_.last_connection;
  cut();
  pass(1s);
  connect();
  forwarder_->handle(Disconnected{first, "old"}, now());
  forwarder_->handle(Connected{first, 1}, now());
  EXPECT_EQ(forwarder_->status().state, LinkState::connected);
  EXPECT_EQ(forwarder_->status().connects, 2u);
}

TEST_F(ForwarderTest, RepeatedAcknowledgementsCountOnce) {
  store_messages(2);
  connect();
  const auto second = remote_.open.at(1).token;
  for (int n = 0; n < 3; ++n) forwarder_->handle(Acknowledged{second, 0}, now());
  EXPECT_EQ(forwarder_->status().acknowledged, 1u);
  EXPECT_EQ(store_->delivered_up_to(0), 0u);
}

TEST_F(ForwarderTest, SendsAgainAfterABackOffWhatWasRefusedAndAllThatFollowsIt) {
  store_messages(6);
  connect();
  answer(0);
  answer(1, 0x97);  // sequence 3
  EXPECT_EQ(store_->delivered_up_to(0), 1u);
  acknowledge_all();  // the window drains: 2, 4, 5, 6
  EXPECT_EQ(store_->delivered_up_to(0), 2u);
  EXPECT_EQ(forwarder_->status().refused, 1u);
  EXPECT_EQ(forwarder_->status().state, LinkState::connected) << "a load signal is no reason to part";
  EXPECT_TRUE(remote_.open.empty());
  remote_.all.clear();
  pass(100ms);
  EXPECT_TRUE(remote_.all.empty()) << "sent again before the back-off had passed";
  pass(500ms);
  EXPECT_EQ(remote_.all, (std::vector<std::uint64_t>{3, 4, 5, 6}));
  acknowledge_all();
  EXPECT_EQ(store_->delivered_up_to(0), 6u);
}

TEST_F(ForwarderTest, LosesNothingToARemoteThatRefusesForAWhile) {
  store_messages(5);
  connect();
  for (int refusal = 0; refusal < 4; ++refusal) {
    answer(0, 0x87);
    while (!remote_.open.empty()) answer(0);
    pass(60s);
    EXPECT_EQ(store_->delivered_up_to(0), 0u);
    ASSERT_FALSE(remote_.open.empty());
  }
  acknowledge_all();
  EXPECT_EQ(store_->delivered_up_to(0), 5u);
}

TEST_F(ForwarderTest, ReasonsBelow0x80AreAcknowledgements) {
  store_messages(1);
  connect();
  answer(0, 0x10);  // no matching subscribers
  EXPECT_EQ(store_->delivered_up_to(0), 1u);
}

TEST_F(ForwarderTest, PartsFromARemoteThatAcknowledgesNothing) {
  store_messages(3);
  connect();
  pass(9900ms);
  EXPECT_EQ(forwarder_->status().state, LinkState::connected);
  pass(200ms);
  EXPECT_EQ(forwarder_->status().state, LinkState::waiting);
  EXPECT_EQ(remote_.abandoned, 1);
  EXPECT_NE(forwarder_->status().cause.find("acknowledged"), std::string::npos);
}

TEST_F(ForwarderTest, EveryAcknowledgementIsProgress) {
  store_messages(3);
  connect();
  for (int n = 0; n < 3; ++n) {
    pass(9s);
    answer(0);
  }
  EXPECT_EQ(forwarder_->status().state, LinkState::connected);
}

TEST_F(ForwarderTest, FindsOutThatAnIdleLinkIsDead) {
  connect();
  pass(14900ms);
  EXPECT_TRUE(remote_.heartbeats.empty());
  pass(200ms);
  ASSERT_EQ(remote_.heartbeats.size(), 1u);
  pass(9800ms);
  EXPECT_EQ(forwarder_->status().state, LinkState::connected);
  pass(300ms);
  EXPECT_EQ(forwarder_->status().state, LinkState::waiting);
}

TEST_F(ForwarderTest, AnAnsweredHeartbeatKeepsTheLink) {
  connect();
  for (int n = 0; n < 5; ++n) {
    pass(15s);
    ASSERT_EQ(remote_.heartbeats.size(), static_cast<std::size_t>(n + 1));
    forwarder_->handle(Acknowledged{remote_.heartbeats.back(), 0}, now());
  }
  EXPECT_EQ(forwarder_->status().state, LinkState::connected);
}

TEST_F(ForwarderTest, SendsNoHeartbeatWhileAcknowledgementsFlow) {
  connect();
  for (int n = 0; n < 10; ++n) {
    store_messages(1);
    pass(5s);
    acknowledge_all();
  }
  EXPECT_TRUE(remote_.heartbeats.empty());
}

TEST_F(ForwarderTest, WaitsLongerAfterEachFailedAttempt) {
  std::vector<Duration> waits;
  for (int attempt = 0; attempt < 8; ++attempt) {
    cut();
    const auto failed_at = time_;
    while (forwarder_->status().state == LinkState::waiting) {
      time_ = std::max(time_ + 1ms, forwarder_->next_tick());
      tick();
    }
    waits.push_back(time_ - failed_at);
  }
  const std::vector<Duration> expected = {500ms, 1s, 2s, 4s, 8s, 16s, 30s, 30s};
  EXPECT_EQ(waits, expected);
}

TEST_F(ForwarderTest, AnAcceptedConnectionWithoutAnyAnswerIsNoSuccess) {
  cut();
  pass(1s);
  connect();
  cut();
  const auto wait = forwarder_->next_tick() - time_;
  EXPECT_EQ(wait, 1s) << "a cloud that accepts and cuts at once must not be stormed";
}

TEST_F(ForwarderTest, GivesUpAConnectThatIsNeverAnswered) {
  tick();
  pass(29s);
  EXPECT_EQ(forwarder_->status().state, LinkState::connecting);
  pass(2s);
  EXPECT_EQ(forwarder_->status().state, LinkState::waiting);
}

TEST_F(ForwarderTest, AFailureToPublishIsALostConnection) {
  connect();
  remote_.fails_to_publish = true;
  store_messages(3);
  EXPECT_EQ(forwarder_->status().state, LinkState::waiting);
  remote_.fails_to_publish = false;
  pass(1s);
  connect();
  acknowledge_all();
  EXPECT_EQ(remote_.all, up_to(3));
}

TEST_F(ForwarderTest, SubscribesOncePerConnection) {
  connect();
  cut();
  pass(1s);
  connect();
  EXPECT_EQ(remote_.subscribes, 2);
}

TEST_F(ForwarderTest, GoesOnAfterARestartWithWhatWasNotDelivered) {
  store_messages(10);
  connect();
  for (int n = 0; n < 4; ++n) answer(0);
  forwarder_.reset();
  ASSERT_TRUE(store::stop(*store_));
  store_.reset();
  store_ = store::open_store(store::settings_in(directory_.path() / "store"));
  events_ = std::make_shared<Events>(events_capacity(kWindow));
  remote_.all.clear();
  start();
  connect();
  acknowledge_all();
  EXPECT_EQ(remote_.all, (std::vector<std::uint64_t>{5, 6, 7, 8, 9, 10}));
}

// A cloud without manners: it answers late, out of order, twice, refuses, and cuts.
TEST_F(ForwarderTest, LosesNothingAndKeepsTheOrderWhateverTheRemoteDoes) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    const auto base = store_->delivered_up_to(0);
    remote_.all.clear();
    std::set<std::uint64_t> acknowledged;
    std::size_t cuts = 0;
    std::size_t refusals = 0;
    store_messages(100);
    for (int step = 0; store_->delivered_up_to(0) < base + 100; ++step) {
      ASSERT_LT(step, 5000) << "seed " << seed;
      if (forwarder_->status().state == LinkState::connecting) {
        connect();
      } else if (forwarder_->status().state == LinkState::waiting || remote_.open.empty()) {
        pass(10s);
      } else if (const auto dice = random() % 100; dice < 2) {
        cut();
        ++cuts;
      } else if (const auto position = random() % remote_.open.size(); dice < 4) {
        answer(position, 0x97);
        ++refusals;
      } else if (dice < 20) {
        const auto sent = remote_.open[position];
        acknowledged.insert(sent.sequence);
        answer(position);
        forwarder_->handle(Acknowledged{sent.token, 0}, now());
      } else {
        acknowledged.insert(remote_.open[position].sequence);
        answer(position);
      }
      for (auto sequence = base + 1; sequence <= store_->delivered_up_to(0); ++sequence) {
        ASSERT_TRUE(acknowledged.contains(sequence)) << "released without an acknowledgement, seed " << seed;
      }
    }
    auto expected = up_to(100);
    for (auto& sequence : expected) sequence += base;
    EXPECT_EQ(first_arrivals(), expected) << "seed " << seed;
    EXPECT_LE(remote_.all.size() - 100, (cuts + refusals) * kWindow) << "seed " << seed;
  }
}

}  // namespace
}  // namespace sluice::upstream
