// A broker without sockets, threads or clocks, and clients that talk to it in virtual time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "broker/codec/packet.h"
#include "broker/hub.h"
#include "tests/dialogue/render.h"

namespace sluice::dialogue {

using codec::Version;

/// Lets everybody in who has the right password; names of topics that nobody may use.
class TestGate : public broker::Gate {
 public:
  void authenticate(session::Connection& connection, const session::Credentials& credentials,
                    MonotonicTime now) override;
  bool may_publish(const session::Session& who, std::string_view topic) const override;
  bool may_subscribe(const session::Session& who, std::string_view filter) const override;

  /// The answers of authenticate are kept back until answer().
  bool slow = false;
  void answer(MonotonicTime now);

 private:
  session::Connection* asked_ = nullptr;
  codec::Reason result_ = codec::Reason::success;
};

/// Storage in which a test decides what is committed when.
class TestOutbox : public broker::Outbox {
 public:
  Taken take(const MessagePtr& message, store::Urgency urgency, session::StreamSet having) override;
  session::Ticket stored() const override { return stored_; }

  bool wants_everything = false;  // else nothing is durable
  bool full = false;
  std::vector<std::string> taken;  // topics

  void commit_one() { ++stored_; }
  void commit_all() { stored_ = last_; }

 private:
  session::Ticket last_ = 0;
  session::Ticket stored_ = 0;
};

class Client;

class Stage {
 public:
  explicit Stage(broker::HubLimits limits = {});

  TestGate gate;
  TestOutbox outbox;
  broker::HubLimits limits;
  broker::Hub hub;
  MonotonicTime now;

  /// Time goes on, in steps in which everything that falls due is done.
  void pass(Duration time);

  /// Commits everything and tells the hub.
  void commit();

 private:
  friend class Client;
  std::vector<Client*> clients_;
};

/// What CONNECT says; more can be set on the packet.
codec::Connect connect_packet(Version version, std::string_view client_id);

codec::Publish publish_packet(std::string_view topic, std::string_view payload, QoS qos = QoS::at_most_once,
                              std::uint16_t packet_id = 0);
codec::Subscribe subscribe_packet(std::uint16_t packet_id, std::string_view filter, QoS qos = QoS::at_most_once);
codec::Acknowledgement puback(std::uint16_t packet_id);
codec::Acknowledgement pubrec(std::uint16_t packet_id, codec::Reason reason = codec::Reason::success);
codec::Acknowledgement pubrel(std::uint16_t packet_id);
codec::Acknowledgement pubcomp(std::uint16_t packet_id);

/// One client and its present network connection.
class Client : public session::Sink {
 public:
  /// Opens a network connection, without sending anything.
  Client(Stage& stage, Version version);
  ~Client() override;

  /// Opens one, sends CONNECT with a clean start, and takes the CONNACK for granted.
  Client(Stage& stage, Version version, std::string_view client_id);
  Client(Stage& stage, const codec::Connect& connect);

  void says(const codec::Packet& packet);
  void says(ByteView bytes);

  /// Bytes in hexadecimal, spaces between them.
  void says_hex(std::string_view text);

  /// Exactly this was received since the last question.
  void hears(const std::vector<std::string>& lines);
  void hears_nothing() { hears({}); }

  /// All that was received since the last question.
  std::vector<std::string> heard();

  /// The same, as bytes.
  Bytes heard_bytes();

  /// The network connection goes without a word.
  void cut();

  /// A new network connection of the same client.
  void opens();
  /// The same, and CONNECT.
  void opens(const codec::Connect& connect);

  bool is_closed() const { return closed_; }

  /// The broker does not want to read from it for now.
  bool is_held_back() const { return paused_; }
  session::Connection& connection() { return *connection_; }

  /// It stops reading: all that it is sent stays in its socket's queue. And reads on.
  void stops_reading() { reads_ = false; }
  void reads_on();

 private:
  friend class Stage;

  Bytes& output() override { return output_; }
  void append_payload(const MessagePtr& message) override;
  std::size_t backlog() const override { return reads_ ? 0 : output_.size(); }
  void pause_reading() override { paused_ = true; }
  void resume_reading() override { paused_ = false; }
  void close() override { closed_ = true; }

  Stage& stage_;
  Version version_;
  std::unique_ptr<session::Connection> connection_;
  Bytes output_;
  bool closed_ = false;
  bool reads_ = true;
  bool paused_ = false;
};

/// For tests with one body for several versions.
std::string version_name(const ::testing::TestParamInfo<Version>& version);

}  // namespace sluice::dialogue
