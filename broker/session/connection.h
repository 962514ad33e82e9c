// One network connection as a conversation in MQTT: bytes, events and the time come in, packets
// go into the sink, questions go to the host. No socket, clock or lock; one owner. What outlives
// the connection is in Session.
//
// An error of the peer ends the conversation: with a reason code in 5.0, by closing in older
// versions [MQTT-4.13.1-1]. After that every event is ignored.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/codec/decoder.h"
#include "broker/codec/packet.h"
#include "broker/session/host.h"
#include "broker/session/limits.h"
#include "broker/session/owed_acknowledgements.h"
#include "broker/session/publish_forms.h"
#include "broker/session/session.h"
#include "broker/session/sink.h"
#include "gateway/base/bytes.h"

namespace sluice::session {

/// Who is at the other end of a network connection, for the host and the log.
struct Peer {
  std::uint64_t number = 0;  // never used twice
  std::string address;       // without port
};

class Connection {
 public:
  /// All references outlive the connection.
  Connection(Host& host, Sink& sink, const Limits& limits, Peer peer, MonotonicTime now);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Bytes arrived, cut anywhere.
  void receive(ByteView bytes, MonotonicTime now);

  /// The answer to Host::authenticate: success, or why not.
  void authenticated(codec::Reason reason, MonotonicTime now);

  /// A message for the client. `forms` are those of its message.
  void deliver(const Delivery& delivery, PublishForms& forms, MonotonicTime now);

  /// The sink has room again.
  void writable(MonotonicTime now);

  /// Host::stored has risen, or storage may have room again.
  void settle(MonotonicTime now);

  /// Something is to be done at this time, by check_time; later than all times when there is
  /// nothing. It moves with every packet: ask again when it has come.
  MonotonicTime deadline() const;
  void check_time(MonotonicTime now);

  /// We end it, in 5.0 with DISCONNECT once CONNACK was sent [MQTT-3.14.0-1]. `why` is a literal.
  void close(codec::Reason reason, std::string_view why, MonotonicTime now);

  /// The network connection is gone.
  void lost(MonotonicTime now);

  const Peer& peer() const { return peer_; }
  bool established() const { return phase_ == Phase::established; }
  bool ended() const { return phase_ == Phase::ended; }
  codec::Version version() const { return version_; }
  /// Null unless established, and while Host::closed is being told.
  Session* session() const { return session_; }
  bool owes_acknowledgements() const { return !owed_.empty(); }
  /// As CONNECT gave it, also when it has ended.
  std::string_view client_id() const { return client_id_; }
  /// Why it ended, for the log; empty before, and after a DISCONNECT of the client.
  std::string_view cause() const { return cause_; }

 private:
  enum class Phase : std::uint8_t { awaits_connect, authenticating, established, ended };

  enum class Repetition : std::uint8_t { first, repeated };

  // connection.cpp
  std::size_t consume(ByteView bytes, MonotonicTime now);
  void take_packet(ByteView bytes, MonotonicTime now);
  codec::DecodeLimits decode_limits() const;
  bool may_fall_silent() const;
  bool send(const codec::Packet& packet);
  void send(codec::PacketType type, std::uint16_t packet_id, codec::Reason reason);
  void end(MonotonicTime now);

  // The decoder of a server lets none of the other packet types through.
  template <class Other>
  void on(const Other&, MonotonicTime now) {
    close(codec::Reason::protocol_error, "a packet that only servers send", now);
  }

  // connect.cpp
  void on(const codec::Connect& connect, MonotonicTime now);
  void refuse_unread(const codec::Packet& packet, const codec::DecodeError& error, MonotonicTime now);
  void agree(const codec::Connect& connect);
  void accept(MonotonicTime now);
  bool confirm(const Opened& opened, std::string_view assigned_id);
  void refuse(codec::Reason reason, std::string_view why, MonotonicTime now);

