// The whole upstream with Paho behind it, against a recorder that answers as it is told and against
// Debian's mosquitto.
#include "broker/upstream/upstream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <set>

#include "gateway/cli/child_process.h"
#include "gateway/cli/mosquitto.h"
#include "tests/support/reserved_port.h"
#include "tests/unit/store/store_fixture.h"
#include "tests/unit/upstream/recorder.h"

namespace sluice::upstream {
namespace {

using namespace std::chrono_literals;
using store::append;
using store::eventually;
using store::kPatience;
using store::message;
using store::wait_until_stored;

class UpstreamTest : public ::testing::Test {
 protected:
  UpstreamTest() { open_store(); }

  ~UpstreamTest() override {
    if (upstream_) stop_upstream();
    EXPECT_TRUE(store_->stop(monotonic_now() + kPatience));
  }

  void open_store() {
    auto opened = store::Store::open(store::settings_in(directory_.path() / "store"), [this] {
      const std::lock_guard lock(upstream_mutex_);
      if (upstream_) upstream_->wake();
    });
    ASSERT_TRUE(opened.ok());
    store_ = std::move(*opened);
  }

  static Settings settings_for(std::uint16_t port) {
    Settings settings;
    settings.name = "cloud";
    settings.gateway = "plant7";
    settings.host = "127.0.0.1";
    settings.port = port;
    settings.client_id = "plant7";
    settings.backoff_first = 50ms;
    settings.backoff_most = 300ms;
    return settings;
  }

  void start(const Settings& settings) {
    auto started = Upstream::start(settings, *store_, 0, [this](Message received) {
      const std::lock_guard lock(received_mutex_);
      received_.push_back(std::move(received));
    });
    const std::lock_guard lock(upstream_mutex_);
    upstream_ = std::move(started);
  }

  void stop_upstream() { EXPECT_TRUE(upstream_->stop(monotonic_now() + kPatience)); }

  std::vector<Message> received() const {
    const std::lock_guard lock(received_mutex_);
    return received_;
  }

  void store_messages(int first, int count) {
    store::Ticket last = 0;
    for (int n = first; n < first + count; ++n) last = append(*store_, message("plant7/m", std::to_string(n)));
    ASSERT_TRUE(wait_until_stored(*store_, last));
  }

  bool all_delivered() const {
    return eventually([this] { return store_->figures(0).messages == 0; });
  }

