// The broker with its threads, over loopback sockets, with clients of its own and with those of
// mosquitto.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>

#include "broker/broker.h"
#include "broker/codec/encoder.h"
#include "tests/dialogue/stage.h"

namespace sluice::dialogue {
namespace {

using namespace std::chrono_literals;

BrokerSettings settings() {
  BrokerSettings made;
  made.gateway = "test";
  made.listen = {{"127.0.0.1", 0}};
  return made;
}

std::unique_ptr<Broker> opened(BrokerSettings wanted) {
  auto broker = Broker::open(std::move(wanted));
  EXPECT_TRUE(broker.ok()) << broker.error().text;
  return std::move(*broker);
}

// A client on a socket, which reads until it has what it waits for or five seconds have passed.
class SocketClient {
 public:
  SocketClient(std::uint16_t port, Version version) : version_(version), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{5, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~SocketClient() { ::close(socket_); }
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  void says(const codec::Packet& packet) {
    Bytes bytes;
    codec::encode(packet, version_, bytes);
    EXPECT_EQ(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }

  // The next `count` packets.
  std::vector<std::string> hears(std::size_t count) {
    while (true) {
      auto lines = render_all(received_, version_);
      if (lines.size() >= count && lines.back() != "(cut)") {
        received_.clear();
        return lines;
      }
      if (!read()) return lines;
    }
  }

  // Whether the other end has closed the connection, once everything has been read.
  bool is_closed() {
    while (read()) {
    }
    return closed_;
  }

 private:
  bool read() {
    std::array<std::uint8_t, 65536> buffer;
    const auto size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    closed_ = size == 0 || (size < 0 && errno == ECONNRESET);
    if (size > 0) received_.insert(received_.end(), buffer.begin(), buffer.begin() + size);
    return size > 0;
  }

  Version version_;
  int socket_;
  Bytes received_;
  bool closed_ = false;
};

using Lines = std::vector<std::string>;

class Sockets : public testing::TestWithParam<Version> {
 protected:
  std::unique_ptr<Broker> broker_ = opened(settings());

  void SetUp() override { broker_->start(); }
  void TearDown() override { EXPECT_TRUE(broker_->stop(monotonic_now() + 5s)); }
  std::uint16_t port() const { return broker_->ports().at(0); }

  std::unique_ptr<SocketClient> connected(std::string_view id) const {
    auto client = std::make_unique<SocketClient>(port(), GetParam());
    client->says(connect_packet(GetParam(), id));
    EXPECT_EQ(client->hears(1), Lines{"CONNACK"});
    return client;
  }
};
INSTANTIATE_TEST_SUITE_P(Versions, Sockets, testing::Values(Version::v3_1_1, Version::v5_0), version_name);

TEST_P(Sockets, CarryAMessageFromOneClientToAnother) {
  const auto reader = connected("reader");
  const auto device = connected("device");
  reader->says(subscribe_packet(1, "a/#", QoS::at_least_once));
  EXPECT_EQ(reader->hears(1), Lines{"SUBACK 1: 1"});
  device->says(publish_packet("a/b", "x", QoS::at_least_once, 1));
  EXPECT_EQ(device->hears(1), Lines{"PUBACK 1"});
  EXPECT_EQ(reader->hears(1), Lines{"PUBLISH q1 id=1 a/b=x"});
}

TEST_P(Sockets, CarryALargeMessageToSeveralClients) {
  const auto first = connected("first");
  const auto second = connected("second");
  const auto device = connected("device");
  for (const auto& reader : {first.get(), second.get()}) {
    reader->says(subscribe_packet(1, "a"));
    reader->hears(1);
  }
  const std::string payload(200'000, 'x');
  device->says(publish_packet("a", payload));
  EXPECT_EQ(first->hears(1), Lines{"PUBLISH q0 a=" + payload});
  EXPECT_EQ(second->hears(1), Lines{"PUBLISH q0 a=" + payload});
}

TEST_P(Sockets, CarryMessagesOfDevicesToClientsAndBack) {
  auto broker = opened(settings());
  std::promise<std::string> received;
  broker->subscribe("meter/set", [&](const MessagePtr& message) { received.set_value(message->payload); });
  broker->start();
  SocketClient client(broker->ports().at(0), GetParam());
  client.says(connect_packet(GetParam(), "client"));
  client.says(subscribe_packet(1, "meter/+"));
  EXPECT_EQ(client.hears(2), (Lines{"CONNACK", "SUBACK 1: 0"}));
  Message message;
  message.topic = "meter/power";
  message.payload = "42";
  message.origin = {Origin::Kind::device, "meter", {}};
  EXPECT_TRUE(broker->publish(message));
  EXPECT_EQ(client.hears(1), Lines{"PUBLISH q0 meter/power=42"});
  client.says(publish_packet("meter/set", "7"));
  auto answer = received.get_future();
  ASSERT_EQ(answer.wait_for(5s), std::future_status::ready);
  EXPECT_EQ(answer.get(), "7");
  message.topic = "meter/#";
  EXPECT_FALSE(broker->publish(message));
  EXPECT_EQ(broker->figures().refused, 1u);
  EXPECT_TRUE(broker->stop(monotonic_now() + 5s));
}

TEST_P(Sockets, AreClosedWithAFarewell) {
  const auto client = connected("client");
  SocketClient newcomer(port(), GetParam());
  EXPECT_TRUE(broker_->stop(monotonic_now() + 5s));
  const bool newer = GetParam() == Version::v5_0;
  EXPECT_EQ(client->hears(1), newer ? Lines{"DISCONNECT server_shutting_down"} : Lines{});
  EXPECT_TRUE(client->is_closed());
  EXPECT_TRUE(newcomer.is_closed());
}

TEST_P(Sockets, OfClientsThatDoNotLogInAreLimited) {
  std::vector<std::unique_ptr<SocketClient>> newcomers;
  for (int i = 0; i < 65; ++i) newcomers.push_back(std::make_unique<SocketClient>(port(), GetParam()));
  EXPECT_TRUE(newcomers.front()->is_closed());
  EXPECT_NE(connected("client"), nullptr);
}

// A folder that is removed at the end.
class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "sluice-broker-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// The output of a command.
std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = ::popen(command.c_str(), "r");
  std::array<char, 256> buffer;
  while (std::fgets(buffer.data(), buffer.size(), pipe)) text += buffer.data();
  ::pclose(pipe);
  return text;
}

TEST(Login, NeedsTheRightPasswordAndGivesRights) {
  const Folder folder;
  auto wanted = settings();
  wanted.passwords = folder.path() / "users";
  wanted.anonymous = Anonymous::nowhere;
  wanted.rights = {{"joe", {"a/#"}, {"b"}}};
  output_of("umask 077; mosquitto_passwd -b -c " + wanted.passwords.string() + " joe secret 2>&1");
  const auto broker = opened(wanted);
  broker->start();
  const auto login = [&](std::optional<std::string_view> user, std::string_view password) {
    auto client = std::make_unique<SocketClient>(broker->ports().at(0), Version::v5_0);
    auto packet = connect_packet(Version::v5_0, "client");
    packet.user_name = user;
    if (user) packet.password = as_bytes(password);
    client->says(packet);
    return client;
  };
  EXPECT_EQ(login(std::nullopt, "")->hears(1), Lines{"CONNACK not_authorized"});
  EXPECT_EQ(login("joe", "wrong")->hears(1), Lines{"CONNACK bad_user_name_or_password"});
  EXPECT_EQ(login("jim", "secret")->hears(1), Lines{"CONNACK bad_user_name_or_password"});
  const auto joe = login("joe", "secret");
  joe->says(subscribe_packet(1, "a/b"));
  joe->says(subscribe_packet(2, "#"));
  joe->says(publish_packet("b", "x", QoS::at_least_once, 3));
  joe->says(publish_packet("a/b", "x", QoS::at_least_once, 4));
  EXPECT_EQ(joe->hears(5), (Lines{"CONNACK", "SUBACK 1: 0", "SUBACK 2: not_authorized",
                                  "PUBACK 3 no_matching_subscribers", "PUBACK 4 not_authorized"}));
  EXPECT_TRUE(broker->stop(monotonic_now() + 5s));
}

// The answer to the first login of a user comes from another thread.
TEST(Login, MakesANewcomerAClientThoughItSaysNothingMore) {
  const Folder folder;
  auto wanted = settings();
  wanted.passwords = folder.path() / "users";
  output_of("umask 077; mosquitto_passwd -b -c " + wanted.passwords.string() + " joe secret 2>&1");
  const auto broker = opened(wanted);
  broker->start();
  SocketClient joe(broker->ports().at(0), Version::v5_0);
  auto packet = connect_packet(Version::v5_0, "client");
  packet.user_name = "joe";
  packet.password = as_bytes("secret");
  joe.says(packet);
  EXPECT_EQ(joe.hears(1), Lines{"CONNACK"});
  std::vector<std::unique_ptr<SocketClient>> newcomers;
  for (int i = 0; i < 65; ++i) {
    newcomers.push_back(std::make_unique<SocketClient>(broker->ports().at(0), Version::v5_0));
  }
  EXPECT_TRUE(newcomers.front()->is_closed());
  joe.says(codec::Pingreq{});
  EXPECT_EQ(joe.hears(1), Lines{"PINGRESP"});
  EXPECT_TRUE(broker->stop(monotonic_now() + 5s));
}

TEST(Storage, HoldsAcknowledgementsUntilMessagesForAnUpstreamAreStored) {
  const Folder folder;
  auto wanted = settings();
  wanted.directory = folder.path() / "store";
  upstream::Settings cloud;
  cloud.name = "cloud";
  cloud.host = "127.0.0.1";
  cloud.port = 1;  // nobody listens there
  cloud.client_id = "test";
  cloud.send.emplace_back();
  cloud.send.back().topics = {"#"};
  wanted.upstreams.push_back(cloud);
  wanted.never_upstream = {"+/set"};
  const auto broker = opened(wanted);
  broker->start();
  SocketClient client(broker->ports().at(0), Version::v3_1_1);
  client.says(connect_packet(Version::v3_1_1, "client"));
  client.says(publish_packet("a", "1", QoS::at_least_once, 1));
  client.says(publish_packet("a/set", "1", QoS::at_least_once, 2));
  client.says(publish_packet("b", "2", QoS::exactly_once, 3));
  EXPECT_EQ(client.hears(4), (Lines{"CONNACK", "PUBACK 1", "PUBACK 2", "PUBREC 3"}));
  EXPECT_EQ(broker->figures().upstreams.at(0).buffer.messages, 2u);
  EXPECT_TRUE(broker->stop(monotonic_now() + 5s));
}

TEST(Open, FailsWhenThePortIsTaken) {
  const auto first = opened(settings());
  auto wanted = settings();
  wanted.listen[0].port = first->ports().at(0);
  const auto second = Broker::open(wanted);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::failed);
}

class Mosquitto : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Versions, Mosquitto, testing::Values("mqttv31", "mqttv311", "mqttv5"),
                         [](const auto& version) { return std::string(version.param); });

TEST_P(Mosquitto, SubscribesAndPublishesWithEveryQoS) {
  const auto broker = opened(settings());
  broker->start();
  const auto common = " -h 127.0.0.1 -p " + std::to_string(broker->ports().at(0)) + " -V " + GetParam() + " -t a/b";
  for (const auto* qos : {"0", "1", "2"}) {
    const auto expected = std::string("hello ") + qos;
    // Retained, so that it does not matter which of the two is first.
    const auto publish = "mosquitto_pub" + common + " -r -q " + qos + " -m '" + expected + "' 2>&1";
    EXPECT_EQ(output_of(publish), "");
    EXPECT_EQ(output_of("mosquitto_sub" + common + " -C 1 -W 5 -q " + qos + " 2>&1"), expected + "\n");
  }
  EXPECT_TRUE(broker->stop(monotonic_now() + 5s));
}

}  // namespace
}  // namespace sluice::dialogue