  // publish.cpp
  void on(const codec::Publish& publish, MonotonicTime now);
  bool resolve_topic(const codec::Publish& publish, std::string& topic, MonotonicTime now);
  bool repeats_exactly_once(const codec::Publish& publish);
  bool may_open_another(QoS qos) const;
  bool waits_for_storage() const;
  bool holds_back() const;
  void go_on_reading(MonotonicTime now);
  void take_reliable(std::uint16_t packet_id, const MessagePtr& message, MonotonicTime now);
  void hold(std::uint16_t packet_id, const MessagePtr& message, StreamSet streams, MonotonicTime now);
  OwedAcknowledgement answer_to(const Verdict& verdict, QoS qos, std::uint16_t packet_id);
  bool offer_again(OwedAcknowledgement& owed, MonotonicTime now);
  void acknowledge_when_stored(const OwedAcknowledgement& owed);
  void owe(OwedAcknowledgement owed);
  void acknowledge(const OwedAcknowledgement& owed);

  // acknowledge.cpp
  void on(const codec::Acknowledgement& acknowledgement, MonotonicTime now);
  void on_puback(std::uint16_t packet_id, MonotonicTime now);
  void on_pubrec(std::uint16_t packet_id, codec::Reason reason, MonotonicTime now);
  void on_pubrel(std::uint16_t packet_id, MonotonicTime now);
  void on_pubcomp(std::uint16_t packet_id, MonotonicTime now);
  void left_unacknowledged(std::size_t position);
  void close_publish();

  // subscribe.cpp
  void on(const codec::Subscribe& subscribe, MonotonicTime now);
  codec::Reason subscribe_to(const std::string& filter, const Subscription& subscription);
  void on(const codec::Unsubscribe& unsubscribe, MonotonicTime now);

  // disconnect.cpp
  void on(const codec::Disconnect& disconnect, MonotonicTime now);
  void on(const codec::Auth& auth, MonotonicTime now);
  void on(const codec::Pingreq& pingreq, MonotonicTime now);

  // deliver.cpp
  bool congested() const;
  bool has_quota() const;
  bool may_send_reliable() const;
  void deliver_unreliable(const Delivery& delivery, PublishForms& forms);
  void send_reliable(const Delivery& delivery, PublishForms& forms);
  bool fits(const Delivery& delivery, PublishForms& forms);
  void write_publish(const Delivery& delivery, std::uint16_t packet_id, Repetition repetition, PublishForms& forms);
  void resume(MonotonicTime now);
  void pump(MonotonicTime now);
  void repeat_unacknowledged(MonotonicTime now);
  void send_queued(MonotonicTime now);
  void send_waiting(MonotonicTime now);

  Host& host_;
  Sink& sink_;
  const Limits& limits_;
  const Peer peer_;

  Phase phase_ = Phase::awaits_connect;
  codec::Version version_ = codec::Version::v3_1_1;
  bool consuming_ = false;
  bool paused_ = false;        // the sink does not read
  MonotonicTime last_packet_;  // or the beginning
  Duration silence_{};         // that is allowed: 1.5 times the keep-alive; 0: any
  Bytes partial_;              // the beginning of a packet whose end has not come
  std::string client_id_;      // for the log
  std::string_view cause_;

  std::unique_ptr<Opening> opening_;  // while authenticating
  Session* session_ = nullptr;

  // What CONNECT of 5.0 agreed upon.
  std::uint32_t max_packet_ = 0xFFFFFFFF;  // that the client takes
  std::uint16_t quota_ = 0;                // PUBLISHes that may be unacknowledged towards the client
  std::vector<std::string> aliases_;       // topics by alias - 1, set by the client

  std::size_t sent_again_ = 0;      // of Outbound::unacknowledged, how many were sent on this connection
  std::size_t open_publishes_ = 0;  // of the client, against its own quota
  OwedAcknowledgements owed_;
  std::list<Delivery> waiting_;  // QoS 0 for which the sink has no room
  std::size_t waiting_bytes_ = 0;
};

}  // namespace sluice::session