  sluice::testing::TempDir directory_;
  std::mutex upstream_mutex_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Upstream> upstream_;
  mutable std::mutex received_mutex_;
  std::vector<Message> received_;
};

/// The numbers of the messages in the order of their first arrivals.
std::vector<int> first_arrivals(const std::vector<Recorder::Publish>& published) {
  std::vector<int> first;
  std::set<int> seen;
  for (const auto& publish : published) {
    if (const int number = std::stoi(publish.payload); seen.insert(number).second) first.push_back(number);
  }
  return first;
}

std::vector<int> from_zero(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  for (int n = 0; n < count; ++n) all[static_cast<std::size_t>(n)] = n;
  return all;
}

TEST_F(UpstreamTest, BringsEverythingInOrderWithItsMarks) {
  const Recorder recorder([](std::size_t) { return 0; });
  start(settings_for(recorder.port()));
  store_messages(0, 500);
  ASSERT_TRUE(all_delivered());
  const auto published = recorder.published();
  ASSERT_EQ(published.size(), 500u);
  EXPECT_EQ(first_arrivals(published), from_zero(500));
  EXPECT_EQ(published[41].topic, "plant7/m");
  EXPECT_EQ(published[41].qos, 1);
  EXPECT_EQ(published[41].user.at("sluice-gateway"), "plant7");
  EXPECT_EQ(published[41].user.at("sluice-stream"), "cloud");
  EXPECT_EQ(published[41].user.at("sluice-seq"), "42");
  EXPECT_EQ(published[41].user.at("sluice-epoch").size(), 16u);
  EXPECT_EQ(upstream_->status().state, LinkState::connected);
  EXPECT_EQ(upstream_->status().acknowledged, 500u);
}

TEST_F(UpstreamTest, SeesTheReasonOfEachAcknowledgement) {
  const Recorder recorder([](std::size_t n) { return n == 5 ? 0x97 : n == 7 ? 0x10 : 0; });
  start(settings_for(recorder.port()));
  store_messages(0, 20);
  ASSERT_TRUE(all_delivered());
  EXPECT_EQ(upstream_->status().refused, 1u);
  EXPECT_EQ(upstream_->status().connects, 1u);
  const auto published = recorder.published();
  EXPECT_EQ(std::count_if(published.begin(), published.end(), [](const auto& one) { return one.payload == "4"; }), 2);
  EXPECT_EQ(first_arrivals(published), from_zero(20));
}

TEST_F(UpstreamTest, SendsAgainAfterEachCutAndLosesNothing) {
  const Recorder recorder([](std::size_t n) { return n % 97 == 0 ? Recorder::kCut : 0; });
  start(settings_for(recorder.port()));
  store_messages(0, 600);
  ASSERT_TRUE(all_delivered());
  const auto published = recorder.published();
  const auto cuts = published.size() / 97;
  EXPECT_GE(cuts, 6u);
  EXPECT_EQ(first_arrivals(published), from_zero(600));
  EXPECT_LE(published.size() - 600, cuts * 64);
  EXPECT_GT(upstream_->status().connects, 6u);
}

TEST_F(UpstreamTest, SaysWhyTheBrokerEndedTheConnection) {
  const Recorder recorder([](std::size_t n) { return n == 3 ? Recorder::kDisconnect : 0; });
  start(settings_for(recorder.port()));
  // Nothing else is on its way when the DISCONNECT comes: a publish that fails beside it may be heard first.
  store_messages(0, 3);
  ASSERT_TRUE(all_delivered());
  EXPECT_NE(upstream_->status().cause.find("0x8b"), std::string::npos) << upstream_->status().cause;
}

TEST_F(UpstreamTest, KeepsToTheReceiveMaximumOfTheServer) {
  const Recorder recorder([](std::size_t n) { return n <= 5 ? Recorder::kWithhold : 0; }, 0, 5);
  auto settings = settings_for(recorder.port());
  settings.acknowledge_within = 1s;
  start(settings);
  store_messages(0, 30);
  ASSERT_TRUE(all_delivered());
  EXPECT_LE(recorder.most_open(), 5u);
  EXPECT_EQ(first_arrivals(recorder.published()), from_zero(30));
}

TEST_F(UpstreamTest, LeavesABrokerThatAcknowledgesNothing) {
  const Recorder recorder([](std::size_t n) { return n <= 10 ? Recorder::kWithhold : 0; });
  auto settings = settings_for(recorder.port());
  settings.acknowledge_within = 1s;
  start(settings);
  store_messages(0, 10);
  ASSERT_TRUE(all_delivered());
  EXPECT_EQ(upstream_->status().connects, 2u);
}

TEST_F(UpstreamTest, AsksAnIdleBrokerForASignOfLife) {
  const Recorder recorder([](std::size_t) { return 0; });
  auto settings = settings_for(recorder.port());
  settings.heartbeat = 1s;
  settings.acknowledge_within = 1s;
  start(settings);
  EXPECT_TRUE(eventually([&] { return recorder.heartbeats() >= 3; }));
  EXPECT_EQ(upstream_->status().connects, 1u);
}

TEST_F(UpstreamTest, SaysThatTheBrokerDoesNotWantIt) {
  const Recorder recorder([](std::size_t) { return 0; }, 0x86);
  start(settings_for(recorder.port()));
  EXPECT_TRUE(eventually([&] { return upstream_->status().cause.find("0x86") != std::string::npos; }))
      << upstream_->status().cause;
  EXPECT_EQ(upstream_->status().connects, 0u);
}

TEST_F(UpstreamTest, SaysThatNobodyListens) {
  const sluice::testing::ReservedPort port;
  start(settings_for(port.number()));
  EXPECT_TRUE(eventually([&] { return upstream_->status().cause.find("refuses") != std::string::npos; }));
}

TEST_F(UpstreamTest, StopsSoonInEveryState) {
  const sluice::testing::ReservedPort port;
  start(settings_for(port.number()));
  const auto begun = monotonic_now();
  stop_upstream();
  EXPECT_LT(monotonic_now() - begun, 2s);

  const Recorder recorder([](std::size_t) { return Recorder::kWithhold; });
  start(settings_for(recorder.port()));
  store_messages(0, 10);
  ASSERT_TRUE(eventually([&] { return recorder.published().size() == 10; }));
  const auto again = monotonic_now();
  stop_upstream();
  EXPECT_LT(monotonic_now() - again, 3s);
}

// --- mosquitto ---

class MosquittoTest : public UpstreamTest {
 protected:
  MosquittoTest() { start_mosquitto(); }

  void start_mosquitto() {
    const auto started = mosquitto_.start();
    ASSERT_TRUE(started.ok()) << started.error().text;
  }

  void stop_mosquitto() { ASSERT_TRUE(mosquitto_.stop(monotonic_now() + kPatience)); }

  std::unique_ptr<cli::ChildProcess> subscribe(const std::string& filter) {
    auto started =
        cli::ChildProcess::start(cli::subscriber_command(port_.number(), "observer", filter, "message %p")).value();
    EXPECT_TRUE(started->output().wait_for([](const std::string& line) { return line.starts_with("Subscribed"); },
                                           monotonic_now() + kPatience));
    return started;
  }

