#include "tests/dialogue/stage.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "broker/codec/encoder.h"

namespace sluice::dialogue {

using codec::Reason;
using session::Verdict;

void TestGate::authenticate(session::Connection& connection, const session::Credentials& credentials,
                            MonotonicTime now) {
  const bool wrong = credentials.password && credentials.password->reveal() != "right";
  result_ = wrong ? Reason::bad_user_name_or_password : Reason::success;
  asked_ = &connection;
  if (!slow) answer(now);
}

void TestGate::answer(MonotonicTime now) { std::exchange(asked_, nullptr)->authenticated(result_, now); }

bool TestGate::may_publish(const session::Session&, std::string_view topic) const {
  return !topic.starts_with("forbidden");
}

bool TestGate::may_subscribe(const session::Session&, std::string_view filter) const {
  return !filter.starts_with("forbidden");
}

broker::Outbox::Taken TestOutbox::take(const MessagePtr& message, store::Urgency, session::StreamSet) {
  if (!wants_everything) return {};
  if (full) return {Verdict::Kind::later, 0, 0};
  taken.push_back(message->topic);
  return {Verdict::Kind::taken, ++last_, 1};
}

Stage::Stage(broker::HubLimits wanted)
    : limits(wanted), hub(limits, gate, outbox), now(MonotonicTime{} + std::chrono::hours(1)) {}

void Stage::pass(Duration time) {
  constexpr auto kStep = std::chrono::milliseconds(250);
  for (const auto end = now + time; now < end;) {
    now = std::min(now + kStep, end);
    hub.pass_time(now);
    for (auto* client : clients_) client->connection_->check_time(now);
  }
}

void Stage::commit() {
  outbox.commit_all();
  hub.storage_advanced(now);
}

codec::Connect connect_packet(Version version, std::string_view client_id) {
  codec::Connect connect;
  connect.version = version;
  connect.client_id = client_id;
  return connect;
}

codec::Publish publish_packet(std::string_view topic, std::string_view payload, QoS qos, std::uint16_t packet_id) {
  codec::Publish publish;
  publish.topic = topic;
  publish.payload = as_bytes(payload);
  publish.qos = qos;
  publish.packet_id = packet_id;
  return publish;
}

codec::Subscribe subscribe_packet(std::uint16_t packet_id, std::string_view filter, QoS qos) {
  codec::Subscribe subscribe;
  subscribe.packet_id = packet_id;
  subscribe.filters.emplace_back();
  subscribe.filters.back().filter = filter;
  subscribe.filters.back().qos = qos;
  return subscribe;
}

namespace {

codec::Acknowledgement acknowledgement(codec::PacketType type, std::uint16_t packet_id, Reason reason) {
  codec::Acknowledgement packet;
  packet.type = type;
  packet.packet_id = packet_id;
  packet.reason = reason;
  return packet;
}

}  // namespace

codec::Acknowledgement puback(std::uint16_t packet_id) {
  return acknowledgement(codec::PacketType::puback, packet_id, Reason::success);
}
codec::Acknowledgement pubrec(std::uint16_t packet_id, Reason reason) {
  return acknowledgement(codec::PacketType::pubrec, packet_id, reason);
}
codec::Acknowledgement pubrel(std::uint16_t packet_id) {
  return acknowledgement(codec::PacketType::pubrel, packet_id, Reason::success);
}
codec::Acknowledgement pubcomp(std::uint16_t packet_id) {
  return acknowledgement(codec::PacketType::pubcomp, packet_id, Reason::success);
}

Client::Client(Stage& stage, Version version) : stage_(stage), version_(version) {
  stage_.clients_.push_back(this);
  opens();
}

Client::Client(Stage& stage, Version version, std::string_view client_id)
    : Client(stage, connect_packet(version, client_id)) {}

Client::Client(Stage& stage, const codec::Connect& connect) : Client(stage, connect.version) {
  says(connect);
  hears({"CONNACK"});
}

Client::~Client() {
  cut();
  std::erase(stage_.clients_, this);
}

void Client::says(const codec::Packet& packet) {
  Bytes bytes;
  codec::encode(packet, version_, bytes);
  says(bytes);
}

void Client::says(ByteView bytes) { connection_->receive(bytes, stage_.now); }

void Client::says_hex(std::string_view text) {
  Bytes bytes;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) bytes.push_back(static_cast<std::uint8_t>(std::stoul(word, nullptr, 16)));
  says(bytes);
}

void Client::hears(const std::vector<std::string>& lines) { EXPECT_EQ(heard(), lines); }

std::vector<std::string> Client::heard() { return render_all(heard_bytes(), version_); }

Bytes Client::heard_bytes() { return std::exchange(output_, {}); }

void Client::cut() { connection_->lost(stage_.now); }

void Client::opens() {
  if (connection_) cut();
  output_.clear();
  closed_ = false;
  reads_ = true;
  paused_ = false;
  connection_ =
      std::make_unique<session::Connection>(stage_.hub, *this, stage_.limits.client, session::Peer{}, stage_.now);
}

void Client::opens(const codec::Connect& connect) {
  opens();
  says(connect);
}

void Client::reads_on() {
  reads_ = true;
  connection_->writable(stage_.now);
}

void Client::append_payload(const MessagePtr& message) {
  const auto payload = as_bytes(message->payload);
  output_.insert(output_.end(), payload.begin(), payload.end());
}

std::string version_name(const ::testing::TestParamInfo<Version>& version) {
  switch (version.param) {
    case Version::v3_1: return "v3_1";
    case Version::v3_1_1: return "v3_1_1";
    case Version::v5_0: return "v5_0";
  }
  return "unknown";
}

}  // namespace sluice::dialogue