  void publish(const std::vector<std::string>& arguments) {
    std::vector<std::string> command = {"mosquitto_pub", "-V", "5", "-p", std::to_string(port_.number()), "-q", "1"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto publisher = cli::ChildProcess::start(command).value()->wait_until(monotonic_now() + kPatience);
    EXPECT_EQ(publisher, (cli::Ending{false, 0}));
  }

  static std::vector<int> numbers(const cli::ChildProcess& subscriber) {
    std::vector<int> all;
    for (const auto& line : subscriber.output().all()) {
      if (line.starts_with("message ")) all.push_back(std::stoi(line.substr(8)));
    }
    return all;
  }

  sluice::testing::ReservedPort port_;
  cli::Mosquitto mosquitto_{directory_.folder("mosquitto"), port_.number()};
};

TEST_F(MosquittoTest, HasEverythingInOrderAlthoughItWasAwayTwice) {
  constexpr int kMessages = 3000;
  const auto subscriber = subscribe("plant7/#");
  start(settings_for(port_.number()));
  for (int part = 0; part < 3; ++part) {
    store_messages(part * kMessages / 3, kMessages / 3);
    const auto connects = static_cast<std::uint64_t>(part) + 1;
    ASSERT_TRUE(eventually([&] { return upstream_->status().connects == connects; }));
    if (part == 2) break;
    stop_mosquitto();
    ASSERT_TRUE(eventually([&] { return upstream_->status().state != LinkState::connected; }));
    start_mosquitto();
  }
  ASSERT_TRUE(all_delivered());
  const auto has_all = [&] {
    const auto all = numbers(*subscriber);
    return std::set<int>(all.begin(), all.end()).size() == kMessages;
  };
  ASSERT_TRUE(eventually(has_all)) << numbers(*subscriber).size();
  std::vector<int> first;
  std::set<int> seen;
  const auto arrived = numbers(*subscriber);
  for (const int number : arrived) {
    if (seen.insert(number).second) first.push_back(number);
  }
  EXPECT_EQ(first, from_zero(kMessages));
  EXPECT_LE(arrived.size() - kMessages, 2u * 64u);
  EXPECT_EQ(upstream_->status().connects, 3u);
}

Settings receiving(Settings settings) {
  settings.receive = {{{"site/plant7/+/set"}, "{topic:2..}", QoS::at_least_once}};
  return settings;
}

TEST_F(MosquittoTest, SendsMessagesDownUnderTheirLocalTopics) {
  start(receiving(settings_for(port_.number())));
  ASSERT_TRUE(eventually([&] { return upstream_->status().state == LinkState::connected; }));
  publish({"-t", "site/plant7/pump/set", "-m", "on", "-D", "publish", "response-topic", "answers", "-D", "publish",
           "correlation-data", "a7", "-D", "publish", "user-property", "who", "me"});
  ASSERT_TRUE(eventually([&] { return received().size() == 1; }));
  const auto message = received()[0];
  EXPECT_EQ(message.topic, "plant7/pump/set");
  EXPECT_EQ(message.payload, "on");
  EXPECT_EQ(message.qos, QoS::at_least_once);
  EXPECT_EQ(message.origin, (Origin{Origin::Kind::upstream, "cloud", ""}));
  EXPECT_EQ(message.properties.response_topic, "answers");
  EXPECT_EQ(message.properties.correlation_data, "a7");
  EXPECT_EQ(message.properties.user, (std::vector<UserProperty>{{"who", "me"}}));
  EXPECT_TRUE(eventually([&] { return upstream_->status().received == 1; }));
}

TEST_F(MosquittoTest, DoesNotSendItsOwnMessagesBack) {
  auto settings = settings_for(port_.number());
  settings.receive = {{{"plant7/#"}, "{topic}", QoS::at_least_once}};
  start(settings);
  store_messages(0, 10);
  ASSERT_TRUE(all_delivered());
  publish({"-t", "plant7/other", "-m", "x"});
  ASSERT_TRUE(eventually([&] { return !received().empty(); }));
  EXPECT_EQ(received().size(), 1u);
  EXPECT_EQ(received()[0].payload, "x");
}

TEST_F(MosquittoTest, SubscribesAgainAfterAnOutage) {
  start(receiving(settings_for(port_.number())));
  ASSERT_TRUE(eventually([&] { return upstream_->status().connects == 1; }));
  stop_mosquitto();
  start_mosquitto();
  ASSERT_TRUE(eventually([&] { return upstream_->status().connects == 2; }));
  publish({"-t", "site/plant7/pump/set", "-m", "on"});
  EXPECT_TRUE(eventually([&] { return received().size() == 1; }));
}

}  // namespace
}  // namespace sluice::upstream
